import type { Node } from "../graph.js";
import {
  add,
  applyScalar,
  constant,
  mul,
  neg,
  sub,
} from "../primitives/scalar.js";
import { numbers, tensorNode } from "../ops/elementwise.js";
import {
  checkFactors,
  targetShape,
  type FactorsError,
  type Guard,
  type Shape,
  type TargetError,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import {
  atLeast,
  positivePart,
  loss,
  type LossOptions,
  type LossTensor,
  type Reduction,
} from "./reduction.js";

/** Prediction and target, which have one shape. */
function pair(
  callee: string,
  prediction: Tensor,
  target: Tensor,
): [Node, Node] {
  const [x, t] = [tensorNode(callee, prediction), tensorNode(callee, target)];
  targetShape(callee, x.shape, t.shape);
  return [x, t];
}

const one = (): Node => constant(1);
/** e^-100, whose logarithm is -100. */
const leastProbability = 3.720075976020836e-44;
const softplus = (x: Node): Node => applyScalar("softplus", x);

/** Numbers that entries of shape `entries` are multiplied by. */
function factors(
  callee: string,
  what: string,
  entries: Shape,
  given: unknown,
): Node {
  const node = numbers(callee, given);
  checkFactors(callee, what, entries, node.shape);
  return node;
}

const weighted = (callee: string, entries: Node, weights: unknown): Node =>
  weights === undefined
    ? entries
    : mul(entries, factors(callee, "weights", entries.shape, weights));

/** ln max(x, e^-100), that is max(ln x, -100) with derivative 0 beyond the bound. */
const boundedLog = (x: Node): Node =>
  applyScalar("log", atLeast(x, leastProbability));

/**
 * Binary cross-entropy of probabilities: -(t ln p + (1 - t) ln(1 - p)), each logarithm at least -100. PyTorch:
 * nn.BCELoss; where p is exactly 0 or 1 the derivative beyond the bound is 0 here, and there +-1e12.
 *
 * @example const loss = bce(sigmoid(output), y);
 */
export function bce<
  A extends Shape,
  B extends Shape,
  W extends Shape,
  R extends Reduction = "mean",
>(
  probability: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"bce", A, B>>,
  options: LossOptions<R> & {
    /** Factors of the entries, broadcast to them; none by default. */
    readonly weights?: Guard<Tensor<W>, FactorsError<"bce", "weights", A, W>>;
  } = {},
): LossTensor<R, A> {
  return asTensor(
    loss("bce", options, () => {
      const [p, t] = pair("bce", probability, target as Tensor);
      const hit = mul(t, boundedLog(p));
      const miss = mul(sub(one(), t), boundedLog(sub(one(), p)));
      return weighted("bce", neg(add(hit, miss)), options.weights);
    }),
  );
}

/**
 * Binary cross-entropy of sigmoid(x): ln(1 + e^x) - t x, stable; its gradient is sigmoid(x) - t. With `posWeight` w the
 * term of t counts w times: (w t + 1 - t) ln(1 + e^x) - w t x. PyTorch: nn.BCEWithLogitsLoss.
 *
 * @example const loss = bceWithLogits(logits, y);
 */
export function bceWithLogits<
  A extends Shape,
  B extends Shape,
  P extends Shape,
  W extends Shape,
  R extends Reduction = "mean",
>(
  logits: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"bceWithLogits", A, B>>,
  options: LossOptions<R> & {
    /** How much a positive target counts, broadcast to the logits: one number, or one a class; none by default. */
    readonly posWeight?: Guard<
      Tensor<P>,
      FactorsError<"bceWithLogits", "posWeight", A, P>
    >;
    /** Factors of the entries, broadcast to them; none by default. */
    readonly weights?: Guard<
      Tensor<W>,
      FactorsError<"bceWithLogits", "weights", A, W>
    >;
  } = {},
): LossTensor<R, A> {
  const op = "bceWithLogits";
  return asTensor(
    loss(op, options, () => {
      const [x, t] = pair(op, logits, target as Tensor);
      const { posWeight, weights } = options;
      if (posWeight === undefined)
        return weighted(op, sub(softplus(x), mul(t, x)), weights);
      const q = mul(factors(op, "posWeight", x.shape, posWeight), t);
      const both = add(q, sub(one(), t));
      return weighted(op, sub(mul(both, softplus(x)), mul(q, x)), weights);
    }),
  );
}

/**
 * ln(1 + e^(-t y)) for t = 1 or -1. PyTorch: nn.SoftMarginLoss.
 *
 * @example const loss = softMargin(output, y);
 */
export function softMargin<
  A extends Shape,
  B extends Shape,
  R extends Reduction = "mean",
>(
  prediction: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"softMargin", A, B>>,
  options: LossOptions<R> = {},
): LossTensor<R, A> {
  return asTensor(
    loss("softMargin", options, () => {
      const [y, t] = pair("softMargin", prediction, target as Tensor);
      return softplus(neg(mul(t, y)));
    }),
  );
}

/** max(0, 1 - t y). */
const margin = ([y, t]: readonly [Node, Node]): Node =>
  positivePart(sub(one(), mul(t, y)));

/**
 * Hinge loss max(0, 1 - t y) for t = 1 or -1; where the margin is hit exactly the gradient passes, as PyTorch's clamp.
 * PyTorch: none.
 *
 * @example const loss = hinge(output, y);
 */
export function hinge<
  A extends Shape,
  B extends Shape,
  R extends Reduction = "mean",
>(
  prediction: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"hinge", A, B>>,
  options: LossOptions<R> = {},
): LossTensor<R, A> {
  return asTensor(
    loss("hinge", options, () =>
      margin(pair("hinge", prediction, target as Tensor)),
    ),
  );
}

/**
 * Squared hinge loss max(0, 1 - t y)^2 for t = 1 or -1. PyTorch: none.
 *
 * @example const loss = squaredHinge(output, y);
 */
export function squaredHinge<
  A extends Shape,
  B extends Shape,
  R extends Reduction = "mean",
>(
  prediction: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"squaredHinge", A, B>>,
  options: LossOptions<R> = {},
): LossTensor<R, A> {
  return asTensor(
    loss("squaredHinge", options, () =>
      applyScalar(
        "square",
        margin(pair("squaredHinge", prediction, target as Tensor)),
      ),
    ),
  );
}
