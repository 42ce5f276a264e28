/** Arguments for the tests of dsl/math: random over the ranges that matter, dense at every switch point, and worst cases. */
export type Arguments = readonly number[];

/** Park & Miller's generator: the same arguments in every run. */
export const generator = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
};

const view = new DataView(new ArrayBuffer(8));
/** The double `steps` away from x in the order of doubles; x not 0. */
const neighbour = (x: number, steps: number): number => {
  view.setFloat64(0, x);
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(x < 0 ? -steps : steps));
  return view.getFloat64(0);
};

/** An argument from a source of numbers in (0, 1). */
export type Draw = (next: () => number) => number;
/** Uniform. */
export const within =
  (low: number, high: number): Draw =>
  (next) =>
    low + (high - low) * (next() + next() * 2 ** -31);
/** 2^k (1 + u), k a whole number: no `**` of a fraction, which differs between engines. */
export const power =
  (low: number, high: number): Draw =>
  (next) =>
    2 ** Math.floor(low + (high - low) * next()) * within(1, 2)(next);
/** Either sign, log2 |x| within low..high. */
export const sized =
  (low: number, high: number): Draw =>
  (next) =>
    (next() < 0.5 ? 1 : -1) * power(low, high)(next);
/** Within 100 doubles of a centre. */
export const near =
  (centre: Draw): Draw =>
  (next) =>
    neighbour(centre(next), Math.floor(next() * 201) - 100);
/** (n + offset) unit for whole |n| <= count. */
export const multiple =
  (unit: number, count: number, offset = 0): Draw =>
  (next) =>
    (Math.floor((next() - 0.5) * 2 * count) + offset) * unit || unit;
export const oneOf =
  (...values: readonly number[]): Draw =>
  (next) =>
    values[Math.floor(next() * values.length)] as number;
export const positive =
  (draw: Draw): Draw =>
  (next) =>
    Math.abs(draw(next));

const exponentials = [
  within(-708, 709),
  within(-2, 2),
  within(-20, 20),
  sized(-60, 8),
  near(multiple(Math.LN2, 1000, 0.5)),
  near(multiple(Math.LN2 / 64, 4000, 0.5)),
];
const logarithms = [
  within(0.001, 2),
  within(0.7, 1.42),
  within(0.01, 100),
  positive(sized(-1074, 1022)),
  (next: () => number) => 1 + sized(-52, -3)(next),
  near((next) => Math.SQRT2 * 2 ** Math.floor(next() * 40 - 20)),
  near((next) => 2 ** Math.floor(next() * 200 - 100)),
];
const angles = [
  within(-100, 100),
  within(-1, 1),
  within(-1e6, 1e6),
  sized(-30, 1023),
  near(multiple(Math.PI / 4, 2000000)),
  near(multiple(Math.PI / 2, 100)),
  within(-8, 8),
];
const sigmoids = [
  within(-45, 45),
  within(-8, 8),
  within(-1, 1),
  sized(-60, 8),
  within(-708, -30),
  near(multiple(Math.LN2, 60, 0.5)),
  near(oneOf(Math.LN2, 0.8813735870195432, 40, -40)),
];
const hyperbolics = [
  within(-709, 709),
  within(-2, 2),
  within(-40, 40),
  sized(-40, 8),
  near(multiple(Math.LN2, 50, 0.5)),
  near(oneOf(0.5, -0.5, 40, -40, 22, -22)),
];
const errors = [
  within(-5.9, 5.9),
  within(-1.1, 1.1),
  sized(-40, 2.5),
  within(0.6, 2.2),
  near(oneOf(0.75, 1.0625, 1.375, -0.75, -1.375, 5.9)),
];

/** Draws of one argument by function. */
const draws: Readonly<Record<string, readonly Draw[]>> = {
  exp: exponentials,
  expm1: [...exponentials, within(-1, 1), within(-38, 41), sized(-55, -1)],
  log: logarithms,
  log1p: [
    sized(-60, -1),
    within(-0.99, 1),
    within(-0.3, 0.5),
    positive(sized(-1000, 1000)),
    (next) => -1 + power(-53, -1)(next),
    near(oneOf(0.41421356237309503, -0.2928932188134524)),
    within(0.001, 20),
  ],
  log2: logarithms,
  tanh: [
    within(-22, 22),
    within(-1, 1),
    sized(-40, 4),
    within(-5, 5),
    near(multiple(Math.LN2 / 2, 30, 0.5)),
  ],
  sigmoid: sigmoids,
  softplus: sigmoids,
  logCosh: [
    within(-1, 1),
    within(-3, 3),
    within(-40, 40),
    sized(-500, 1000),
    within(0.6, 1.2),
    near(oneOf(0.8, -0.8, 1, 40, -40)),
    sized(-30, 6),
  ],
  sinh: hyperbolics,
  cosh: hyperbolics,
  sin: angles,
  cos: angles,
  tan: angles,
  atan: [
    within(-10, 10),
    within(-1, 1),
    sized(-40, 60),
    near(oneOf(0.41421356237309503, 2.414213562373095)),
    within(0.4, 0.42),
    within(2.3, 2.6),
  ],
  erf: errors,
  erfDerivative: [...errors, within(-26, 26)],
};

const pairs: Readonly<
  Record<string, readonly ((n: () => number) => Arguments)[]>
> = {
  atan2: [
    (n) => [within(-1, 1)(n), within(-1, 1)(n)],
    (n) => [sized(-20, 20)(n), sized(-20, 20)(n)],
    (n) => [sized(-1000, 1000)(n), sized(-1000, 1000)(n)],
    (n) => {
      const x = sized(-3, 3)(n);
      return [
        near(oneOf(x * 0.41421356237309503, x * 2.414213562373095, x))(n),
        x,
      ];
    },
    (n) => {
      const k = power(-1000, 1000)(n);
      return [k * within(-4, 4)(n), k * within(-4, 4)(n)];
    },
  ],
  pow: [
    (n) => [within(0.01, 10)(n), 2.5],
    (n) => [within(0.01, 10)(n), within(-10, 10)(n)],
    (n) => {
      const e = Math.floor(1 + 300 * n());
      return [2 ** e * within(1, 2)(n), within(-1020, 1020)(n) / (e + 1)];
    },
    (n) => [1 + sized(-30, -3)(n), sized(3, 12)(n)],
    (n) => [positive(sized(-10, 10))(n), Math.floor(n() * 41) - 20],
    (n) => [positive(sized(-1074, 1022))(n), within(-0.9, 0.9)(n)],
    (n) => [within(0.86, 1.23)(n), within(-3000, 3000)(n)],
    (n) => [
      near(oneOf(1.224744871391589, 2.449489742783178))(n),
      within(-90, 90)(n),
    ],
  ],
};

/** `count` argument lists of the function `name`. */
export const argumentsOf = (name: string, count: number): Arguments[] => {
  const next = generator(20261123);
  const two = pairs[name];
  const single = draws[name] ?? [];
  return Array.from({ length: count }, (_, i) =>
    two === undefined
      ? [(single[i % single.length] as Draw)(next)]
      : (two[i % two.length] as (n: () => number) => Arguments)(next),
  );
};

/** Worst arguments found by 1.2e6 trials a function against 256-bit MPFR, and hard cases of the literature. */
export const worst: Readonly<Record<string, readonly Arguments[]>> = {
  exp: [[-109.6], [-709], [-745.1332191019411], [-708.3964185322641]],
  expm1: [[-0.0056], [-37.99], [39.99]],
  log: [[1.4111], [2 ** -1074], [1.7976931348623157e308]],
  log1p: [[-0.2978], [-0.9999999999999999]],
  log2: [[1.3869], [2 ** -1074]],
  tanh: [[-0.0027]],
  sigmoid: [[-40.3], [-745]],
  softplus: [[-0.8546], [-745]],
  logCosh: [[0.5068622554376605], [-0.830695929162758], [0.8], [1]],
  sinh: [[0.0055], [710.4758600739439]],
  cosh: [[-1.4e-6], [0.5], [710.4758600739439]],
  sin: [[-863985.9], [6381956970095103 * 2 ** 797], [1e22], [1647099.1]],
  cos: [[0.8136], [6381956970095103 * 2 ** 797], [1e22]],
  tan: [[1542185.06], [6381956970095103 * 2 ** 797], [1e22]],
  atan: [[0.4194]],
  atan2: [[1.096, 2.647]],
  pow: [
    [466954.5, -54.3],
    [6.283, -385.5],
    [1.0000001720686817, 2939427412.78],
    [1e-320, 0.5],
    [1.5, -1800],
  ],
  erf: [[0.9519], [0.6775055524256651], [0.75], [1.0625], [1.375]],
  erfDerivative: [[26.6], [-2.657]],
};
