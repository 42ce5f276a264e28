/** sin, cos, tan: x = n pi/2 + h + l, then two short series. */
import {
  abs,
  add,
  atMost,
  between,
  bitAnd,
  choose,
  define,
  div,
  entry,
  equal,
  floor,
  less,
  max,
  mul,
  nearest,
  neg,
  not,
  pairs,
  scale,
  sub,
  toInt,
} from "./build.js";
import type { Scope, Term } from "./build.js";
import { halfPiHigh, halfPiLow, small } from "./constants.js";
import { headOf } from "./exponential.js";
import { call } from "./scalar.js";
import type { Scalar, ScalarFunction } from "./scalar.js";

const sinTail = define(
  {
    name: "sinTail",
    doc: "(sin r - r)/r for z = r^2, |r| <= pi/4: minimax polynomial (Remez).",
    params: ["z"],
  },
  (s, z) => {
    const w = s.let("w", mul(z, z));
    const coefficients = [
      -0.16666666666666632, 0.008333333333322455, -0.00019841269829813535,
      0.0000027557313687641427, -2.5050756727708745e-8, 1.5896682720553097e-10,
    ];
    return mul(z, pairs(z, w, coefficients));
  },
);

const cosTail = define(
  {
    name: "cosTail",
    doc: "cos r - 1 + r^2/2 for z = r^2, |r| <= pi/4: minimax polynomial (Remez).",
    params: ["z"],
  },
  (s, z) => {
    const w = s.let("w", mul(z, z));
    const coefficients = [
      0.0416666666666666, -0.0013888888888874446, 0.0000248015872896402,
      -2.75573143886881e-7, 2.0875727219692984e-9, -1.1359810052354489e-11,
    ];
    return mul(w, pairs(z, w, coefficients));
  },
);

const digit = 16777216;

/** The parts of x 2/pi mod 4 by digits of base 2^24: the integer part and digits 1..7 after the point, signed. */
const digitProduct = (
  s: Scope,
  a: Scalar,
): { quadrant: Scalar; fraction: readonly Scalar[] } => {
  // a = (d0 + d1 2^-24 + d2 2^-48 + d3 2^-72) 2^(24 e)
  const e = s.let("e", max(0, floor(div(call("exponent", a), 24))));
  const digits: Scalar[] = [];
  let rest = s.let("a0", scale(a, mul(-24, e)));
  for (let i = 0; i < 4; i++) {
    const d = s.let(`d${String(i)}`, floor(rest));
    digits.push(d);
    if (i < 3) rest = s.let(`a${String(i + 1)}`, mul(sub(rest, d), digit));
  }
  // sums of products below 2^50: exact
  const [d0, d1, d2, d3] = digits as [Scalar, Scalar, Scalar, Scalar];
  const twoOverPi = (i: number): Scalar => entry("twoOverPiDigits", add(e, i));
  const sums = Array.from({ length: 9 }, (_, p) =>
    s.let(
      `p${String(p)}`,
      add(
        mul(d0, twoOverPi(p + 3)),
        mul(d1, twoOverPi(p + 2)),
        mul(d2, twoOverPi(p + 1)),
        mul(d3, twoOverPi(p)),
      ),
    ),
  );
  // carries, from the last digit to the first
  let above: Term = 0;
  const carried: Scalar[] = [];
  for (let p = 8; p > 0; p--) {
    const sum = s.let(`q${String(p)}`, add(sums[p] as Scalar, above));
    const carry = s.let(`c${String(p)}`, floor(div(sum, digit)));
    // the last digit counts by its carry only
    if (p < 8) carried[p] = s.let(`s${String(p)}`, sub(sum, mul(carry, digit)));
    above = carry;
  }
  const whole = s.let("whole", add(sums[0] as Scalar, above));
  const quadrant = sub(whole, mul(4, floor(div(whole, 4))));
  return { quadrant, fraction: carried };
};

/** x = n pi/2 + h + l for any finite x > 1/2 by 24-bit digits of 2/pi (Payne & Hanek 1983). */
const reducePositive = (
  s: Scope,
  x: Scalar,
): { n: Scalar; h: Scalar; l: Scalar } => {
  const { quadrant, fraction } = digitProduct(s, x);
  const [s1, s2, s3, s4, s5, s6, s7] = fraction.slice(1) as [
    Scalar,
    Scalar,
    Scalar,
    Scalar,
    Scalar,
    Scalar,
    Scalar,
  ];
  const up = atMost(digit / 2, s1);
  const n = s.let("n", add(quadrant, choose(up, 1, 0)));
  // the fraction in two words
  const first = s.let("first", choose(up, sub(s1, digit), s1));
  const high = s.let("high", mul(add(first, scale(s2, -24)), 2 ** -24));
  const middle = s.let("middle", scale(add(s3, scale(s4, -24)), -72));
  const f = s.let("f", add(high, middle));
  const last = scale(add(s5, scale(add(s6, scale(s7, -24)), -24)), -120);
  const fLow = s.let("fLow", add(sub(high, f), middle, last));
  const g = s.let("g", add(f, fLow));
  const gLow = s.let("gLow", add(sub(f, g), fLow));
  // times pi/2
  const upper = 1.5707963407039642;
  const lower = halfPiHigh - upper;
  const p = s.let("p", mul(g, halfPiHigh));
  const c = s.let("c", headOf(g));
  const pLow = s.let(
    "pLow",
    add(
      sub(mul(c, upper), p),
      mul(c, lower),
      mul(sub(g, c), upper),
      mul(sub(g, c), lower),
      add(mul(g, halfPiLow), mul(gLow, halfPiHigh)),
    ),
  );
  const h = s.let("h", add(p, pLow));
  const l = s.let("l", add(sub(p, h), pLow));
  return { n, h, l };
};

/** The rounding error of d = a - b (Knuth 1969): d + error is a - b. */
const errorOf = (
  s: Scope,
  name: string,
  a: Scalar,
  b: Scalar,
  d: Scalar,
): Scalar => {
  const back = s.let(name, sub(d, a));
  return sub(sub(a, sub(d, back)), add(b, back));
};

/**
 * x = n pi/2 + h + l with pi/2 in 33 + 33 + 33 + 53 bits (Cody & Waite 1980): n times each of the first three is exact.
 * Close to a multiple of pi/2 too, so that no double below `far` is rare.
 */
const reduceNear = (
  s: Scope,
  x: Scalar,
  far: Scalar,
): { n: Scalar; h: Scalar; l: Scalar } => {
  s.exit(not(less(abs(x), 1647099)), far);
  const n = s.let("n", nearest(mul(x, 0.6366197723675814)));
  const t = s.let("t", sub(x, mul(n, 1.5707963267341256)));
  const w = s.let("w", mul(n, 6.077100506303966e-11));
  const r = s.let("r", sub(t, w));
  const rLow = s.let("rLow", errorOf(s, "rBack", t, w, r));
  const u = s.let("u", mul(n, 2.0222662487111665e-21));
  const d = s.let("d", sub(r, u));
  const dLow = s.let("dLow", add(rLow, errorOf(s, "dBack", r, u, d)));
  const v = s.let("v", sub(mul(n, 8.4784276603689e-32), dLow));
  const h = s.let("h", sub(d, v));
  const l = s.let("l", sub(sub(d, h), v));
  return { n, h, l };
};

/** n, h, l for any |x| > 1/2; NaN for infinities. */
const reduceFar = (
  s: Scope,
  x: Scalar,
): { n: Scalar; h: Scalar; l: Scalar } => {
  s.exit(not(less(abs(x), Infinity)), NaN);
  const { n, h, l } = reducePositive(s, s.let("a", abs(x)));
  const sign = (of: Scalar): Scalar => choose(less(x, 0), neg(of), of);
  return {
    n: sign(n),
    h: s.let("hSigned", sign(h)),
    l: s.let("lSigned", sign(l)),
  };
};

const circle = define(
  {
    name: "circle",
    doc: "sin(h + l + n pi/2), |h| <= pi/4: the sine's series for even n, the cosine's for odd n.",
    params: ["h", "l", "n"],
  },
  (s, h, l, n) => {
    const q = s.let("q", bitAnd(toInt(n), 3));
    const z = s.let("z", mul(h, h));
    const t = s.let("t", mul(0.5, z));
    const w = s.let("w", sub(1, t));
    // 1 - z/2 in two words; z itself is rounded, but z/2 <= 0.31
    const cosine = add(
      w,
      add(sub(sub(1, w), t), sub(call("cosTail", z), mul(h, l))),
    );
    const sine = add(h, add(mul(h, call("sinTail", z)), mul(l, w)));
    const y = s.let("y", choose(equal(bitAnd(q, 1), 1), cosine, sine));
    return choose(less(q, 2), y, neg(y));
  },
);

const sin = define(
  {
    name: "sin",
    doc: "sin x, radians: pi/2 in four parts below 1647099, exact reduction for every other double; 0.821 ulp.",
    params: ["x"],
  },
  (s, x) => {
    s.exit(between(-small, x, small), x);
    const { n, h, l } = reduceNear(s, x, call("sinFar", x));
    return call("circle", h, l, n);
  },
);

const sinFar = define(
  {
    name: "sinFar",
    doc: "sin x for large x.",
    params: ["x"],
    cold: true,
  },
  (s, x) => {
    const { n, h, l } = reduceFar(s, x);
    return call("circle", h, l, n);
  },
);

const cos = define(
  {
    name: "cos",
    doc: "cos x = sin(x + pi/2), radians; 0.800 ulp.",
    params: ["x"],
  },
  (s, x) => {
    const { n, h, l } = reduceNear(s, x, call("cosFar", x));
    return call("circle", h, l, add(n, 1));
  },
);

const cosFar = define(
  {
    name: "cosFar",
    doc: "cos x for large x.",
    params: ["x"],
    cold: true,
  },
  (s, x) => {
    const { n, h, l } = reduceFar(s, x);
    return call("circle", h, l, add(n, 1));
  },
);

const tangent = define(
  {
    name: "tangent",
    doc: "tan(h + l + n pi/2), |h| <= pi/4: sine and cosine as two-word values, one final rounding of the quotient.",
    params: ["h", "l", "n"],
  },
  (s, h, l, n) => {
    const z = s.let("z", mul(h, h));
    const t = s.let("t", mul(0.5, z));
    const w = s.let("w", sub(1, t));
    const sineRest = s.let(
      "sineRest",
      add(mul(h, call("sinTail", z)), mul(l, w)),
    );
    // z - h^2 matters here: half of it is subtracted
    const u = s.let("u", headOf(h));
    const zError = add(sub(mul(u, u), z), mul(sub(h, u), add(h, u)));
    const cosineRest = s.let(
      "cosineRest",
      add(
        sub(sub(1, w), t),
        sub(call("cosTail", z), mul(h, l), mul(0.5, zError)),
      ),
    );
    const a = s.let("a", add(h, sineRest));
    const aLow = s.let("aLow", add(sub(h, a), sineRest));
    const c = s.let("c", add(w, cosineRest));
    const cLow = s.let("cLow", add(sub(w, c), cosineRest));
    // odd n: tan(x + pi/2) = -cos x / sin x
    const odd = equal(bitAnd(toInt(n), 1), 1);
    const top = s.let("top", choose(odd, neg(c), a));
    const topLow = s.let("topLow", choose(odd, neg(cLow), aLow));
    const d = s.let("d", choose(odd, a, c));
    const dLow = s.let("dLow", choose(odd, aLow, cLow));
    const inverse = s.let("inverse", div(1, d));
    const f = s.let("f", headOf(d));
    const q = s.let("q", headOf(mul(top, inverse)));
    const residual = add(
      sub(top, mul(q, f), mul(q, add(sub(d, f), dLow))),
      topLow,
    );
    return add(q, mul(residual, inverse));
  },
);

const tan = define(
  {
    name: "tan",
    doc: "tan x = sin x / cos x, radians; 0.938 ulp.",
    params: ["x"],
  },
  (s, x) => {
    s.exit(between(-small, x, small), x);
    const { n, h, l } = reduceNear(s, x, call("tanFar", x));
    return call("tangent", h, l, n);
  },
);

const tanFar = define(
  {
    name: "tanFar",
    doc: "tan x for large x.",
    params: ["x"],
    cold: true,
  },
  (s, x) => {
    const { n, h, l } = reduceFar(s, x);
    return call("tangent", h, l, n);
  },
);

/** sin, cos, tan and their parts, callees first. */
export const circleFunctions: readonly ScalarFunction[] = [
  sinTail,
  cosTail,
  circle,
  sinFar,
  sin,
  cosFar,
  cos,
  tangent,
  tanFar,
  tan,
];
