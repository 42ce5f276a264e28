/** x^y. */
import {
  abs,
  add,
  and,
  atMost,
  between,
  bitAnd,
  block,
  choose,
  define,
  div,
  equal,
  floor,
  isNaNValue,
  isNegative,
  less,
  max,
  min,
  mul,
  nearest,
  neg,
  not,
  or,
  pairs,
  scale,
  shiftRight,
  sub,
  toInt,
} from "./build.js";
import type { Scope } from "./build.js";
import {
  leastNormal,
  ln2Lower,
  ln2Over64High,
  ln2Over64Low,
  ln2Upper,
  log2e64,
} from "./constants.js";
import { headOf, scaleFar } from "./exponential.js";
import { balancedExponent } from "./logarithm.js";
import { call, num } from "./scalar.js";
import type { Scalar, ScalarFunction } from "./scalar.js";
import { exp2At } from "./tables.js";

interface TwoWords {
  readonly high: Scalar;
  readonly low: Scalar;
}

/** log(m / b) in two words: s = (m - b)/(m + b), 2/3 s (3 + s^2 + tail), products of half words; |s| < 0.102. */
const logRatio = (s: Scope, m: Scalar, b: Scalar): TwoWords => {
  const u = s.let("u", sub(m, b));
  const d = s.let("d", add(m, b));
  const back = s.let("back", sub(d, m));
  const dLow = add(sub(m, sub(d, back)), sub(b, back));
  const inverse = s.let("inverse", div(1, d));
  const f = s.let("f", headOf(d));
  const q = s.let("q", headOf(mul(u, inverse)));
  const residual = sub(u, mul(q, f), mul(q, add(sub(d, f), dLow)));
  const qLow = s.let("qLow", mul(residual, inverse));
  const t = s.let("t", add(q, qLow));
  const z = s.let("z", mul(t, t));
  const w = s.let("w", mul(z, z));
  // 3 + q^2 + tail = v + vLow
  const coefficients = [
    0.5999999999999946, 0.42857142857851893, 0.33333332982983394,
    0.2727281218320142, 0.23066090787404067, 0.20696992350881555,
  ];
  const tail = s.let(
    "tail",
    add(mul(w, pairs(z, w, coefficients)), mul(qLow, add(q, t))),
  );
  const square = s.let("square", mul(q, q));
  const v = s.let("v", headOf(add(3, square, tail)));
  const vLow = sub(tail, sub(v, 3, square));
  // (q + qLow) (v + vLow), then times 2/3
  const product = s.let("product", mul(q, v));
  const productLow = s.let("productLow", add(mul(qLow, v), mul(vLow, t)));
  const p = s.let("p", headOf(add(product, productLow)));
  const pLow = s.let("pLow", sub(productLow, sub(p, product)));
  return {
    high: s.let("third", mul(p, 0.6666666567325592)),
    low: add(mul(p, 9.934107462565104e-9), mul(pLow, 0.6666666666666666)),
  };
};

/** (k ln2 + log b) + log(m/b) in two words. */
const logWords = (s: Scope, m: Scalar, k: Scalar): TwoWords => {
  const low = less(m, 1.224744871391589);
  const b = s.let("b", choose(low, 1, 1.5));
  const ratio = logRatio(s, m, b);
  const ratioLow = s.let("thirdLow", ratio.low);
  const shift = s.let(
    "shift",
    add(mul(k, ln2Upper), choose(low, 0, 0.4054651079932228)),
  );
  const shiftLow = add(
    mul(k, ln2Lower),
    choose(low, 0, 1.1494160890290935e-10),
  );
  const sum = s.let("sum", add(shift, ratio.high));
  const back = s.let("shiftBack", sub(sum, shift));
  const rest = s.let(
    "rest",
    add(
      sub(shift, sub(sum, back)),
      sub(ratio.high, back),
      add(ratioLow, shiftLow),
    ),
  );
  const high = s.let("logSum", add(sum, rest));
  return { high, low: s.let("logLow", add(sub(sum, high), rest)) };
};

/** log(2^k x) for normal x > 0 to about 68 bits: 26 bits, and the rest. */
const logOf = (s: Scope, x: Scalar, k: Scalar): TwoWords => {
  const n = s.let("n", balancedExponent(mul(x, 0.816496580927726)));
  const m = s.let("m", scale(x, neg(n)));
  const log = logWords(s, m, add(k, n));
  const high = s.let("logHigh", headOf(log.high));
  return { high, low: add(sub(log.high, high), log.low) };
};

/** e^(y (high + low)), |y| < 1.3e300. */
const expOfProduct = (s: Scope, y: Scalar, log: TwoWords): Scalar => {
  // the product's upper part is exact
  const yHigh = s.let("yHigh", headOf(y));
  const high = s.let("high", mul(yHigh, log.high));
  const low = s.let("low", add(mul(sub(y, yHigh), log.high), mul(y, log.low)));
  const e = s.let("e", add(high, low));
  s.exit(not(less(e, 710)), Infinity);
  s.exit(not(less(-745.1332191019412, e)), 0);
  // e^(high + low), as exp
  const wide = s.let("wide", nearest(mul(e, log2e64)));
  const j = s.let("j", toInt(wide));
  const i = s.let("i", bitAnd(j, 63));
  const r = s.let(
    "r",
    sub(sub(high, mul(wide, ln2Over64High)), sub(mul(wide, ln2Over64Low), low)),
  );
  const exp2 = exp2At(i);
  const t = s.let("base", exp2.high);
  const tail = add(r, call("expTail", r));
  const result = s.let("result", add(t, add(exp2.low, mul(t, tail))));
  return scaleFar(s, result, s.let("k2", shiftRight(j, 6)));
};

const powCore = define(
  {
    name: "powCore",
    doc: "(2^k x)^y = exp(y log(2^k x)) with the logarithm to about 68 bits: x = 2^n m, sqrt(3)/2 <= m < sqrt3, log(m/b), b = 1 or 3/2; normal x > 0, |y| < 1e300.",
    params: ["x", "y", "k"],
  },
  (s, x, y, k) => expOfProduct(s, y, logOf(s, x, k)),
);

const expTimes = define(
  {
    name: "expTimes",
    doc: "x^y = e^(y ln x) where x is known: ln x = logHigh + logLow to about 68 bits, logHigh its upper 26; the bits of x^y.",
    params: ["y", "logHigh", "logLow"],
    constants: ["logHigh", "logLow"],
  },
  (s, y, high, low) => {
    // y is NaN: a number, where the global NaN is any value to V8 until it has been read
    s.exit(isNaNValue(y), y);
    // beyond that the power is 0 or infinite
    const within = s.let("within", max(-1e300, min(y, 1e300)));
    return expOfProduct(s, within, { high, low });
  },
);

/** ln x for normal x > 0 as `expTimes` needs it. */
export const logarithmWords = (
  x: number,
): { readonly high: Scalar; readonly low: Scalar } => {
  const word = (which: keyof TwoWords): Scalar =>
    block((s) => logOf(s, num(x), num(0))[which]);
  return { high: word("high"), low: word("low") };
};

export const greatest = 1.7976931348623157e308;

const pow = define(
  {
    name: "pow",
    doc: "x^y as ECMAScript's Math.pow, except that its bits are the same everywhere; 0.748 ulp.",
    params: ["x", "y"],
  },
  (_, x, y) => {
    const common = and(
      atMost(leastNormal, x),
      atMost(x, greatest),
      between(-1e300, y, 1e300),
      not(equal(x, 1)),
    );
    return choose(common, call("powCore", x, y, num(0)), call("powEdge", x, y));
  },
);

const powEdge = define(
  {
    name: "powEdge",
    doc: "x^y for x <= 0, subnormal or infinite x, x = 1, huge y and NaN: the rules of ECMAScript's Math.pow.",
    params: ["x", "y"],
    cold: true,
  },
  (s, x, y) => {
    s.exit(equal(y, 0), 1);
    s.exit(or(isNaNValue(x), isNaNValue(y)), NaN);
    const a = s.let("a", abs(x));
    // above 0 when a^y grows beyond 1, below 0 when it shrinks
    const growth = s.let("growth", choose(less(1, a), y, neg(y)));
    s.exit(
      equal(abs(y), Infinity),
      choose(equal(a, 1), NaN, choose(less(0, growth), Infinity, 0)),
    );
    const negative = isNegative(x);
    const whole = equal(floor(y), y);
    const finite = and(less(0, a), less(a, Infinity));
    s.exit(and(negative, not(whole), finite), NaN);
    const parity = s.let("parity", sub(y, mul(2, floor(div(y, 2)))));
    const odd = and(whole, equal(parity, 1));
    const sign = s.let("sign", choose(and(odd, negative), -1, 1));
    s.exit(equal(a, 1), sign);
    const limit = or(equal(a, 0), equal(a, Infinity), atMost(1e300, abs(y)));
    s.exit(limit, choose(less(0, growth), div(sign, 0), mul(sign, 0)));
    // subnormal x: x^y = (2^-54 (2^54 x))^y
    const small = less(a, leastNormal);
    const size = call(
      "powCore",
      choose(small, mul(a, 18014398509481984), a),
      y,
      choose(small, -54, 0),
    );
    return mul(sign, size);
  },
);

/** pow and its parts, callees first. */
export const power: readonly ScalarFunction[] = [
  powCore,
  powEdge,
  pow,
  expTimes,
];
