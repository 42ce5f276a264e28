/** The bits of many results as one short hash. */
import { createHash } from "node:crypto";
import { argumentsOf, worst } from "./mathArguments.js";

/** Zeros, limits, thresholds, and their neighbours. */
export const edges: readonly number[] = [
  0,
  5e-324,
  2.2250738585072014e-308,
  2.225073858507201e-308,
  1e-310,
  1e-17,
  2 ** -54,
  2 ** -28,
  2 ** -27,
  1e-8,
  0.1,
  0.29,
  0.41421356237309503,
  0.5,
  0.7853981633974483,
  0.9999999999999999,
  1,
  1.0000000000000002,
  1.5,
  1.5707963267948966,
  2,
  3,
  Math.PI,
  5,
  5.9,
  6,
  22,
  28,
  38,
  40,
  708,
  708.5,
  709,
  709.5,
  709.782712893384,
  709.7827128933841,
  710.475860073944,
  745.13,
  745.1332191019411,
  745.1332191019412,
  746,
  1647098.9,
  1647099.1,
  3e15,
  9007199254740992,
  1e17,
  1e22,
  6381956970095103 * 2 ** 797,
  1e300,
  1.7976931348623157e308,
  Infinity,
]
  .flatMap((x) => [x, -x])
  .concat(NaN);

/** Arguments of `name`: drawn ones, worst ones, and every edge (or pair of edges). */
const bitArguments = (name: string, arity: number): (readonly number[])[] => [
  ...argumentsOf(name, 3000),
  ...(worst[name] ?? []),
  ...(arity === 1
    ? edges.map((x) => [x])
    : edges.flatMap((x) => edges.map((y) => [x, y]))),
];

/** First 12 hex digits of SHA-256 over the results, big-endian, every NaN as one. */
export const bitsOf = (
  name: string,
  arity: number,
  f: (x: number, y: number) => number,
): string => {
  const all = bitArguments(name, arity);
  const view = new DataView(new ArrayBuffer(8 * all.length));
  all.forEach(([x = 0, y = 0], i) => {
    view.setFloat64(8 * i, f(x, y));
    if (Number.isNaN(view.getFloat64(8 * i))) view.setFloat64(8 * i, NaN);
  });
  return createHash("sha256")
    .update(new Uint8Array(view.buffer))
    .digest("hex")
    .slice(0, 12);
};
