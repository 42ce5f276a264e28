/** What is promised of each function of the language's own mathematics: its largest error, and where it is monotone. */
import type { FunctionName } from "./functions.js";
import type { Stretch } from "./steps.js";

export interface Row {
  /** No error in ulp is larger: measured on more than 100,000 arguments, rounded up. */
  readonly limit: number;
  readonly monotone: readonly Stretch[];
}

const greatest = Number.MAX_VALUE;

/** Monotone in its only argument, or in the first one. */
const stretch = (
  title: string,
  from: number,
  to: number,
  switches: readonly number[],
  falls = false,
): Stretch => ({
  title,
  of: (f) => (x) => f(x, 0),
  from,
  to,
  switches,
  falls,
});
const everywhere = (switches: readonly number[]): readonly Stretch[] => [
  stretch("everywhere", -greatest, greatest, switches),
];
const both = (...sizes: readonly number[]): readonly number[] =>
  sizes.flatMap((x) => [x, -x]);

/** Between entries of the table of 2^(i/64). */
const tableSteps = Array.from(
  { length: 132 },
  (_, i) => ((i - 65.5) * Math.LN2) / 64,
);
/** The same down to where e^x - 1, tanh and, mirrored, sigmoid do not move any more: what a step loses shows there. */
const lowSteps = Array.from(
  { length: 4000 },
  (_, i) => (-(i + 0.5) * Math.LN2) / 64,
);
const halfSteps = tableSteps.map((x) => x / 2);
const circleSteps = both(2 ** -27, 0.5, Math.PI / 4, 1, 1.5);

/** pow(x, y) for a known y, in x > 0. */
const powerOf = (y: number): Stretch => ({
  title: `x ** ${String(y)}`,
  of: (f) => (x) => f(x, y),
  from: 5e-324,
  to: greatest,
  falls: y < 0,
  switches: [2 ** -1022, 0.6123724356957945, 0.8660254037844386, 1]
    .concat(1.224744871391589, Math.sqrt(3), 2, 2.449489742783178)
    .concat([2 ** (1024 / y), 2 ** (-1022 / y), 2 ** (-1074 / y)]),
});
/** pow(x, y) for a known x, in y. */
const powerTo = (x: number): Stretch => ({
  title: `${String(x)} ** y`,
  of: (f) => (y) => f(x, y),
  from: -greatest,
  to: greatest,
  falls: x < 1,
  switches: [1, -1, 64, 1e300, -1e300].concat(
    [1024, -1022, -1074].map((size) => size / Math.log2(x)),
    tableSteps.map((step) => step / Math.log(x)),
  ),
});
/** atan2(y, x) for a known x, in y >= 0: it grows for x > 0 and falls for x < 0. */
const angleAt = (x: number): Stretch => ({
  title: `atan2(y, ${String(x)}), 0 <= y`,
  of: (f) => (y) => f(y, x),
  from: 0,
  to: greatest,
  falls: x < 0,
  switches: [1, 0.41421356237309503, 2.414213562373095]
    .map((ratio) => ratio * Math.abs(x))
    .concat([2 ** -450, 2 ** 450, 2 ** 55 * Math.abs(x)]),
});

export const rows: Readonly<Record<FunctionName, Row>> = {
  exp: { limit: 0.76, monotone: everywhere([...tableSteps, -708, 709]) },
  expm1: {
    limit: 0.63,
    monotone: everywhere([
      ...[...tableSteps, ...lowSteps],
      ...[2 ** -54, -(2 ** -54), -4, -38, 40],
    ]),
  },
  log: {
    limit: 0.83,
    monotone: [
      stretch("0 < x", 5e-324, greatest, [
        ...[2 ** -1022, 2 ** -16, 0.5, Math.SQRT1_2, 1, Math.SQRT2],
        ...[2 * Math.SQRT2, 2 ** 15],
      ]),
    ],
  },
  log1p: {
    limit: 0.82,
    monotone: [
      stretch("-1 < x", -1 + 2 ** -53, greatest, [
        ...[-0.75, -0.6464466094067263, -0.5, -0.2928932188134524],
        ...[0.41421356237309503, 1, 1.8284271247461903, 2 ** 53],
      ]),
    ],
  },
  log2: {
    limit: 0.79,
    monotone: [
      stretch("0 < x", 5e-324, greatest, [
        ...[2 ** -1022, 2 ** -16, 0.5, Math.SQRT1_2, 1, Math.SQRT2, 2],
        ...[2 * Math.SQRT2, 8, 2 ** 15],
      ]),
    ],
  },
  tanh: {
    limit: 0.62,
    monotone: everywhere([
      ...[...halfSteps, ...lowSteps.map((x) => x / 2)],
      ...both(2 ** -27, 19.06, 22),
    ]),
  },
  sigmoid: {
    limit: 0.76,
    monotone: everywhere([
      ...[...tableSteps, ...lowSteps.map((x) => -x)],
      ...[...both(36.7, 40), -708],
    ]),
  },
  softplus: {
    limit: 0.89,
    monotone: everywhere([
      ...tableSteps,
      ...both(0.8813735870195432, 36.7, 40),
      -708,
    ]),
  },
  logCosh: {
    limit: 0.9,
    monotone: [
      stretch("0 <= x", 0, greatest, [
        ...[2 ** -27, 0.44068679350977147, 0.8, 1, 20, 40],
        ...halfSteps.filter((x) => x > 0),
      ]),
    ],
  },
  sinh: {
    limit: 0.61,
    monotone: everywhere([...tableSteps, ...both(2 ** -27, 40, 709, 710)]),
  },
  cosh: {
    limit: 0.64,
    monotone: [
      stretch("0 <= x", 0, greatest, [
        ...[0.5, 40, 709, 710],
        ...tableSteps.filter((x) => x > 0),
      ]),
    ],
  },
  sin: {
    limit: 0.83,
    monotone: [
      stretch("|x| <= pi/2", -Math.PI / 2, Math.PI / 2, circleSteps),
      stretch(
        "pi/2 < x <= 3 pi/2",
        1.5707963267948968,
        4.71238898038469,
        [2.356194490192345, 3.926990816987241, 3],
        true,
      ),
    ],
  },
  cos: {
    limit: 0.83,
    monotone: [
      stretch(
        "0 <= x <= pi",
        0,
        Math.PI,
        [...[2 ** -27, 2 ** -26, 0.5, Math.PI / 4, 1, 2, 2.356194490192345]],
        true,
      ),
    ],
  },
  tan: {
    limit: 0.95,
    monotone: [
      stretch(
        "|x| < pi/2",
        -1.5707963267948966,
        1.5707963267948966,
        circleSteps,
      ),
      stretch(
        "pi/2 < x < 3 pi/2",
        1.5707963267948968,
        4.71238898038469,
        [2.356194490192345, 3.926990816987241, 3],
      ),
    ],
  },
  atan: {
    limit: 0.73,
    monotone: everywhere(
      both(2 ** -27, 0.41421356237309503, 1, 2.414213562373095, 1e17),
    ),
  },
  atan2: {
    limit: 0.74,
    monotone: [1, 0.7, 1e-300, -1, -3.3].map(angleAt),
  },
  pow: {
    limit: 0.76,
    monotone: [
      ...[0.5, 2.5, 3, 1 / 3, -1, -0.1, 300].map(powerOf),
      ...[0.9, 2, 10].map(powerTo),
    ],
  },
  erf: {
    limit: 0.9,
    monotone: everywhere(
      both(0.75, 1, 1.0625, 1.375, 2, 5.8635847487551676, 6),
    ),
  },
  erfDerivative: {
    limit: 1.85,
    monotone: [
      stretch("0 <= x", 0, greatest, [0.5, 1, 2, 5, 26.6, 27.2, 28], true),
    ],
  },
};
