/** tanh, sinh, cosh: quotients of e^x - 1 or e^x as two-word values, with one final rounding. */
import {
  abs,
  add,
  between,
  choose,
  define,
  equal,
  less,
  mul,
  neg,
  not,
  or,
  pairs,
  sub,
} from "./build.js";
import type { Scope } from "./build.js";
import { small } from "./constants.js";
import { quotient, reduceExp, twoWordExp } from "./exponential.js";
import { call, num } from "./scalar.js";
import type { Scalar, ScalarFunction } from "./scalar.js";

/** h + l = e^t - 1 in two words; `rounding` gives what u - 1 lost. */
const twoWordExpm1 = (
  s: Scope,
  t: Scalar,
  rounding: (u: Scalar, v: Scalar) => Scalar,
): { h: Scalar; l: Scalar } => {
  const { u, uLow, r, tail } = reduceExp(s, t);
  const v = s.let("v", sub(u, 1));
  const lost = rounding(u, v);
  const p = s.let("p", add(v, r));
  const rest = s.let(
    "rest",
    add(sub(v, p), r, lost, add(mul(v, r), add(uLow, mul(u, tail)))),
  );
  const h = s.let("h", add(p, rest));
  const l = s.let("l", add(sub(p, h), rest));
  return { h, l };
};

/** (h + l + q + rest) / 2, h >= q. */
const halfSum = (
  s: Scope,
  { h, l, q, rest }: Record<"h" | "l" | "q" | "rest", Scalar>,
): Scalar => {
  const sum = s.let("sum", add(h, q));
  return mul(0.5, add(sum, add(sub(h, sum), q, add(l, rest))));
};

/** The hyperbolic tangent. */
export const tanh = define(
  {
    name: "tanh",
    doc: "tanh |x| = m / (2 + m), m = e^(2|x|) - 1 in two words, the quotient's residual formed exactly; 0.614 ulp.",
    params: ["x"],
  },
  (s, x) => {
    s.exit(
      or(not(between(-22, x, 22)), equal(x, 0)),
      choose(less(0, x), 1, choose(less(x, 0), -1, x)),
    );
    const t = s.let("t", abs(mul(2, x)));
    const { h, l } = twoWordExpm1(s, t, (u, v) => sub(u, v, 1));
    const d = s.let("d", add(2, h));
    const e = s.let("e", sub(d, h));
    const dLow = s.let("dLow", add(sub(2, e), sub(h, sub(d, e)), l));
    const { q, rest } = quotient(s, { h, l, d, dLow });
    const y = s.let("y", add(q, rest));
    return choose(less(x, 0), neg(y), y);
  },
);

/** The hyperbolic sine. */
export const sinh = define(
  {
    name: "sinh",
    doc: "sinh |x| = (m + m / (1 + m)) / 2, m = e^|x| - 1 in two words; 0.596 ulp.",
    params: ["x"],
  },
  (s, x) => {
    const t = s.let("t", abs(x));
    s.exit(not(less(t, 40)), call("sinhEdge", x));
    s.exit(less(t, small), x);
    const { h, l } = twoWordExpm1(s, t, (u, v) => sub(u, v, 1));
    const d = s.let("d", add(1, h));
    const w = s.let("w", sub(d, h));
    const dLow = s.let("dLow", add(sub(1, w), sub(h, sub(d, w)), l));
    const { q, rest } = quotient(s, { h, l, d, dLow });
    const y = s.let("y", halfSum(s, { h, l, q, rest }));
    return choose(less(x, 0), neg(y), y);
  },
);

/** sinh where e^-|x| does not count. */
export const sinhEdge = define(
  {
    name: "sinhEdge",
    doc: "sinh x for |x| >= 40 and NaN: e^|x| / 2 with the sign of x.",
    params: ["x"],
    cold: true,
  },
  (s, x) => {
    const y = s.let("y", call("expHalf", abs(x)));
    return choose(less(x, 0), neg(y), y);
  },
);

/** 1/2!, 1/4! ... 1/16!. */
const coshSeries: readonly number[] = [
  0.5, 0.041666666666666664, 0.001388888888888889, 0.0000248015873015873,
  2.755731922398589e-7, 2.08767569878681e-9, 1.1470745597729725e-11,
  4.779477332387385e-14,
];

const coshNear = define(
  {
    name: "coshNear",
    doc: "cosh x = 1 + x^2/2! + x^4/4! ..., |x| < 1/2: its terms grow with |x|, so it is monotone.",
    params: ["x"],
  },
  (s, x) => {
    const z = s.let("z", mul(x, x));
    const w = s.let("w", mul(z, z));
    return add(1, mul(z, pairs(z, w, coshSeries)));
  },
);

/** The hyperbolic cosine. */
export const cosh = define(
  {
    name: "cosh",
    doc: "cosh x = (e + 1/e) / 2, e = e^|x| in two words; near 0 a series; 0.64 ulp.",
    params: ["x"],
  },
  (s, x) => {
    const t = s.let("t", abs(x));
    s.exit(not(less(t, 40)), call("expHalf", t));
    s.exit(less(t, 0.5), call("coshNear", x));
    const { h, l } = twoWordExp(s, t);
    const { q, rest } = quotient(s, { h: num(1), l: num(0), d: h, dLow: l });
    return halfSum(s, { h, l, q, rest });
  },
);

export const hyperbolic: readonly ScalarFunction[] = [
  tanh,
  sinhEdge,
  sinh,
  coshNear,
  cosh,
];
