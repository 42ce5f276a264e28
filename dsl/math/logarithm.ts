/** The logarithms, and the exponent of a number without a bit cast. */
import {
  abs,
  add,
  and,
  atMost,
  between,
  choose,
  define,
  div,
  entry,
  equal,
  less,
  mul,
  neg,
  not,
  pairs,
  scale,
  shiftRightZero,
  sub,
} from "./build.js";
import type { Scope, Term } from "./build.js";
import {
  leastNormal,
  ln2High,
  ln2Low,
  ln2Lower,
  ln2Upper,
  small,
  sqrtHalf,
  tanEighthPi,
  tiny,
} from "./constants.js";
import { headOf, twoWordExp } from "./exponential.js";
import { call } from "./scalar.js";
import type { Scalar, ScalarFunction } from "./scalar.js";

/** floor(log2 y) for 2^-16 <= y < 2^15: the unit in the first place of y, then the place of its only bit. */
const nearExponent = (s: Scope, y: Scalar): Scalar => {
  const wide = s.let("wide", mul(4503599627370497, y));
  const unit = s.let("unit", sub(wide, mul(wide, 0.9999999999999999)));
  return entry("exponents", shiftRightZero(mul(unit, 8232197226496), 27));
};

/** floor(log2 y). */
export const exponent = define(
  {
    name: "exponent",
    doc: "floor(log2 y) of a normal y > 0: unit in the first place (Rump, Ogita & Oishi 2008), then a de Bruijn product.",
    params: ["y"],
  },
  (s, y) => {
    s.exit(
      not(and(less(y, 32768), atMost(0.0000152587890625, y))),
      call("exponentFar", y),
    );
    return nearExponent(s, y);
  },
);

/** floor(log2 y) far from 1. */
export const exponentFar = define(
  {
    name: "exponentFar",
    doc: "floor(log2 y) of any normal y > 0: six steps by powers of two bring y into exponent's range.",
    params: ["y"],
    cold: true,
  },
  (s, y) => {
    let near = y;
    let k: Term = 0;
    for (const step of [512, 256, 128, 64, 32, 16]) {
      const high = atMost(2 ** step, near);
      const low = less(near, 2 ** -step);
      const shift = choose(high, -step, choose(low, step, 0));
      const moved = s.let(`shift${String(step)}`, shift);
      near = s.let(`y${String(step)}`, scale(near, moved));
      k = s.let(`k${String(step)}`, sub(k, moved));
    }
    return add(k, nearExponent(s, near));
  },
);

/** floor(log2(x sqrt2)): x 2^-n lies in [sqrt(1/2), sqrt2). */
export const balancedExponent = (x: Term): Scalar =>
  add(call("exponent", mul(x, sqrtHalf)), 1);

/** The small part of log(1 + f). */
export const logTail = define(
  {
    name: "logTail",
    doc: "log(1 + f) - f + g, g = f^2/2 rounded, sqrt(1/2) <= 1 + f <= sqrt2: s (g + R(s^2)), s = f/(2 + f), minimax R (Remez).",
    params: ["f", "g"],
  },
  (s, f, g) => {
    const q = s.let("q", div(f, add(2, f)));
    const z = s.let("z", mul(q, q));
    const w = s.let("w", mul(z, z));
    const coefficients = [
      0.6666666666666735, 0.39999999999409375, 0.2857142874367953,
      0.22222198429803813, 0.18183572307927243, 0.15313833465788984,
      0.14798244682633005,
    ];
    return mul(q, add(g, mul(z, pairs(z, w, coefficients))));
  },
);

/** k ln2 + log(1 + f) + extra. */
const logSum = (s: Scope, k: Scalar, f: Scalar, extra?: Scalar): Scalar => {
  const g = s.let("g", mul(0.5, f, f));
  const low = mul(k, ln2Lower);
  const tail = add(
    call("logTail", f, g),
    extra === undefined ? low : add(low, extra),
  );
  return sub(mul(k, ln2Upper), sub(sub(g, tail), f));
};

/** log(x 2^shift) for normal x. */
const logOf = (s: Scope, x: Scalar, shift: number): Scalar => {
  const n = s.let("n", balancedExponent(x));
  const f = s.let("f", sub(scale(x, neg(n)), 1));
  return logSum(s, shift === 0 ? n : s.let("k", add(shift, n)), f);
};

const isNormal = (x: Scalar): Scalar =>
  and(atMost(leastNormal, x), less(x, Infinity));

/** Logarithms of 0, negative numbers, infinity and NaN leave first; then x is subnormal and 2^54 x is not. */
const logEdgeOf = (
  s: Scope,
  x: Scalar,
  rest: (s: Scope, x: Scalar, shift: number) => Scalar,
): Scalar => {
  s.exit(not(less(0, x)), choose(equal(x, 0), -Infinity, NaN));
  s.exit(equal(x, Infinity), x);
  return rest(s, s.let("m", mul(x, 18014398509481984)), -54);
};

/** The natural logarithm. */
export const log = define(
  {
    name: "log",
    doc: "log x = k ln2 + log(1 + f), x = 2^k (1 + f), f - f^2/2 apart from the rest; 0.820 ulp.",
    params: ["x"],
  },
  (s, x) => {
    s.exit(not(isNormal(x)), call("logEdge", x));
    return logOf(s, x, 0);
  },
);

export const logEdge = define(
  {
    name: "logEdge",
    doc: "log x for subnormal x, 0, negative numbers, infinity and NaN.",
    params: ["x"],
    cold: true,
  },
  (s, x) => logEdgeOf(s, x, logOf),
);

/** log(1 + x). */
export const log1p = define(
  {
    name: "log1p",
    doc: "log(1 + x): near 0 x itself is f; else u = 1 + x rounded, c what that lost, log u + c/u; 0.807 ulp.",
    params: ["x"],
  },
  (s, x) => {
    s.exit(
      not(between(-0.2928932188134524, x, tanEighthPi)),
      call("log1pFar", x),
    );
    s.exit(between(-tiny, x, tiny), x);
    const g = s.let("g", mul(0.5, x, x));
    return sub(x, sub(g, call("logTail", x, g)));
  },
);

export const log1pFar = define(
  {
    name: "log1pFar",
    doc: "log(1 + x) where 1 + x is not within a factor sqrt2 of 1.",
    params: ["x"],
  },
  (s, x) => {
    s.exit(not(less(-1, x)), choose(equal(x, -1), -Infinity, NaN));
    s.exit(equal(x, Infinity), x);
    const u = s.let("u", add(1, x));
    const lost = choose(less(x, 1), sub(x, sub(u, 1)), sub(1, sub(u, x)));
    const c = s.let("c", div(lost, u));
    const k = s.let("k", balancedExponent(u));
    const f = s.let("f", sub(scale(u, neg(k)), 1));
    return logSum(s, k, f, c);
  },
);

/** log2(x 2^shift) for normal x: f - f^2/2 is cut to 26 bits, so its product with the upper part of 1/ln2 is exact. */
const log2Of = (s: Scope, x: Scalar, shift: number): Scalar => {
  const n = s.let("n", balancedExponent(x));
  const f = s.let("f", sub(scale(x, neg(n)), 1));
  const g = s.let("g", mul(0.5, f, f));
  const h = s.let("h", headOf(sub(f, g)));
  const l = s.let("l", add(sub(f, h, g), call("logTail", f, g)));
  const k = shift === 0 ? n : s.let("k", add(shift, n));
  const inverseUpper = 1.4426950216293335;
  const inverseLower = 1.9259629911266175e-8;
  const p = s.let("p", mul(h, inverseUpper));
  const w = s.let("w", add(k, p));
  const low = add(mul(add(h, l), inverseLower), mul(l, inverseUpper));
  return add(w, add(sub(k, w), p, low));
};

/** The logarithm to base 2. */
export const log2 = define(
  {
    name: "log2",
    doc: "log2 x = k + log(1 + f)/ln2 with 1/ln2 in two parts; 0.787 ulp.",
    params: ["x"],
  },
  (s, x) => {
    s.exit(not(isNormal(x)), call("log2Edge", x));
    return log2Of(s, x, 0);
  },
);

export const log2Edge = define(
  {
    name: "log2Edge",
    doc: "log2 x for subnormal x, 0, negative numbers, infinity and NaN.",
    params: ["x"],
    cold: true,
  },
  (s, x) => logEdgeOf(s, x, log2Of),
);

const softplusSum = define(
  {
    name: "softplusSum",
    doc: "max(x, 0) + log(1 + e) + c for e <= 1; above sqrt2 - 1 log(1 + e) = ln2 + log(1 + (e - 1)/2).",
    params: ["x", "e", "c"],
  },
  (s, x, e, c) => {
    const high = less(tanEighthPi, e);
    const down = s.let("down", sub(e, 1));
    const lost = mul(0.5, sub(e, add(down, 1)));
    const f = s.let("f", choose(high, mul(0.5, down), e));
    const low = s.let("low", choose(high, add(c, lost, ln2Low), c));
    const base = s.let("base", choose(high, ln2High, 0));
    const g = s.let("g", mul(0.5, f, f));
    const tail = s.let("tail", add(low, call("logTail", f, g)));
    // max(x, 0) + base + f in two words; the larger comes first
    const positive = less(0, x);
    const top = s.let("top", choose(positive, add(x, base), base));
    const d = s.let("d", sub(top, x));
    const error = add(sub(x, sub(top, d)), sub(base, d));
    const topLow = s.let("topLow", choose(positive, add(tail, error), tail));
    const sum = s.let("sum", add(top, f));
    const moved = s.let("moved", sub(sum, top));
    const rest = add(topLow, add(sub(top, sub(sum, moved)), sub(f, moved)));
    return sub(sum, sub(g, rest));
  },
);

/** log(1 + e^x). */
export const softplus = define(
  {
    name: "softplus",
    doc: "log(1 + e^x) = max(x, 0) + log(1 + e), e = e^-|x| in two words; 0.884 ulp.",
    params: ["x"],
  },
  (s, x) => {
    s.exit(not(and(less(-40, x), atMost(x, 40))), call("softplusEdge", x));
    const t = s.let("t", choose(less(x, 0), x, neg(x)));
    const { h, l } = twoWordExp(s, t);
    return call("softplusSum", x, h, div(l, add(1, h)));
  },
);

export const softplusEdge = define(
  {
    name: "softplusEdge",
    doc: "log(1 + e^x) for |x| > 40 and NaN: e^x or x.",
    params: ["x"],
    cold: true,
  },
  (_, x) => choose(less(40, x), x, call("expEdge", x)),
);

/** log cosh x - x^2/2 over x^4, in powers of x^2. */
const logCoshSeries: readonly number[] = [
  -0.08333333333333175, 0.022222222222049996, -0.006746031739522173,
  0.0021869487299934973, -0.0007386015810621027, 0.0002565707267497649,
  -9.094247186438337e-5, 3.2623461418496425e-5, -1.1597604189580929e-5,
  3.83061059717815e-6, -1.0058054906644753e-6, 1.4739431035794912e-7,
];

/** log(cosh x). */
export const logCosh = define(
  {
    name: "logCosh",
    doc: "log cosh x = x^2/2 + x^4 P(x^2), minimax P (Remez), with x^2 in two words; 0.89 ulp.",
    params: ["x"],
  },
  (s, x) => {
    s.exit(not(between(-0.8, x, 0.8)), call("logCoshFar", x));
    s.exit(between(-small, x, small), mul(0.5, x, x));
    const z = s.let("z", mul(x, x));
    const h = s.let("h", headOf(x));
    const zLow = add(sub(mul(h, h), z), mul(sub(x, h), add(x, h)));
    const w = s.let("w", mul(z, z));
    const series = mul(w, pairs(z, w, logCoshSeries));
    // d(log cosh x)/d(x^2) = tanh x / (2x), about 1/2 - x^2/8
    const slope = sub(0.5, mul(0.125, z));
    return add(mul(0.5, z), add(mul(zLow, slope), series));
  },
);

export const logCoshFar = define(
  {
    name: "logCoshFar",
    doc: "log cosh x = |x| - ln 2 + log(1 + e^(-2|x|)) for |x| >= 0.8 and NaN, what the difference lost apart: nothing overflows.",
    params: ["x"],
  },
  (s, x) => {
    const size = s.let("size", abs(x));
    s.exit(not(less(size, 40)), sub(size, ln2High));
    const top = s.let("top", sub(size, ln2High));
    const lost = sub(size, top, ln2High);
    const rest = sub(call("softplus", mul(-2, size)), ln2Low);
    return add(top, add(lost, rest));
  },
);

export const logarithm: readonly ScalarFunction[] = [
  exponentFar,
  exponent,
  logTail,
  logEdge,
  log,
  log1pFar,
  log1p,
  log2Edge,
  log2,
  softplusEdge,
  softplusSum,
  softplus,
  logCoshFar,
  logCosh,
];
