/**
 * Elementary functions in float32: the same operations for each number of a vector, so that nothing is looked up and
 * nothing branches. Their meaning is that of dsl/math with every operation rounded to float32; the errors are in ulp of float32.
 *
 * Polynomials are minimax (Remez) with coefficients of float32, that of log is of Cephes' logf (Moshier 1992); x is reduced
 * by ln 2 in two words (Cody & Waite 1980).
 */
import {
  abs,
  add,
  choose,
  define,
  div,
  floor,
  less,
  mul,
  neg,
  pairs,
  scale,
  sqrt,
  sub,
} from "./build.js";
import type { Scope, Term } from "./build.js";
import { call, num } from "./scalar.js";
import type { Scalar, ScalarFunction } from "./scalar.js";

/** 1 / ln 2, 2 / ln 2, and ln 2 = 355/512 - ln2Rest. */
const log2e = 1.44269502162933349609375;
const twiceLog2e = 2.885390043258667;
const ln2Most = 0.693359375;
const ln2Rest = 0.000212194441701285541057586669921875;

/** (e^r - 1 - r) / r^2, lowest first. */
const expSeries: readonly number[] = [
  0.5, 0.16666525602340698, 0.04166623204946518, 0.008368318900465965,
  0.0013949114363640547,
];
/** (2^f - 1) / f, -1/2 <= f <= 1/2, lowest first. */
const exp2Series: readonly number[] = [
  0.6931471824645996, 0.24022647738456726, 0.055503323674201965,
  0.00961843691766262, 0.0013398873852565885, 0.00015353366325143725,
];
/** (tanh x / x - 1) / x^2 in x^2, lowest first. */
const tanhSeries: readonly number[] = [
  -0.33333301544189453, 0.13332009315490723, -0.05379047617316246,
  0.02081696316599846, -0.005918313283473253,
];

/** (log(1 + f) - f + f^2/2) / f^3, sqrt(1/2) <= 1 + f <= sqrt2. */
const logSeries: readonly number[] = [
  0.333333313465118408203125, -0.2499999403953552, 0.20000714063644409,
  -0.16668057441711426, 0.14249321818351746, -0.12420140951871872,
  0.11676998436450958, -0.1151461452245712, 0.07037683576345444,
];

/** Horner's scheme. */
const polynomial = (x: Scalar, coefficients: readonly number[]): Scalar =>
  coefficients
    .slice(0, -1)
    .reduceRight<Scalar>(
      (sum, c) => add(mul(x, sum), c),
      num(coefficients.at(-1) ?? 0),
    );

/** The lesser or the greater of a number and a bound, the number where it is NaN: one instruction, which `min` and `max` are not. */
const below = (x: Term, most: number): Scalar => choose(less(most, x), most, x);
const above = (x: Term, least: number): Scalar =>
  choose(less(x, least), least, x);

/** The nearest integer, ties to even, of a number below 2^22: adding 1.5 2^23 leaves no room for a fraction. */
const nearest = (x: Term): Scalar => sub(add(x, 12582912), 12582912);

/** y 2^n = e^x, y near 1. */
function reduced(s: Scope, x: Scalar): { readonly y: Scalar; n: Scalar } {
  const n = s.let("n", nearest(mul(x, log2e)));
  const a = s.let("a", sub(x, mul(n, ln2Most)));
  const r = s.let("r", add(a, mul(n, ln2Rest)));
  const w = s.let("w", mul(r, r));
  const p = s.let("p", pairs(r, w, expSeries));
  return { y: s.let("y", add(r, mul(w, p), 1)), n };
}

/** e^x, -104 <= x <= 89; 2^n in two steps, of which only the second rounds: subnormal results and infinity are right. */
function power(s: Scope, x: Scalar): Scalar {
  const { y, n } = reduced(s, x);
  const half = s.let("half", floor(mul(n, 0.5)));
  return s.let("e", scale(scale(y, half), sub(n, half)));
}

const exp = define(
  {
    name: "exp",
    doc: "e^x = 2^n e^r, |r| <= ln2/2; 1.05 ulp.",
    params: ["x"],
  },
  (s, x) => power(s, s.let("t", above(s.let("u", below(x, 89)), -104))),
);

const tanh = define(
  {
    name: "tanh",
    doc: "tanh x: a polynomial below 5/8, else 1 - 2 / (2^(2|x| / ln 2) + 1) with the sign of x; 1.71 ulp.",
    params: ["x"],
  },
  (s, x) => {
    const size = s.let("size", abs(x));
    const z = s.let("z", mul(x, x));
    const q = s.let("q", polynomial(z, tanhSeries));
    // A product: the sign of 0 is that of x.
    const near = s.let("near", mul(x, add(1, mul(z, q))));
    // What is lost of 2|x| / ln 2 is lost of 2 / (e^(2|x|) + 1), which is little of the result.
    const t = s.let("t", mul(below(size, 9.0625), twiceLog2e));
    const n = s.let("n", nearest(t));
    const f = s.let("f", sub(t, n));
    const w = s.let("w", mul(f, f));
    const y = s.let("y", pairs(f, w, [1, ...exp2Series]));
    const far = s.let("far", sub(1, div(2, add(1, scale(y, n)))));
    const signed = s.let("signed", choose(less(x, 0), neg(far), far));
    return choose(less(size, 0.625), near, signed);
  },
);

const sigmoid = define(
  {
    name: "sigmoid",
    doc: "1 / (1 + e^-x): with e = e^-|x| and q = e / (1 + e), 1 - q or e - e q; 1.9 ulp.",
    params: ["x"],
  },
  (s, x) => {
    const e = power(s, s.let("t", above(s.let("u", neg(abs(x))), -104)));
    const q = s.let("q", div(e, add(1, e)));
    const top = s.let("top", choose(less(x, 0), e, 1));
    return sub(top, mul(top, q));
  },
);

const log = define(
  {
    name: "log",
    doc: "log x = k ln2 + log(1 + f), sqrt(1/2) <= 1 + f <= sqrt2; 0.8 ulp.",
    params: ["x"],
  },
  (s, x) => {
    const isSmall = less(x, 2 ** -126);
    const normal = s.let("normal", choose(isSmall, mul(x, 2 ** 24), x));
    const e = s.let("e", call("exponent", normal));
    // 2^-127 is no power that has a place: half of twice as much.
    const m = s.let("m", mul(scale(normal, sub(1, e)), 0.5));
    const isHigh = less(Math.fround(Math.SQRT2), m);
    const f = s.let("f", sub(choose(isHigh, mul(m, 0.5), m), 1));
    const own = s.let("own", choose(isHigh, add(e, 1), e));
    const k = s.let("k", choose(isSmall, sub(own, 24), own));
    const z = s.let("z", mul(f, f));
    const p = s.let("p", mul(f, mul(z, polynomial(f, logSeries))));
    const tail = s.let("tail", sub(sub(p, mul(k, ln2Rest)), mul(z, 0.5)));
    const y = s.let("y", add(mul(k, ln2Most), add(f, tail)));
    const finite = s.let("finite", choose(less(x, Infinity), y, x));
    // -Infinity for 0, else no number.
    const edge = s.let("edge", sub(sqrt(x), Infinity));
    return choose(less(0, x), finite, edge);
  },
);

/** Functions of float32 by the name of that of dsl/math which they stand for. */
export const float32Functions: Readonly<Record<string, ScalarFunction>> = {
  exp,
  tanh,
  sigmoid,
  log,
};
