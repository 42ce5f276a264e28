/** Elementary functions in float32 over slices of memory. */
import { float32Functions } from "../../../dsl/math/index.js";
import type { ScalarFunction } from "../../../dsl/math/index.js";
import {
  at,
  binary,
  call,
  declare,
  loop,
  name,
  read,
  type Code,
  type FunctionCode,
  type Parameter,
} from "../code.js";
import { dtypes } from "../dtype.js";
import { printAssignment } from "../scalarCode.js";
import { sliceName } from "../slices.js";
import { exponentOf, twoTo } from "./twoTo.js";

const cell = (array: string): Code =>
  binary("+", name(`${array}At`), name("i"));

const slice = (array: string): readonly Parameter[] => [
  { name: array, type: dtypes.f32.list },
  { name: `${array}At`, type: "number" },
];

/** to[toAt + i] = f(x[xAt + i]) for 0 <= i < count. */
const sliceOf = ({ name: f, params, body }: ScalarFunction): FunctionCode => {
  const parameters: readonly Parameter[] = [
    ...params.flatMap((x) => slice(`${x}s`)),
    ...slice("to"),
    { name: "count", type: "number" },
  ];
  const assigned = printAssignment(at("to", cell("to")), body, {
    taken: ["i", ...params, ...parameters.map((p) => p.name)],
    power: (k) => call(twoTo, k),
    global: (id) => (id === "exponent" ? exponentOf : id),
  });
  return {
    name: sliceName(f),
    exported: false,
    doc: [],
    params: parameters,
    result: "void",
    body: [
      loop("i", name("count"), [
        ...params.map((x) => declare(x, read(`${x}s`, cell(`${x}s`)))),
        ...assigned,
      ]),
    ],
  };
};

/** By the names of the loops that they stand for. */
export const float32Slices: ReadonlyMap<string, FunctionCode> = new Map(
  Object.values(float32Functions).map((f) => [sliceName(f.name), sliceOf(f)]),
);
