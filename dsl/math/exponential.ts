/** e^x and what is made of it: exp, expm1, sigmoid, and the parts that tanh, sinh, cosh, softplus and pow share. */
import {
  add,
  between,
  bitAnd,
  choose,
  define,
  div,
  less,
  mul,
  nearest,
  neg,
  not,
  pairs,
  scale,
  shiftRight,
  sub,
  toInt,
} from "./build.js";
import type { Scope } from "./build.js";
import { ln2Over64High, ln2Over64Low, log2e64, tiny } from "./constants.js";
import { call } from "./scalar.js";
import type { Scalar, ScalarFunction } from "./scalar.js";
import { exp2At } from "./tables.js";

/** Upper 26 bits. */
export const head = define(
  {
    name: "head",
    doc: "The upper 26 bits of a, so that a product of two heads is exact (Veltkamp's split); |a| < 2^996.",
    params: ["a"],
  },
  (s, a) => {
    const c = s.let("c", mul(134217729, a));
    return sub(c, sub(c, a));
  },
);
/** The upper 26 bits of a. */
export const headOf = (a: Scalar): Scalar => call("head", a);

/** The small part of e^r. */
export const expTail = define(
  {
    name: "expTail",
    doc: "e^r - 1 - r, |r| <= ln2/128: minimax polynomial for (e^r - 1 - r)/r^2 (Remez), error 2^-70 of e^r.",
    params: ["r"],
  },
  (s, r) => {
    const z = s.let("z", mul(r, r));
    const coefficients = [
      0.5, 0.16666666666659502, 0.041666666666644425, 0.0083333413709507,
      0.0013888902789153514,
    ];
    return mul(z, pairs(r, z, coefficients));
  },
);

/** t = n ln2/64 + a - b, |a - b| <= ln2/128. */
interface Argument {
  readonly n: Scalar;
  readonly a: Scalar;
  readonly b: Scalar;
  /** a - b, rounded. */
  readonly r: Scalar;
}

/** Cody & Waite 1980; |t| <= 745.2. */
const reduced = (s: Scope, t: Scalar): Argument => {
  const n = s.let("n", nearest(mul(t, log2e64)));
  const a = s.let("a", sub(t, mul(n, ln2Over64High)));
  const b = s.let("b", mul(n, ln2Over64Low));
  return { n, a, b, r: s.let("r", sub(a, b)) };
};

/** n = 64 k + i. */
const split = (s: Scope, n: Scalar): { i: Scalar; k: Scalar } => {
  const j = s.let("j", toInt(n));
  return { i: s.let("i", bitAnd(j, 63)), k: shiftRight(j, 6) };
};

/** t = n ln2/64 + r + c with u = 2^floor(n/64) 2^((n mod 64)/64): the names that every function of this family gives. */
export interface Reduced {
  readonly u: Scalar;
  /** What u lost, times 2^k. */
  readonly uLow: Scalar;
  readonly r: Scalar;
  /** e^r - 1 - r plus what rounding r lost. */
  readonly tail: Scalar;
}

/** e^t = (u + uLow) (1 + r + tail), |r| <= ln2/128 (table method: Tang 1989); |t| <= 708. */
export const reduceExp = (s: Scope, t: Scalar): Reduced =>
  powered(s, reduced(s, t));

/** e^t = 2^k (high + low) (1 + r + tail), but for what rounding r lost. */
interface Row {
  readonly k: Scalar;
  readonly high: Scalar;
  readonly low: Scalar;
  /** e^r - 1 - r. */
  readonly tail: Scalar;
}

const rowOf = (s: Scope, { n, r }: Argument): Row => {
  const { i, k } = split(s, n);
  return { k, ...exp2At(i), tail: call("expTail", r) };
};

const powered = (
  s: Scope,
  argument: Argument,
  { k, high, low, tail }: Row = rowOf(s, argument),
): Reduced => {
  const { a, b, r } = argument;
  const power = s.let("power", scale(1, k));
  return {
    u: s.let("u", mul(high, power)),
    uLow: mul(low, power),
    r,
    tail: add(tail, sub(sub(a, r), b)),
  };
};

/** h + l = e^t in two words; |t| <= 708. */
export const twoWordExp = (s: Scope, t: Scalar): { h: Scalar; l: Scalar } =>
  twoWords(s, reduceExp(s, t));

const twoWords = (
  s: Scope,
  { u, uLow, r, tail }: Reduced,
): { h: Scalar; l: Scalar } => {
  const v = s.let("v", mul(u, r));
  const p = s.let("p", add(u, v));
  const rest = s.let("rest", add(sub(u, p), v, add(uLow, mul(u, tail))));
  const h = s.let("h", add(p, rest));
  const l = s.let("l", add(sub(p, h), rest));
  return { h, l };
};

/** ln 2^-1075, half the least double: e^x rounds to 0 there and below. */
const leastExp = -745.1332191019412;

/** y 2^k = e^x, not yet scaled: y in [1, 2]; used where the result may leave the normal doubles. */
const unscaledExp = (s: Scope, x: Scalar): { y: Scalar; k: Scalar } => {
  const n = s.let("n", nearest(mul(x, log2e64)));
  const j = s.let("j", toInt(n));
  const i = s.let("i", bitAnd(j, 63));
  const r = s.let("r", sub(x, mul(n, ln2Over64High), mul(n, ln2Over64Low)));
  const { high, low } = exp2At(i);
  const u = s.let("u", high);
  const y = s.let("y", add(u, add(low, mul(u, add(r, call("expTail", r))))));
  return { y, k: s.let("k", shiftRight(j, 6)) };
};

/** y 2^k for any k in -1075..1024 and y in [1, 2]: in two steps, of which only the second rounds. */
export const scaleFar = (s: Scope, y: Scalar, k: Scalar): Scalar => {
  const half = s.let("half", shiftRight(k, 1));
  return scale(scale(y, half), sub(k, half));
};

/** e^x, general. */
export const exp = define(
  {
    name: "exp",
    doc: "e^x = 2^k 2^(i/64) e^r with x = (64 k + i) ln2/64 + r (Tang 1989); 0.512 ulp, 0.750 where the result is subnormal.",
    params: ["x"],
  },
  (s, x) => {
    s.exit(not(between(-708, x, 709)), call("expEdge", x));
    const { y, k } = unscaledExp(s, x);
    return scale(y, k);
  },
);

/** e^x where exp does not reach. */
export const expEdge = define(
  {
    name: "expEdge",
    doc: "e^x for every x: as exp, with subnormal results, overflow, underflow.",
    params: ["x"],
    cold: true,
  },
  (s, x) => {
    s.exit(not(less(leastExp, x)), choose(less(x, 0), 0, x));
    s.exit(not(less(x, 709.79)), Infinity);
    const { y, k } = unscaledExp(s, x);
    return scaleFar(s, y, k);
  },
);

/** e^x / 2. */
export const expHalf = define(
  {
    name: "expHalf",
    doc: "e^x / 2 without early overflow, x >= 40; for sinh and cosh.",
    params: ["x"],
    cold: true,
  },
  (s, x) => {
    s.exit(not(less(x, 710.5)), choose(less(0, x), Infinity, x));
    const { y, k } = unscaledExp(s, x);
    return choose(
      less(1023, k),
      mul(scale(y, sub(k, 2)), 2),
      scale(y, sub(k, 1)),
    );
  },
);

/** e^x - 1. */
export const expm1 = define(
  {
    name: "expm1",
    doc: "e^x - 1 = (u - 1) + r + (u - 1) r + small terms, u = 2^k 2^(i/64); 0.623 ulp.",
    params: ["x"],
  },
  (s, x) => {
    s.exit(not(between(-38, x, 40)), call("expm1Edge", x));
    s.exit(between(-tiny, x, tiny), x);
    const { u, uLow, r, tail } = reduceExp(s, x);
    // the parts of u - 1 + r cancel there, and what they lose would show as a step down between entries of the table
    s.exit(less(x, -4), sub(add(u, add(uLow, mul(u, add(r, tail)))), 1));
    const v = s.let("v", sub(u, 1));
    const h = s.let("h", add(v, r));
    // u - 1 - v and v + r - h, exactly
    const lost = choose(less(1, u), sub(u, v, 1), sub(u, add(v, 1)));
    return add(
      h,
      add(sub(v, h), r, lost, add(mul(v, r), add(uLow, mul(u, tail)))),
    );
  },
);

/** e^x - 1 where the 1 or the e^x is lost. */
export const expm1Edge = define(
  {
    name: "expm1Edge",
    doc: "e^x - 1 for x <= -38, x >= 40 and NaN.",
    params: ["x"],
    cold: true,
  },
  (s, x) => {
    s.exit(not(less(-38, x)), choose(less(x, 0), -1, x));
    return call("expEdge", x);
  },
);

/** (h + l) / (d + dLow) with one final rounding: a 26-bit quotient leaves an exact residual once d is split. */
export const quotient = (
  s: Scope,
  { h, l, d, dLow }: Record<"h" | "l" | "d" | "dLow", Scalar>,
): { q: Scalar; rest: Scalar } => {
  const inverse = s.let("inverse", div(1, d));
  const f = s.let("f", headOf(d));
  const q = s.let("q", headOf(mul(h, inverse)));
  const rest = mul(
    add(sub(h, mul(q, f), mul(q, add(sub(d, f), dLow))), l),
    inverse,
  );
  return { q, rest };
};

/** The logistic function. */
export const sigmoid = define(
  {
    name: "sigmoid",
    doc: "1 / (1 + e^-x): with e = e^-|x| in two words, 1 / (1 + e) or e / (1 + e); 0.520 ulp, 0.747 subnormal.",
    params: ["x"],
  },
  (s, x) => {
    s.exit(not(less(x, 40)), choose(less(0, x), 1, x));
    s.exit(not(less(leastExp, x)), 0);
    const t = s.let("t", choose(less(x, 0), x, neg(x)));
    const argument = reduced(s, t);
    const row = rowOf(s, argument);
    const high = s.let("high", row.high);
    const low = s.let("low", row.low);
    const tail = s.let("tail", row.tail);
    // 1 + e^x is 1 there; e^x in two steps, of which only the second rounds: the bits of exp, subnormal ones too
    const y = add(high, add(low, mul(high, add(argument.r, tail))));
    s.exit(not(less(-40, x)), scale(scale(y, add(row.k, 64)), -64));
    const words = powered(s, argument, { k: row.k, high, low, tail });
    const { h, l } = twoWords(s, words);
    const d = s.let("d", add(1, h));
    const dLow = s.let("dLow", add(sub(1, d), h, l));
    const negative = less(x, 0);
    const { q, rest } = quotient(s, {
      h: s.let("top", choose(negative, h, 1)),
      l: s.let("topLow", choose(negative, l, 0)),
      d,
      dLow,
    });
    return add(q, rest);
  },
);

export const exponential: readonly ScalarFunction[] = [
  head,
  expTail,
  expEdge,
  exp,
  expHalf,
  expm1Edge,
  expm1,
  sigmoid,
];
