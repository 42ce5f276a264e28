import type { Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { broadcast } from "../primitives/expand.js";
import { applyScalar, constant } from "../primitives/scalar.js";
import type { ScalarName } from "../primitives/scalarName.js";
import { checkSetting } from "../settings.js";
import type {
  Broadcast,
  BroadcastError,
  Guard,
  Shape,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import {
  binary,
  operand,
  unary,
  type Binary,
  type Unary,
} from "./elementwise.js";

/** A row of the scalar table as a function of nodes. */
const row =
  (name: ScalarName) =>
  (...args: readonly Node[]): Node =>
    applyScalar(name, ...args);
const root = row("sqrt");
const squared = row("square");
const times = row("mul");
const inverse = (x: Node): Node => applyScalar("div", constant(1), x);

/**
 * y = a + b. PyTorch: torch.add.
 *
 * @example const y = add(x, 1);
 */
export const add: Binary<"add"> = binary("add", row("add"));

/**
 * y = a - b. PyTorch: torch.sub.
 *
 * @example const y = sub(1, x);
 */
export const sub: Binary<"sub"> = binary("sub", row("sub"));

/**
 * y = a b, entry by entry; `matmul` is the product of matrices. PyTorch: torch.mul.
 *
 * @example const y = mul(2, x);
 */
export const mul: Binary<"mul"> = binary("mul", row("mul"));

/**
 * y = a / b. PyTorch: torch.div.
 *
 * @example const y = div(x, 2);
 */
export const div: Binary<"div"> = binary("div", row("div"));

/**
 * y = the larger of a and b; half of the gradient to each where they are equal. PyTorch: torch.maximum.
 *
 * @example const y = maximum(x, 0);
 */
export const maximum: Binary<"maximum"> = binary("maximum", row("maximum"));

/**
 * y = the smaller of a and b; half of the gradient to each where they are equal. PyTorch: torch.minimum.
 *
 * @example const y = minimum(x, 1);
 */
export const minimum: Binary<"minimum"> = binary("minimum", row("minimum"));

/**
 * y = -x. PyTorch: torch.neg.
 *
 * @example const y = neg(x);
 */
export const neg: Unary = unary("neg", row("neg"));

/**
 * y = |x|; dy/dx = sign x, 0 at 0. PyTorch: torch.abs.
 *
 * @example const y = abs(x);
 */
export const abs: Unary = unary("abs", row("abs"));

/**
 * y = -1, 0 or 1 as x < 0, x = 0 or x > 0; its derivative is 0. PyTorch: torch.sign.
 *
 * @example const y = sign(x);
 */
export const sign: Unary = unary("sign", row("sign"));

/**
 * y = the largest integer that is at most x; its derivative is 0. PyTorch: torch.floor.
 *
 * @example const y = floor(x);
 */
export const floor: Unary = unary("floor", row("floor"));

/**
 * y = x^2. PyTorch: torch.square.
 *
 * @example const y = square(x);
 */
export const square: Unary = unary("square", row("square"));

/**
 * y = the square root of x; dy/dx = 1 / (2 y), infinite at 0. PyTorch: torch.sqrt.
 *
 * @example const y = sqrt(x);
 */
export const sqrt: Unary = unary("sqrt", row("sqrt"));

/**
 * y = 1 / sqrt x; infinite at 0. PyTorch: torch.rsqrt.
 *
 * @example const y = rsqrt(x);
 */
export const rsqrt: Unary = unary("rsqrt", (x) => inverse(root(x)));

/**
 * y = 1 / x. PyTorch: torch.reciprocal.
 *
 * @example const y = reciprocal(x);
 */
export const reciprocal: Unary = unary("reciprocal", inverse);

/**
 * y = a^b. A number as exponent becomes products and roots where those are as exact: x^2 is x x, x^0.5 is sqrt x, x^0 is
 * 1 without a gradient. Elsewhere da = b a^(b - 1), 0 where b = 0; db = y ln a, 0 where a = 0 <= b. PyTorch: torch.pow.
 *
 * @example const y = pow(x, 3);
 */
export function pow<A extends Shape = [], B extends Shape = []>(
  base: Tensor<A> | number,
  exponent: Guard<Tensor<B> | number, BroadcastError<"pow", A, B>>,
  options?: NameOptions,
): Tensor<Broadcast<A, B>> {
  const by: unknown = exponent;
  return value("pow", options, () => {
    const x = operand("pow", base);
    if (typeof by !== "number")
      return applyScalar("pow", x, operand("pow", by));
    checkSetting("pow", "exponent", by, "bound");
    return powerNode(x, by);
  });
}

/** x^p for a number p. */
export function powerNode(x: Node, p: number): Node {
  switch (p) {
    case -2:
      return inverse(squared(x));
    case -1:
      return inverse(x);
    case -0.5:
      return inverse(root(x));
    case 0:
      return broadcast(constant(1), x.shape, x.batched);
    case 0.5:
      return root(x);
    case 1:
      return x;
    case 2:
      return squared(x);
    case 3:
      return times(squared(x), x);
    case 4:
      return squared(squared(x));
    default:
      return applyScalar("pow", x, constant(p));
  }
}
