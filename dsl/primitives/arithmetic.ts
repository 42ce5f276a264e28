import { apply, num, select, type Scalar } from "../math/scalar.js";
import type { Node } from "../graph.js";
import {
  applyScalar,
  constant,
  div,
  equal,
  less,
  mul,
  neg,
  where,
  type ScalarRow,
} from "./scalar.js";
import type { ScalarName } from "./scalarName.js";

type Unary = readonly [x: number];
type Binary = readonly [a: number, b: number];
type Ternary = readonly [c: number, a: number, b: number];

const lessEqual = (a: Node, b: Node): Node => applyScalar("lessEqual", a, b);
const zero = (): ReturnType<typeof constant> => constant(0);
/** Truth as a number: comparisons of tensors are 1 and 0. */
const truth = (when: Scalar): Scalar => select(when, num(1), num(0));

const add_: ScalarRow<Binary> = {
  doc: "y = a + b; da = dy, db = dy",
  value: (a, b) => a + b,
  vjp: (dy) => [dy, dy],
  body: (a, b) => apply("add", a, b),
  probes: [
    [1, 2],
    [-0, -0],
    [-0, 0],
    [Infinity, -Infinity],
    [1e308, 1e308],
  ],
};
const sub_: ScalarRow<Binary> = {
  doc: "y = a - b; da = dy, db = -dy",
  value: (a, b) => a - b,
  vjp: (dy) => [dy, neg(dy)],
  body: (a, b) => apply("sub", a, b),
  probes: [
    [1, 2],
    [0, 0],
    [-0, 0],
    [Infinity, Infinity],
  ],
};
const mul_: ScalarRow<Binary> = {
  doc: "y = a b; da = dy b, db = dy a",
  value: (a, b) => a * b,
  vjp: (dy, _y, a, b) => [mul(dy, b), mul(dy, a)],
  body: (a, b) => apply("mul", a, b),
  probes: [
    [2, 3],
    [0, 5],
    [-1, 0],
    [0, Infinity],
    [5e-324, 0.5],
  ],
};
const div_: ScalarRow<Binary> = {
  doc: "y = a / b; da = dy / b, db = -dy y / b",
  value: (a, b) => a / b,
  vjp: (dy, y, _a, b) => [div(dy, b), neg(div(mul(dy, y), b))],
  body: (a, b) => apply("div", a, b),
  probes: [
    [1, 3],
    [-2, 0.5],
    [0, 2],
    [1, 0],
    [0, 0],
  ],
};
const neg_: ScalarRow<Unary> = {
  doc: "y = -x; dx = -dy",
  value: (x) => -x,
  vjp: (dy) => [neg(dy)],
  body: (x) => apply("neg", x),
  slope: "-1",
  probes: [[-2], [0], [-0], [3], [NaN]],
};
const abs_: ScalarRow<Unary> = {
  doc: "y = |x|; dx = dy sign x, 0 at 0 as PyTorch",
  value: Math.abs,
  vjp: (dy, _y, x) => [mul(dy, applyScalar("sign", x))],
  body: (x) => apply("abs", x),
  slope: "sign x",
  probes: [[-2], [-0], [0], [0.5], [-Infinity]],
};
const sign_: ScalarRow<Unary> = {
  doc: "y = -1, 0 or 1 as x < 0, x = 0 or x > 0; locally constant",
  value: (x) => (x > 0 ? 1 : x < 0 ? -1 : x),
  vjp: () => [undefined],
  body: (x) =>
    select(
      apply("less", num(0), x),
      num(1),
      select(apply("less", x, num(0)), num(-1), x),
    ),
  slope: "0",
  probes: [[-2], [-0], [0], [0.5], [NaN]],
};
const sqrt_: ScalarRow<Unary> = {
  doc: "y = sqrt x; dx = dy / (2 y), infinite at 0",
  value: Math.sqrt,
  vjp: (dy, y) => [div(dy, mul(constant(2), y))],
  body: (x) => apply("sqrt", x),
  slope: "1 / (2 y)",
  probes: [[0], [0.25], [2], [1e300], [-1]],
};
const square_: ScalarRow<Unary> = {
  doc: "y = x^2; dx = 2 dy x, the 2 taken to the cotangent, where it meets other constants",
  value: (x) => x * x,
  vjp: (dy, _y, x) => [mul(mul(dy, constant(2)), x)],
  body: (x) => apply("mul", x, x),
  slope: "2 x",
  probes: [[-3], [0], [-0], [1e-200], [1e200]],
};
const maximum_: ScalarRow<Binary> = {
  doc: "y = max(a, b); dy goes to the larger, half to each when equal",
  value: Math.max,
  vjp: (dy, _y, a, b) => {
    const share = where(equal(a, b), mul(dy, constant(0.5)), dy);
    return [where(less(a, b), zero(), share), where(less(b, a), zero(), share)];
  },
  body: (a, b) => apply("max", a, b),
  probes: [
    [1, 2],
    [2, 1],
    [1, 1],
    [-0, 0],
    [NaN, 1],
  ],
};
const minimum_: ScalarRow<Binary> = {
  doc: "y = min(a, b); dy goes to the smaller, half to each when equal",
  value: Math.min,
  vjp: (dy, _y, a, b) => {
    const share = where(equal(a, b), mul(dy, constant(0.5)), dy);
    return [where(less(b, a), zero(), share), where(less(a, b), zero(), share)];
  },
  body: (a, b) => apply("min", a, b),
  probes: [
    [1, 2],
    [2, 1],
    [1, 1],
    [-0, 0],
    [NaN, 1],
  ],
};
const floor_: ScalarRow<Unary> = {
  doc: "y = the largest integer <= x; locally constant",
  value: Math.floor,
  vjp: () => [undefined],
  body: (x) => apply("floor", x),
  slope: "0",
  probes: [[-1.5], [-0], [0.5], [2], [1e300]],
};
const less_: ScalarRow<Binary> = {
  doc: "y = 1 where a < b, else 0; locally constant",
  value: (a, b) => (a < b ? 1 : 0),
  vjp: () => [undefined, undefined],
  body: (a, b) => truth(apply("less", a, b)),
  probes: [
    [1, 2],
    [2, 1],
    [1, 1],
    [-0, 0],
    [NaN, 1],
  ],
};
const lessEqual_: ScalarRow<Binary> = {
  doc: "y = 1 where a <= b, else 0; locally constant",
  value: (a, b) => (a <= b ? 1 : 0),
  vjp: () => [undefined, undefined],
  body: (a, b) => truth(apply("lessEqual", a, b)),
  probes: [
    [1, 2],
    [2, 1],
    [1, 1],
    [-0, 0],
    [NaN, 1],
  ],
};
const equal_: ScalarRow<Binary> = {
  doc: "y = 1 where a = b, else 0; locally constant",
  value: (a, b) => (a === b ? 1 : 0),
  vjp: () => [undefined, undefined],
  body: (a, b) => truth(apply("equal", a, b)),
  probes: [
    [1, 2],
    [1, 1],
    [-0, 0],
    [NaN, NaN],
  ],
};
const where_: ScalarRow<Ternary> = {
  doc: "y = a where c is not 0, else b; dy goes to the chosen one, nothing to the other",
  value: (c, a, b) => (c !== 0 ? a : b),
  vjp: (dy, _y, c) => [undefined, where(c, dy, zero()), where(c, zero(), dy)],
  body: (c, a, b) => select(apply("equal", c, num(0)), b, a),
  probes: [
    [1, 2, 3],
    [0, 2, 3],
    [0, NaN, 3],
    [1, 2, Infinity],
  ],
};
const relu_: ScalarRow<Unary> = {
  doc: "y = 0 where x <= 0, else x, so that NaN stays NaN; relu'(0) = 0 as PyTorch",
  value: (x) => (x <= 0 ? 0 : x),
  vjp: (dy, y) => [where(lessEqual(y, zero()), zero(), dy)],
  body: (x) => select(apply("lessEqual", x, num(0)), num(0), x),
  slope: "0 where y <= 0, else 1",
  probes: [[-2], [-0], [0], [0.5], [Infinity], [NaN]],
};
const stopGradient_: ScalarRow<Unary> = {
  doc: "y = x; no cotangent passes",
  value: (x) => x,
  vjp: () => [undefined],
  body: (x) => x,
  slope: "0",
  probes: [[-2], [0], [NaN]],
};

/** + - * / and their like, comparisons and choices. */
export const arithmetic = {
  add: add_,
  sub: sub_,
  mul: mul_,
  div: div_,
  neg: neg_,
  abs: abs_,
  sign: sign_,
  sqrt: sqrt_,
  square: square_,
  maximum: maximum_,
  minimum: minimum_,
  floor: floor_,
  less: less_,
  lessEqual: lessEqual_,
  equal: equal_,
  where: where_,
  relu: relu_,
  stopGradient: stopGradient_,
} satisfies Partial<Record<ScalarName, unknown>>;
