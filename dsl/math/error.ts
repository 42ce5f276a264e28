/** The error function and its derivative. */
import {
  abs,
  add,
  between,
  block,
  choose,
  define,
  div,
  entry,
  less,
  mul,
  neg,
  not,
  quads,
  sub,
} from "./build.js";
import type { Scope } from "./build.js";
import { twoOverSqrtPi } from "./constants.js";
import { headOf } from "./exponential.js";
import { call } from "./scalar.js";
import type { Scalar, ScalarFunction } from "./scalar.js";

/** erf(x)/x - 1 in powers of x^2. */
const erfSeries: readonly number[] = [
  0.12837916709551256, -0.3761263890318341, 0.11283791670942216,
  -0.026866170643130023, 0.005223977608350847, -0.0008548326105139594,
  0.00012055300130146578, -0.000014924852062255021, 0.0000016448930739594218,
  -1.6220162071383014e-7, 1.3769759911288952e-8, -7.885450168677441e-10,
];
/** erfc(x) e^(x^2) in powers of (x - 5/2)/(x + 5/2), 1 <= x <= 6, fitted under the weight e^(-x^2). */
const erfcSeries: readonly number[] = [
  0.2108063640611437, -0.3717367339489765, 0.2517131932171885,
  -0.12503305238172632, 0.039922539095126955, -0.003993700620333077,
  -0.0026423627287910007, 0.0008759136052866103, 0.0002282674634788467,
  -0.00012948620620006028, -0.00003574477157524488, 0.00001675717929444812,
  0.0000075282859188443855,
];

/** erf near the centre of row 0 or 1 of `erfMiddle`: erf(c) in two words plus d P(d). */
const erfNear = (s: Scope, a: Scalar): Scalar => {
  const row = s.let("row", choose(less(a, 1.0625), 0, 15));
  const d = s.let("d", sub(a, entry("erfMiddle", row)));
  const w = s.let("w", mul(d, d));
  const v = s.let("v", mul(w, w));
  const coefficients = Array.from({ length: 12 }, (_, i) =>
    entry("erfMiddle", add(row, i + 3)),
  );
  return add(
    entry("erfMiddle", add(row, 1)),
    add(entry("erfMiddle", add(row, 2)), mul(d, quads(d, w, v, coefficients))),
  );
};

const erfMid = define(
  {
    name: "erfMid",
    doc: "erf a for 3/4 <= a < 11/8, about 29/32 or 39/32: the sum's second part is small, so that it stays monotone.",
    params: ["a"],
  },
  erfNear,
);

const erfFar = define(
  {
    name: "erfFar",
    doc: "erf a = 1 - e^(-a^2) G((a - 5/2)/(a + 5/2)) for 1 <= a < 6.",
    params: ["a"],
  },
  (s, a) => {
    const z = s.let("z", div(sub(a, 2.5), add(a, 2.5)));
    const w = s.let("w", mul(z, z));
    const v = s.let("v", mul(w, w));
    const e = call("exp", mul(neg(a), a));
    return sub(1, mul(e, quads(z, w, v, erfcSeries)));
  },
);

const erf = define(
  {
    name: "erf",
    doc: "erf x = x + x P(x^2) for |x| < 3/4; else from erfMid or erfFar; 0.9 ulp.",
    params: ["x"],
  },
  (s, x) => {
    const a = s.let("a", abs(x));
    s.exit(
      less(a, 0.75),
      block((inner) => {
        const z = inner.let("z", mul(x, x));
        const w = inner.let("w", mul(z, z));
        const v = inner.let("v", mul(w, w));
        return add(x, mul(x, quads(z, w, v, erfSeries)));
      }),
    );
    s.exit(not(less(a, 6)), call("erfEdge", x));
    const y = s.let(
      "y",
      choose(less(a, 1.375), call("erfMid", a), call("erfFar", a)),
    );
    return choose(less(x, 0), neg(y), y);
  },
);

const erfEdge = define(
  {
    name: "erfEdge",
    doc: "erf x for |x| >= 6 and NaN: 1 with the sign of x.",
    params: ["x"],
    cold: true,
  },
  (_, x) => choose(less(0, x), 1, choose(less(x, 0), -1, x)),
);

const erfDerivative = define(
  {
    name: "erfDerivative",
    doc: "erf' x = 2/sqrt(pi) e^(-x^2) with x^2 = h + l in two words: e^-h (1 - l); 1.80 ulp.",
    params: ["x"],
  },
  (s, x) => {
    s.exit(not(between(-28, x, 28)), call("erfDerivativeEdge", x));
    const h = s.let("h", mul(x, x));
    const a = s.let("a", headOf(x));
    const l = add(sub(mul(a, a), h), mul(sub(x, a), add(x, a)));
    const e = s.let("e", call("exp", neg(h)));
    return mul(twoOverSqrtPi, sub(e, mul(e, l)));
  },
);

const erfDerivativeEdge = define(
  {
    name: "erfDerivativeEdge",
    doc: "erf' x for |x| >= 28 and NaN: 0.",
    params: ["x"],
    cold: true,
  },
  (_, x) => choose(less(0, abs(x)), 0, x),
);

/** erf, erf' and their parts, callees first. */
export const error: readonly ScalarFunction[] = [
  erfEdge,
  erfMid,
  erfFar,
  erf,
  erfDerivativeEdge,
  erfDerivative,
];
