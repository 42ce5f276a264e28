import type { Node } from "../graph.js";
import { value } from "../naming.js";
import { labelNode } from "../primitives/leaf.js";
import { reduceNode } from "../primitives/reduce.js";
import {
  applyScalar,
  constant,
  div,
  less,
  mul,
  sub,
  where,
} from "../primitives/scalar.js";
import { checkSetting } from "../settings.js";
import {
  targetShape,
  type Guard,
  type Shape,
  type TargetError,
} from "../shape/rules.js";
import { tensorNode } from "../ops/elementwise.js";
import { asTensor, type Tensor } from "../tensor.js";
import {
  loss,
  type LossOptions,
  type LossTensor,
  type Reduction,
} from "./reduction.js";

/** prediction - target under the name `e`. */
function difference(callee: string, prediction: Tensor, target: Tensor): Node {
  const [z, y] = [tensorNode(callee, prediction), tensorNode(callee, target)];
  targetShape(callee, z.shape, y.shape);
  return labelNode(sub(z, y), "e");
}

const abs = (x: Node): Node => applyScalar("abs", x);
const square = (x: Node): Node => applyScalar("square", x);

/**
 * Mean squared error: e^2 with e = prediction - target. PyTorch: nn.MSELoss.
 *
 * @example const loss = mse(output, y);
 */
export function mse<
  A extends Shape,
  B extends Shape,
  R extends Reduction = "mean",
>(
  prediction: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"mse", A, B>>,
  options: LossOptions<R> = {},
): LossTensor<R, A> {
  return asTensor(
    loss("mse", options, () =>
      square(difference("mse", prediction, target as Tensor)),
    ),
  );
}

/**
 * Mean absolute error: |e| with e = prediction - target; its derivative at 0 is 0. PyTorch: nn.L1Loss.
 *
 * @example const loss = l1(output, y);
 */
export function l1<
  A extends Shape,
  B extends Shape,
  R extends Reduction = "mean",
>(
  prediction: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"l1", A, B>>,
  options: LossOptions<R> = {},
): LossTensor<R, A> {
  return asTensor(
    loss("l1", options, () =>
      abs(difference("l1", prediction, target as Tensor)),
    ),
  );
}

/**
 * Half the sum of squared errors: 1/2 sum e^2 with e = prediction - target, whose gradient is e. PyTorch: none.
 *
 * @example const loss = halfSse(output, y);
 */
export function halfSse<A extends Shape, B extends Shape>(
  prediction: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"halfSse", A, B>>,
  options: { readonly name?: string } = {},
): Tensor<[]> {
  return value("halfSse", options, () => {
    const e = difference("halfSse", prediction, target as Tensor);
    return div(reduceNode("sum", square(e)), constant(2));
  });
}

/** e^2 where |e| < limit, else 2 limit |e| - limit^2: a parabola that goes on as a straight line. */
const rounded = (e: Node, limit: number): Node =>
  where(
    less(abs(e), constant(limit)),
    square(e),
    sub(mul(constant(2 * limit), abs(e)), constant(limit * limit)),
  );

export interface SmoothL1Options<
  R extends Reduction = Reduction,
> extends LossOptions<R> {
  /** Where the parabola ends, >= 0; 0 is `l1`. 1 by default. */
  readonly beta?: number;
}

/**
 * e^2 / (2 beta) where |e| < beta, else |e| - beta / 2, with e = prediction - target. PyTorch: nn.SmoothL1Loss.
 *
 * @throws CompileTimeError where beta is negative.
 * @example const loss = smoothL1(output, y, { beta: 0.5 });
 */
export function smoothL1<
  A extends Shape,
  B extends Shape,
  R extends Reduction = "mean",
>(
  prediction: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"smoothL1", A, B>>,
  options: SmoothL1Options<R> = {},
): LossTensor<R, A> {
  const { beta = 1 } = options;
  checkSetting("smoothL1", "beta", beta, "nonnegative");
  return asTensor(
    loss("smoothL1", options, () => {
      const e = difference("smoothL1", prediction, target as Tensor);
      if (beta === 0) return abs(e);
      return div(rounded(e, beta), constant(2 * beta));
    }),
  );
}

export interface HuberOptions<
  R extends Reduction = Reduction,
> extends LossOptions<R> {
  /** Where the parabola ends, > 0. 1 by default. */
  readonly delta?: number;
}

/**
 * e^2 / 2 where |e| < delta, else delta (|e| - delta / 2), with e = prediction - target. PyTorch: nn.HuberLoss.
 *
 * @throws CompileTimeError where delta is not positive.
 * @example const loss = huber(output, y, { delta: 1.5 });
 */
export function huber<
  A extends Shape,
  B extends Shape,
  R extends Reduction = "mean",
>(
  prediction: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"huber", A, B>>,
  options: HuberOptions<R> = {},
): LossTensor<R, A> {
  const { delta = 1 } = options;
  checkSetting("huber", "delta", delta, "positive");
  return asTensor(
    loss("huber", options, () => {
      const e = difference("huber", prediction, target as Tensor);
      return div(rounded(e, delta), constant(2));
    }),
  );
}

/**
 * ln cosh e with e = prediction - target; its derivative is tanh e. PyTorch: none.
 *
 * @example const loss = logCosh(output, y);
 */
export function logCosh<
  A extends Shape,
  B extends Shape,
  R extends Reduction = "mean",
>(
  prediction: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"logCosh", A, B>>,
  options: LossOptions<R> = {},
): LossTensor<R, A> {
  return asTensor(
    loss("logCosh", options, () =>
      applyScalar(
        "logCosh",
        difference("logCosh", prediction, target as Tensor),
      ),
    ),
  );
}
