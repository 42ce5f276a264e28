/** The tables that elementary functions read. */
import { add, block, entry, mul, sub } from "./build.js";
import type { Term } from "./build.js";
import { variable } from "./scalar.js";
import type { Scalar, Table } from "./scalar.js";

/** 2^(1/64) rounded, and what that lost. */
const root = 1.0108892860517005;
const rootLow = -1.5234778603368577e-17;

/** The upper 26 bits of 2^(1/64). */
const rootUpper = 1.0108892917633057;

/** 1 <= a < 2 rounded to a multiple of 2^-26: beside 1e8, between 2^26 and 2^27, is no room for more. */
const upperHalf = (a: Term): Scalar => sub(add(a, 1e8), 1e8);

/** (h + l) 2^(1/64) in two words: Dekker's product (1971), renormalised; the last step differs by word. */
const times = (
  word: (sum: Scalar, product: Scalar, lost: Scalar) => Scalar,
): Scalar =>
  block((s) => {
    const h = variable("high");
    const l = variable("low");
    const product = s.let("product", mul(h, root));
    const a = s.let("a", upperHalf(h));
    const lost = s.let(
      "lost",
      add(
        sub(mul(a, rootUpper), product),
        mul(a, root - rootUpper),
        mul(sub(h, a), rootUpper),
        mul(sub(h, a), root - rootUpper),
        add(mul(h, rootLow), mul(l, root)),
      ),
    );
    return word(s.let("sum", add(product, lost)), product, lost);
  });

/** 2^(i/64), i = 0..63, as exp2[i] + exp2[i + 64]. */
const exp2: Table = {
  kind: "recurrence",
  name: "exp2",
  doc: "2^(i/64) = exp2[i] + exp2[i + 64], i = 0..63: each the one before times 2^(1/64), in two words.",
  columns: ["high", "low"],
  length: 64,
  start: [1, 0],
  next: [
    times((sum) => sum),
    times((sum, product, lost) => add(sub(product, sum), lost)),
  ],
};

/** 2^(i/64) in two words, i an integer in 0..63. */
export const exp2At = (i: Scalar): { high: Scalar; low: Scalar } => ({
  high: entry(exp2.name, i),
  low: entry(exp2.name, add(i, 64)),
});

/** j - 16 at place (125613361 2^j mod 2^32) / 2^27: every j of 0..31 has a place of its own. */
const exponents: Table = {
  kind: "list",
  name: "exponents",
  doc: "The exponent -16..15 of a power of two, found by the upper five bits of its product with a de Bruijn number.",
  values: [
    -16, -15, 12, -14, 13, -2, 8, -13, 14, 6, 4, -1, 9, 1, -12, -8, 15, 11, -3,
    7, 5, 3, 0, -9, 10, -4, 2, -10, -5, -11, -6, -7,
  ],
};

/** 2/pi in digits of base 2^24, after four zeros. */
const twoOverPi: Table = {
  kind: "list",
  name: "twoOverPiDigits",
  doc: "2/pi = sum of twoOverPiDigits[i + 4] 2^(-24 (i + 1)); four zeros stand in front.",
  values: [
    0, 0, 0, 0, 10680707, 7228996, 1387004, 2578385, 16069853, 12639074,
    9804092, 4427841, 16666979, 11263675, 12935607, 2387514, 4345298, 14681673,
    3074569, 13734428, 16653803, 1880361, 10960616, 8533493, 3062596, 8710556,
    7349940, 6258241, 3772886, 3769171, 3798172, 8675211, 12450088, 3874808,
    9961438, 366607, 15675153, 9132554, 7151469, 3571407, 2607881, 12013382,
    4155038, 6285869, 7677882, 13102053, 15825725, 473591, 9065106, 15363067,
    6271263, 9264392, 5636912, 4652155, 7056368,
  ],
};

/** erf(c + d) = y + yLow + d P(d) for |d| <= 5/32: c, y, yLow, then the 12 coefficients of P, for two centres. */
const erfMiddle: Table = {
  kind: "list",
  name: "erfMiddle",
  doc: "Two rows of 15: centre c, erf(c) in two words, and the minimax polynomial (erf(c + d) - erf(c))/d, degree 11 (Remez).",
  values: [
    0.90625, 0.800027894164233, -4.949682929880317e-17, 0.4963336857804945,
    -0.44980240273857325, 0.10631105639437809, 0.10176193681754726,
    -0.06878201901069081, -0.006358614922321085, 0.018023097700851563,
    -0.002720796217297212, -0.002956513676782201, 0.0010194799156623693,
    0.00031450778821706925, -0.00019958410450986695, 1.21875,
    0.9152150038717323, -1.8563640078014967e-17, 0.25549068578278905,
    -0.3113792732977742, 0.16783209762688756, 0.0015204066078998008,
    -0.05109082752338821, 0.020350206913470593, 0.00507825194872181,
    -0.005908037901100348, 0.0006125209242218469, 0.0009009822366705064,
    -0.00029545541885010767, -7.557727832854848e-5,
  ],
};

/** Every table, each after those it needs. */
export const tables: readonly Table[] = [exp2, exponents, twoOverPi, erfMiddle];
