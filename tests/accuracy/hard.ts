/** Arguments where functions are hard: results at the edges of the doubles, subnormals, angles next to multiples of pi/2. */
import {
  generator,
  near,
  oneOf,
  positive,
  power,
  sized,
  within,
  type Arguments,
  type Draw,
} from "../mathArguments.js";
import { piBits, piFixed } from "../mathReference.js";
import type { FunctionName } from "./functions.js";

/** The doubles that lie next to multiples of pi/2, relative to their size: for each power of two the last three convergents. */
export const nearMultiples: readonly number[] = ((): number[] => {
  const found: number[] = [];
  for (let e = -52; e <= 970; e++) {
    // x = q 2^e is p pi/2: p/q is a convergent of 2^(e + 1) / pi
    let a = (1n << BigInt(piBits + 53)) << BigInt(e + 52);
    let b = piFixed << 104n;
    let [before, q] = [1n, 0n];
    const convergents: bigint[] = [];
    while (b !== 0n) {
      [before, q] = [q, (a / b) * q + before];
      if (q >= 1n << 53n) break;
      convergents.push(q);
      [a, b] = [b, a % b];
    }
    found.push(...convergents.slice(-3).map((n) => Number(n) * 2 ** e));
  }
  return found.flatMap((x) => [x, -x]);
})();

const subnormal = sized(-1074, -1022);
const exponentials = [
  subnormal,
  within(-745.2, -707),
  within(708, 710),
  near(oneOf(-708, -708.3964185322641, -745.1332191019411)),
  near(oneOf(709, 709.782712893384)),
];
const logarithms = [
  positive(subnormal),
  near(oneOf(1, 2 ** -1022, 2 ** 1023)),
  positive(sized(1022, 1023)),
];
const angles = [subnormal, near(oneOf(2 ** -27, 1647099, 2 ** 1000))];
const sigmoids = [
  ...exponentials,
  near(oneOf(2 ** -54, 40, -40, 36.04, -36.04)),
];
const hyperbolics = [
  subnormal,
  within(709, 710.6),
  within(-710.6, -709),
  near(oneOf(710.4758600739439, -710.4758600739439, 709.782712893384)),
  near(oneOf(2 ** -27, 2 ** -28, 0.5, 40)),
];
const single: Readonly<Partial<Record<FunctionName, readonly Draw[]>>> = {
  exp: exponentials,
  expm1: [...exponentials, near(oneOf(2 ** -54, -38, 40, -37.43))],
  log: logarithms,
  log2: logarithms,
  log1p: [
    subnormal,
    near(oneOf(2 ** -54, 2 ** -53, 2 ** 53, 2 ** 1023)),
    (next) => -1 + power(-53, -40)(next),
  ],
  tanh: [subnormal, near(oneOf(2 ** -27, 2 ** -28, 19.06, 22, -22))],
  sigmoid: sigmoids,
  softplus: sigmoids,
  logCosh: [
    subnormal,
    sized(-540, -500),
    sized(1000, 1023),
    near(oneOf(2 ** -27, 0.8, 40)),
  ],
  sinh: hyperbolics,
  cosh: hyperbolics,
  sin: angles,
  cos: angles,
  tan: angles,
  atan: [subnormal, sized(50, 1023), near(oneOf(2 ** -27, 1e17))],
  erf: [subnormal, near(oneOf(0.75, 1.375, 6, -6)), within(5.5, 6)],
  erfDerivative: [
    subnormal,
    within(26, 27.3),
    near(oneOf(26.6, 27.2, 26.54, 2 ** -27)),
  ],
};
const pairs: Readonly<
  Partial<Record<FunctionName, readonly ((n: () => number) => Arguments)[]>>
> = {
  atan2: [
    (n) => [subnormal(n), sized(-60, 60)(n)],
    (n) => [subnormal(n), subnormal(n)],
    (n) => [sized(960, 1023)(n), sized(960, 1023)(n)],
    (n) => [sized(-1074, 1023)(n), sized(-1074, 1023)(n)],
    (n) => {
      // a quotient about 2^55, about the least normal, and below it
      const x = sized(-10, 10)(n);
      return [x * sized(50, 60)(n), x];
    },
    (n) => [sized(-1070, -1010)(n), sized(-10, 10)(n)],
  ],
  pow: [
    // results about the least normal, the least subnormal and the greatest double
    ...[within(-1080, -1020), within(1022, 1024.1)].map(
      (size) =>
        (n: () => number): Arguments => {
          const places = Math.floor(n() * 60) - 30 || 31;
          return [2 ** places * within(1, 1.001)(n), size(n) / places];
        },
    ),
    (n) => [near(oneOf(1))(n), sized(40, 62)(n)],
    (n) => [positive(subnormal)(n), within(-1, 1)(n)],
    (n) => [positive(sized(1000, 1023))(n), within(-1.1, 1.1)(n)],
    (n) => [positive(sized(-5, 5))(n), oneOf(0.5, -0.5, 2, 3, -1)(n)],
  ],
};

/** `count` argument lists of `name`, and as many that lie next to multiples of pi/2 where it is periodic, or all. */
export const hardArgumentsOf = (
  name: FunctionName,
  count: number,
): Arguments[] => {
  const next = generator(71820244);
  const two = pairs[name];
  const draws = single[name] ?? [];
  const drawn = Array.from({ length: count }, (_, i) =>
    two === undefined
      ? [(draws[i % draws.length] as Draw)(next)]
      : (two[i % two.length] as (n: () => number) => Arguments)(next),
  );
  const isPeriodic = name === "sin" || name === "cos" || name === "tan";
  if (!isPeriodic) return drawn;
  const every = Math.ceil(nearMultiples.length / count);
  return [
    ...drawn,
    ...nearMultiples.filter((_, i) => i % every === 0).map((x) => [x]),
  ];
};
