/** atan and atan2. */
import {
  abs,
  add,
  and,
  atMost,
  block,
  choose,
  define,
  div,
  equal,
  isNaNValue,
  isNegative,
  less,
  max,
  min,
  mul,
  neg,
  not,
  or,
  quads,
  sub,
} from "./build.js";
import type { Scope, Term } from "./build.js";
import {
  halfPiHigh,
  halfPiLow,
  quarterPiHigh,
  quarterPiLow,
  small,
  tanEighthPi,
} from "./constants.js";
import { headOf } from "./exponential.js";
import { call, num } from "./scalar.js";
import type { Scalar, ScalarFunction } from "./scalar.js";

const atanTail = define(
  {
    name: "atanTail",
    doc: "(atan t - t)/t for z = t^2, |t| <= tan(pi/8): minimax polynomial (Remez).",
    params: ["z"],
  },
  (s, z) => {
    const w = s.let("w", mul(z, z));
    const v = s.let("v", mul(w, w));
    const coefficients = [
      -0.33333333333333326, 0.19999999999997095, -0.14285714285316398,
      0.11111111083743914, -0.0909090798569582, 0.07692279196354075,
      -0.06666174644260006, 0.05876516889464288, -0.05215192117178987,
      0.04490651697008349, -0.0331781681129622, 0.014898392826115237,
    ];
    return mul(z, quads(z, w, v, coefficients));
  },
);

/** atan(y/x) = base + t + rest, base = 0, pi/4 or pi/2 the nearest, t of 26 bits; x, y >= 0 and of moderate size. */
const angleParts = (
  s: Scope,
  y: Scalar,
  x: Scalar,
): Record<"base" | "t" | "rest", Scalar> => {
  const region = s.let(
    "region",
    choose(
      less(y, mul(x, tanEighthPi)),
      0,
      choose(less(y, mul(x, 2.414213562373095)), 1, 2),
    ),
  );
  const by = (low: Term, middle: Term, high: Term): Scalar =>
    choose(equal(region, 0), low, choose(equal(region, 1), middle, high));
  const difference = s.let("difference", sub(y, x));
  const sum = s.let("sum", add(y, x));
  // y/x, (y - x)/(y + x) or -x/y: numerator p + pLow, denominator d + dLow
  const p = s.let("p", by(y, difference, neg(x)));
  const d = s.let("d", by(x, sum, y));
  const back = s.let("back", sub(difference, y));
  const exactDifference = sub(sub(y, sub(difference, back)), add(x, back));
  const pLow = s.let("pLow", by(0, exactDifference, 0));
  const up = s.let("up", sub(sum, y));
  const dLow = s.let("dLow", by(0, add(sub(y, sub(sum, up)), sub(x, up)), 0));
  const base = s.let("base", by(0, quarterPiHigh, halfPiHigh));
  const baseLow = by(0, quarterPiLow, halfPiLow);
  const inverse = s.let("inverse", div(1, d));
  const f = s.let("f", headOf(d));
  const t = s.let("t", headOf(mul(p, inverse)));
  const residual = add(sub(p, mul(t, f), mul(t, add(sub(d, f), dLow))), pLow);
  const e = s.let("e", mul(residual, inverse));
  const q = s.let("q", add(t, e));
  const rest = s.let(
    "rest",
    add(e, mul(q, call("atanTail", mul(q, q))), baseLow),
  );
  return { base, t, rest };
};

const twoWordSum = (
  s: Scope,
  base: Scalar,
  t: Scalar,
  rest: Scalar,
): Scalar => {
  const z = s.let("z", add(base, t));
  return add(z, add(sub(base, z), t, rest));
};

const angle = define(
  {
    name: "angle",
    doc: "atan(y/x), x, y >= 0 and of moderate size: about 0, pi/4 or pi/2 the nearest, the quotient in two words.",
    params: ["y", "x"],
  },
  (s, y, x) => {
    const { base, t, rest } = angleParts(s, y, x);
    return twoWordSum(s, base, t, rest);
  },
);

const mirroredAngle = define(
  {
    name: "mirroredAngle",
    doc: "pi - atan(y/x), x, y >= 0 and of moderate size, with one final rounding.",
    params: ["y", "x"],
  },
  (s, y, x) => {
    const { base, t, rest } = angleParts(s, y, x);
    const pi = 2 * halfPiHigh;
    const mirrored = s.let("mirrored", sub(pi, base));
    const low = s.let(
      "low",
      add(neg(rest), sub(pi, mirrored, base), 2 * halfPiLow),
    );
    return twoWordSum(s, mirrored, neg(t), low);
  },
);

const atan = define(
  {
    name: "atan",
    doc: "atan x, odd, from angle(|x|, 1); 0.717 ulp.",
    params: ["x"],
  },
  (s, x) => {
    const a = s.let("a", abs(x));
    s.exit(less(a, small), x);
    s.exit(not(less(a, 1e17)), call("atanEdge", x));
    const y = s.let("y", call("angle", a, num(1)));
    return choose(less(x, 0), neg(y), y);
  },
);

const atanEdge = define(
  {
    name: "atanEdge",
    doc: "atan x for |x| >= 1e17 and NaN: pi/2 with the sign of x.",
    params: ["x"],
    cold: true,
  },
  (s, x) => {
    s.exit(isNaNValue(x), x);
    return choose(less(x, 0), -halfPiHigh, halfPiHigh);
  },
);

/** Sizes between which `angle` neither overflows nor loses digits. */
const moderate = (a: Scalar): Scalar =>
  and(atMost(2 ** -450, a), atMost(a, 2 ** 450));
/** Quotients beyond 2^55 are pi/2, pi or y/x. */
const extreme = 36028797018963968;

const atan2 = define(
  {
    name: "atan2",
    doc: "The angle of (x, y): atan(y/x) in the quadrant of the signs, +-0 included, as ECMAScript; 0.722 ulp.",
    params: ["y", "x"],
  },
  (s, y, x) => {
    const a = s.let("a", abs(y));
    const b = s.let("b", abs(x));
    const comparable = and(
      atMost(a, mul(b, extreme)),
      atMost(b, mul(a, extreme)),
    );
    return choose(
      and(moderate(a), moderate(b), comparable),
      block((inner) => {
        const r = inner.let(
          "r",
          choose(less(x, 0), call("mirroredAngle", a, b), call("angle", a, b)),
        );
        return choose(less(y, 0), neg(r), r);
      }),
      call("atan2Edge", y, x),
    );
  },
);

const atan2Edge = define(
  {
    name: "atan2Edge",
    doc: "atan2 for zeros, infinities, NaN, very large, very small and very different arguments.",
    params: ["y", "x"],
    cold: true,
  },
  (s, y, x) => {
    s.exit(or(isNaNValue(x), isNaNValue(y)), add(x, y));
    const r = s.let("r", call("atan2Size", y, x));
    return choose(isNegative(y), neg(r), r);
  },
);

const atan2Size = define(
  {
    name: "atan2Size",
    doc: "|atan2(y, x)| where atan2Edge needs it; no NaN.",
    params: ["y", "x"],
    cold: true,
  },
  (s, y, x) => {
    const a = s.let("a", abs(y));
    const b = s.let("b", abs(x));
    const pi = 2 * halfPiHigh;
    const straight = s.let("straight", choose(isNegative(x), pi, 0));
    s.exit(equal(a, 0), straight);
    s.exit(equal(b, 0), halfPiHigh);
    const infinite = equal(b, Infinity);
    s.exit(
      equal(a, Infinity),
      choose(
        infinite,
        choose(less(x, 0), 2.356194490192345, quarterPiHigh),
        halfPiHigh,
      ),
    );
    s.exit(infinite, straight);
    // bring both to moderate size by powers of two
    const large = less(2 ** 900, max(a, b));
    const a1 = s.let("a1", choose(large, mul(a, 2 ** -300), a));
    const b1 = s.let("b1", choose(large, mul(b, 2 ** -300), b));
    const smaller = s.let("smaller", min(a1, b1));
    const larger = s.let("larger", max(a1, b1));
    const low = and(less(smaller, 2 ** -900), less(larger, 2 ** 500));
    const a2 = s.let("a2", choose(low, mul(a1, 2 ** 300), a1));
    const b2 = s.let("b2", choose(low, mul(b1, 2 ** 300), b1));
    s.exit(less(mul(b2, extreme), a2), halfPiHigh);
    s.exit(less(mul(a2, extreme), b2), choose(less(x, 0), pi, div(a, x)));
    return choose(
      less(x, 0),
      call("mirroredAngle", a2, b2),
      call("angle", a2, b2),
    );
  },
);

/** atan, atan2 and their parts, callees first. */
export const inverse: readonly ScalarFunction[] = [
  atanTail,
  angle,
  mirroredAngle,
  atanEdge,
  atan,
  atan2Size,
  atan2Edge,
  atan2,
];
