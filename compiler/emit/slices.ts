import {
  call as callScalar,
  inlined,
  variable,
  type Scalar,
} from "../../dsl/math/index.js";
import { scalars } from "../../dsl/primitives/index.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import {
  assign,
  at,
  binary,
  declare,
  loop,
  name,
  read,
  type FunctionCode,
} from "./code.js";
import { printScalar } from "./scalarCode.js";

/** Name of the loop that applies an elementary function to a slice of memory. */
export const sliceName = (f: string): string => `${f}Over`;

const letters = ["x", "y", "z"];

/**
 * to[toAt + i] = f(x[xAt + i]) for 0 <= i < count. The body stands in the loop: a call that V8 does not inline would
 * allocate its double argument and result.
 */
export function sliceFunction(
  f: ScalarName,
): FunctionCode & { readonly inlined: Scalar } {
  const args = letters.slice(0, scalars[f].body.length);
  const body = inlined(callScalar(f, ...args.map(variable)));
  const { before, value } = printScalar(body, {
    taken: ["i", "to", "toAt", "count", ...args.map((a) => `${a}s`)],
  });
  const cell = (array: string): ReturnType<typeof binary> =>
    binary("+", name(`${array}At`), name("i"));
  return {
    inlined: body,
    name: sliceName(f),
    exported: false,
    doc: [
      `to = ${f}(${args.join(", ")}) entrywise; in place, so that no double crosses a call.`,
    ],
    params: [...args, "to"]
      .flatMap((a) => [
        { name: a === "to" ? "to" : `${a}s`, type: "Float64Array" },
        { name: `${a}At`, type: "number" },
      ])
      .concat([{ name: "count", type: "number" }]),
    result: "void",
    body: [
      loop("i", name("count"), [
        ...args.map((a) => declare(a, read(`${a}s`, cell(a)))),
        ...before,
        assign(at("to", cell("to")), "=", value),
      ]),
    ],
  };
}
