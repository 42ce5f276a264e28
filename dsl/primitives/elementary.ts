import { powerOfKnown } from "../math/knownPower.js";
import { apply, call, host, num, type Scalar } from "../math/scalar.js";
import {
  add,
  applyScalar,
  constant,
  div,
  equal,
  less,
  mul,
  neg,
  sub,
  where,
  type ScalarRow,
} from "./scalar.js";
import type { ScalarName } from "./scalarName.js";

type Unary = readonly [x: number];
type Binary = readonly [a: number, b: number];
type Row = Omit<ScalarRow<Unary>, "body" | "host" | "probes"> & {
  readonly probes: readonly number[];
};

/** A function of dsl/math, and of the host's Math where that has it. */
const elementary = (
  name: string,
  row: Row,
  through?: (x: Scalar) => Scalar,
): ScalarRow<Unary> => ({
  ...row,
  body: (x) => call(name, x),
  ...(through !== undefined && { host: through }),
  probes: row.probes.map((x) => [x] as const),
});
const one = (): ReturnType<typeof constant> => constant(1);
const edges = [
  -Infinity,
  -1000,
  -1,
  -1e-8,
  -0,
  0,
  1e-8,
  0.5,
  1,
  20,
  Infinity,
  NaN,
];

const exp = elementary(
  "exp",
  {
    doc: "y = e^x; dx = dy y",
    value: Math.exp,
    vjp: (dy, y) => [mul(dy, y)],
    slope: "y",
    probes: [...edges, 709, 710, -745, -746],
  },
  (x) => host("exp", x),
);
const expm1 = elementary(
  "expm1",
  {
    doc: "y = e^x - 1; dx = dy e^x: y + 1 has no digits left where x is far below 0",
    value: Math.expm1,
    vjp: (dy, _y, x) => [mul(dy, applyScalar("exp", x))],
    slope: "e^x",
    probes: [...edges, 709, -40],
  },
  (x) => host("expm1", x),
);
const log = elementary(
  "log",
  {
    doc: "y = ln x; dx = dy / x",
    value: Math.log,
    vjp: (dy, _y, x) => [div(dy, x)],
    slope: "1 / x",
    probes: [0, 1e-320, 0.5, 1, 2, 1e300, Infinity, -1, NaN],
  },
  (x) => host("log", x),
);
const log1p = elementary(
  "log1p",
  {
    doc: "y = ln(1 + x); dx = dy / (1 + x)",
    value: Math.log1p,
    vjp: (dy, _y, x) => [div(dy, add(one(), x))],
    slope: "1 / (1 + x)",
    probes: [-1, -0.5, -1e-17, -0, 0, 1e-17, 0.5, 1e300, Infinity, -2],
  },
  (x) => host("log1p", x),
);
const log2 = elementary(
  "log2",
  {
    doc: "y = log2 x; dx = dy / (x ln 2)",
    value: Math.log2,
    vjp: (dy, _y, x) => [div(dy, mul(x, constant(Math.LN2)))],
    slope: "1 / (x ln 2)",
    probes: [0, 1e-320, 0.5, 1, 2, 1024, Infinity, -1],
  },
  (x) => host("log2", x),
);
const tanh = elementary(
  "tanh",
  {
    doc: "y = tanh x; dx = dy (1 - y^2)",
    value: Math.tanh,
    vjp: (dy, y) => [mul(dy, sub(one(), mul(y, y)))],
    slope: "1 - y^2",
    probes: [...edges, -20, -0.5, 22],
  },
  (x) => host("tanh", x),
);
const sigmoid = elementary(
  "sigmoid",
  {
    doc: "y = 1 / (1 + e^-x); dx = dy y (1 - y)",
    value: (x) =>
      x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)),
    vjp: (dy, y) => [mul(dy, mul(y, sub(one(), y)))],
    slope: "y (1 - y)",
    probes: [...edges.filter((x) => x !== -Infinity), -100, -30, 30, 100],
  },
  (x) =>
    apply("div", num(1), apply("add", num(1), host("exp", apply("neg", x)))),
);
const softplus = elementary(
  "softplus",
  {
    doc: "y = ln(1 + e^x), stable; dx = dy sigmoid(x)",
    value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    vjp: (dy, _y, x) => [mul(dy, applyScalar("sigmoid", x))],
    slope: "1 / (1 + e^-x)",
    probes: [...edges.filter((x) => x !== -Infinity), -100, -17, 17, 100],
  },
  (x) =>
    apply(
      "add",
      apply("max", x, num(0)),
      host("log1p", host("exp", apply("neg", apply("abs", x)))),
    ),
);
const logCosh = elementary("logCosh", {
  doc: "y = ln cosh x, stable; dx = dy tanh x",
  value: (x) =>
    Math.abs(x) < 1
      ? Math.log1p(2 * Math.sinh(x / 2) ** 2)
      : Math.abs(x) + (Math.log1p(Math.exp(-2 * Math.abs(x))) - Math.LN2),
  vjp: (dy, _y, x) => [mul(dy, applyScalar("tanh", x))],
  slope: "tanh x",
  probes: [...edges, -1e-160, -20, -0.999, 1.001, 710, 1e300],
});
const sin = elementary(
  "sin",
  {
    doc: "y = sin x (radians); dx = dy cos x",
    value: Math.sin,
    vjp: (dy, _y, x) => [mul(dy, applyScalar("cos", x))],
    slope: "cos x",
    probes: [-3, -0, 0, 0.5, 1.5707963267948966, 100, 1e5, 1e22, Infinity],
  },
  (x) => host("sin", x),
);
const cos = elementary(
  "cos",
  {
    doc: "y = cos x (radians); dx = -dy sin x",
    value: Math.cos,
    vjp: (dy, _y, x) => [neg(mul(dy, applyScalar("sin", x)))],
    slope: "-sin x",
    probes: [-3, -0, 0, 0.5, 1.5707963267948966, 100, 1e5, 1e22, Infinity],
  },
  (x) => host("cos", x),
);
const tan = elementary(
  "tan",
  {
    doc: "y = tan x (radians); dx = dy (1 + y^2)",
    value: Math.tan,
    vjp: (dy, y) => [mul(dy, add(one(), mul(y, y)))],
    slope: "1 + y^2",
    probes: [-3, -0, 0, 0.5, 1.5, 100, 1e5, Infinity],
  },
  (x) => host("tan", x),
);
const sinh = elementary(
  "sinh",
  {
    doc: "y = sinh x; dx = dy cosh x",
    value: Math.sinh,
    vjp: (dy, _y, x) => [mul(dy, applyScalar("cosh", x))],
    slope: "cosh x",
    probes: [...edges, -3, 710],
  },
  (x) => host("sinh", x),
);
const cosh = elementary(
  "cosh",
  {
    doc: "y = cosh x; dx = dy sinh x",
    value: Math.cosh,
    vjp: (dy, _y, x) => [mul(dy, applyScalar("sinh", x))],
    slope: "sinh x",
    probes: [...edges, -3, 710],
  },
  (x) => host("cosh", x),
);
const atan = elementary(
  "atan",
  {
    doc: "y = atan x (radians); dx = dy / (1 + x^2)",
    value: Math.atan,
    vjp: (dy, _y, x) => [div(dy, add(one(), mul(x, x)))],
    slope: "1 / (1 + x^2)",
    probes: [...edges, 1e17],
  },
  (x) => host("atan", x),
);
const erf = elementary("erf", {
  doc: "y = erf x; dx = dy 2 / sqrt(pi) e^(-x^2)",
  // Abramowitz & Stegun 7.1.5 and 7.1.14, summed to convergence.
  value: (x) => {
    if (Number.isNaN(x)) return x;
    if (Math.abs(x) > 3) {
      let f = 0;
      for (let k = 60; k > 0; k--) f = k / 2 / (Math.abs(x) + f);
      const tail = Math.exp(-x * x) / (Math.abs(x) + f) / Math.sqrt(Math.PI);
      return Math.sign(x) * (1 - tail);
    }
    let [term, sum] = [x, x];
    for (let k = 1; k < 80; k++) {
      term *= (-x * x) / k;
      sum += term / (2 * k + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  },
  vjp: (dy, _y, x) => [mul(dy, applyScalar("erfDerivative", x))],
  slope: "2 / sqrt(pi) e^(-x^2)",
  probes: [-7, -3, -1, -1e-8, -0, 0, 0.5, 1, 2.5, 7, NaN],
});
const erfDerivative = elementary("erfDerivative", {
  doc: "y = 2 / sqrt(pi) e^(-x^2); dx = -2 dy x y",
  value: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x),
  vjp: (dy, y, x) => [neg(mul(mul(mul(dy, constant(2)), x), y))],
  slope: "-2 x y",
  probes: [-7, -1, -0, 0, 0.5, 2.5, 30],
});
const atan2: ScalarRow<Binary> = {
  doc: "y = the angle of the point (b, a) (radians); da = dy b / (a^2 + b^2), db = -dy a / (a^2 + b^2)",
  value: Math.atan2,
  vjp: (dy, _y, a, b) => {
    const square = add(mul(a, a), mul(b, b));
    return [div(mul(dy, b), square), neg(div(mul(dy, a), square))];
  },
  body: (a, b) => call("atan2", a, b),
  host: (a, b) => host("atan2", a, b),
  probes: [
    [1, 2],
    [-1, 2],
    [1, -2],
    [-1, -2],
    [0, 1],
    [-0, -1],
    [3, 0],
  ],
};
const pow: ScalarRow<Binary> = {
  doc: "y = a^b; da = dy b a^(b - 1), 0 where b = 0; db = dy y ln a, 0 where a = 0 <= b",
  value: Math.pow,
  vjp: (dy, y, a, b) => {
    const zero = constant(0);
    const slope = mul(b, applyScalar("pow", a, sub(b, one())));
    const moves = less(sub(equal(a, zero), less(b, zero)), constant(0.5));
    return [
      where(equal(b, zero), zero, mul(dy, slope)),
      where(moves, mul(dy, mul(y, applyScalar("log", a))), zero),
    ];
  },
  body: (a, b) =>
    (a.kind === "number" ? powerOfKnown(a.value, b) : undefined) ??
    call("pow", a, b),
  host: (a, b) => host("pow", a, b),
  probes: [
    [2, 3],
    [0.5, -1.5],
    [0, 0],
    [0, 2],
    [3, 0],
    [-2, 3],
    [2, 0.5],
    [1, 7],
  ],
};
const uniform: ScalarRow<Binary> = {
  doc: "y = the number in [0, 1) at place b of the stream of seed a; no derivative",
  value: (a, b) => {
    throw new RangeError(
      `uniform(${String(a)}, ${String(b)}) has no other form`,
    );
  },
  vjp: () => [undefined, undefined],
  body: (a, b) => call("uniform", a, b),
  probes: [],
};

/** Functions of dsl/math. */
export const elementaries = {
  exp,
  expm1,
  log,
  log1p,
  log2,
  tanh,
  sigmoid,
  softplus,
  logCosh,
  sin,
  cos,
  tan,
  sinh,
  cosh,
  atan,
  atan2,
  pow,
  erf,
  erfDerivative,
  uniform,
} satisfies Partial<Record<ScalarName, unknown>>;
