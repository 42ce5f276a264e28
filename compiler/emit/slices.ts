import {
  call as callScalar,
  eager,
  functions,
  inlined,
  variable,
  type Keeps,
  type Scalar,
} from "../../dsl/math/index.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import {
  at,
  binary,
  call,
  declare,
  loop,
  name,
  num,
  read,
  type Code,
  type FunctionCode,
} from "./code.js";
import { printAssignment } from "./scalarCode.js";

/** Name of the loop that applies an elementary function to a slice of memory. */
export const sliceName = (f: string): string => `${f}Over`;

const letters = ["x", "y", "z"];

/**
 * The slices of functions, and of the rare parts that their loops leave to loops of their own; callees first.
 *
 * No double crosses a call in such a loop, and none is chosen there among values that a call may have returned: V8 would
 * allocate it.
 */
export function sliceFunctions(names: readonly ScalarName[]): FunctionCode[] {
  return slicesOf(names).map((s) => s.code);
}

/** What the loops of functions need beside themselves: tables. */
export const sliceBodies = (names: readonly ScalarName[]): Scalar[] =>
  slicesOf(names).map((s) => s.body);

interface Slice {
  readonly code: FunctionCode;
  /** What it computes, rare parts with loops of their own written out. */
  readonly body: Scalar;
  readonly rare: readonly string[];
}

function slicesOf(names: readonly ScalarName[]): Slice[] {
  const made = new Map<string, Slice>();
  const visit = (f: string): void => {
    if (made.has(f)) return;
    const slice = sliceFunction(f);
    slice.rare.forEach(visit);
    made.set(f, slice);
  };
  names.forEach(visit);
  return [...made.values()];
}

const paramsOf = (f: string): string[] =>
  letters.slice(0, functions[f]?.params.length ?? 1);

/** to[toAt + i] = f(x[xAt + i]) for 0 <= i < count, and the rare parts that it runs. */
function sliceFunction(f: string): Slice {
  const args = paramsOf(f);
  const whole = callScalar(f, ...args.map(variable));
  const rare = new Set<string>();
  const hasLoop: Keeps = (g, given, last) =>
    g.cold === true &&
    g.name !== f &&
    last &&
    given.length === args.length &&
    given.every((a, i) => a.kind === "variable" && a.name === args[i]);
  const cell = (array: string): Code =>
    binary("+", name(`${array}At`), name("i"));
  const arrays = [...args.map((a) => `${a}s`), "to"];
  const target = at("to", cell("to"));
  const body = printAssignment(target, eager(inlined(whole, hasLoop)), {
    taken: ["i", "toAt", "count", ...arrays, ...args.map((a) => `${a}At`)],
    stored: {
      target,
      by: ({ name: g, args: given }) => {
        const cold = functions[g];
        if (cold === undefined || !hasLoop(cold, given, true)) return undefined;
        rare.add(g);
        const places = [...args, "to"].flatMap((a, i) => [
          name(arrays[i] ?? a),
          cell(a),
        ]);
        return { kind: "run", code: call(sliceName(g), ...places, num(1)) };
      },
    },
  });
  const code: FunctionCode = {
    name: sliceName(f),
    exported: false,
    doc: [
      `to = ${f}(${args.join(", ")}) entrywise; in place, so that no double crosses a call.`,
    ],
    params: [...args, "to"]
      .flatMap((a, i) => [
        { name: arrays[i] ?? a, type: "Float64Array" },
        { name: `${a}At`, type: "number" },
      ])
      .concat([{ name: "count", type: "number" }]),
    result: "void",
    body: [
      loop("i", name("count"), [
        ...args.map((a) => declare(a, read(`${a}s`, cell(a)))),
        ...body,
      ]),
    ],
  };
  return { code, body: inlined(whole, () => false), rare: [...rare] };
}
