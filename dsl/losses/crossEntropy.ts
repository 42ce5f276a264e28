import type { Node } from "../graph.js";
import { value } from "../naming.js";
import { reduceNode } from "../primitives/reduce.js";
import { add, constant, mul, neg, sub, where } from "../primitives/scalar.js";
import { logsumexpNode } from "../primitives/softmax.js";
import { checkSetting, refuseSettings } from "../settings.js";
import {
  checkDtype,
  targetShape,
  type ClassAxisError,
  type ClassTargetShape,
  type ClassWeightsError,
  type CrossEntropyError,
  type Guard,
  type Shape,
} from "../shape/rules.js";
import { numbers, tensorNode } from "../ops/elementwise.js";
import type { AnyTensor, Tensor } from "../tensor.js";
import {
  atLabel,
  classAxisOf,
  classWeights,
  labelsOf,
  overLabels,
  type LabelsError,
  type NllOptions,
  type WeightsOption,
} from "./labels.js";
import { reduced, type LossTensor, type Reduction } from "./reduction.js";

/**
 * The axis of the classes where it is not given: for one axis that one; for more it depends on whether the value is
 * batched, which types do not say, so that only the graph checks it.
 */
export type DefaultClassAxis<S extends Shape> = S extends readonly [unknown]
  ? 0
  : number;

export interface CrossEntropyOptions<
  R extends Reduction = Reduction,
  X = number,
> extends NllOptions<R, X> {
  /** s in [0, 1]: the target becomes (1 - s) target + s / C. 0 by default. */
  readonly labelSmoothing?: number;
}

/** (sum q) logsumexp(x) - sum q x: its gradient is (sum q) p - q. */
function againstDistribution(x: Node, q: Node, axis: number): Node {
  const mass = reduceNode("sum", q, [axis]);
  const score = reduceNode("sum", mul(q, x), [axis]);
  return sub(mul(mass, logsumexpNode(x, axis)), score);
}

function indexCrossEntropy(
  x: Node,
  label: Node,
  options: CrossEntropyOptions & WeightsOption,
): Node {
  const labels = labelsOf("crossEntropy", x, label, options);
  const { axis, isLabel, weights } = labels;
  const smoothing = options.labelSmoothing ?? 0;
  const logsum = (): Node => logsumexpNode(x, axis);
  const entries = (): Node => {
    if (smoothing === 0) {
      const nll = add(logsum(), atLabel(neg(x), labels));
      return weights === undefined ? nll : mul(atLabel(weights, labels), nll);
    }
    const share = smoothing / (x.shape[axis] as number);
    const q = where(isLabel, constant(1 - smoothing + share), constant(share));
    return weights === undefined
      ? sub(logsum(), reduceNode("sum", mul(q, x), [axis]))
      : againstDistribution(x, mul(weights, q), axis);
  };
  return overLabels("crossEntropy", labels.kept(entries()), labels, options);
}

function distributionCrossEntropy(
  x: Node,
  target: Node,
  options: CrossEntropyOptions & WeightsOption,
): Node {
  const { axis } = classAxisOf("crossEntropy", x, options);
  targetShape("crossEntropy", x.shape, target.shape);
  if (options.ignoreIndex !== undefined)
    refuseSettings(
      "crossEntropy: ignoreIndex goes with class indices, got probabilities",
    );
  const smoothing = options.labelSmoothing ?? 0;
  const weights = classWeights("crossEntropy", x, axis, options.weights);
  const share = constant(smoothing / (x.shape[axis] as number));
  const smoothed =
    smoothing === 0 ? target : add(mul(constant(1 - smoothing), target), share);
  const q = weights === undefined ? smoothed : mul(weights, smoothed);
  return reduced(
    "crossEntropy",
    againstDistribution(x, q, axis),
    options.reduction,
  );
}

/**
 * Cross-entropy of softmax(logits), -ln p at the label; its gradient is p - 1 at the label and p elsewhere. A target of
 * probabilities t gives -sum t ln p, with gradient (sum t) p - t. PyTorch: nn.CrossEntropyLoss.
 *
 * With `weights` or `ignoreIndex` the mean divides by the weights of the labels that count, over all examples: the
 * loss is then one number for the whole batch.
 *
 * @throws ShapeError unless the target is the logits without the class axis (indices) or like the logits (probabilities).
 * @example const loss = crossEntropy(logits, label);
 * @example const loss = crossEntropy(logits, label, { labelSmoothing: 0.1 });
 */
export function crossEntropy<
  A extends Shape,
  T extends AnyTensor,
  W extends Shape,
  R extends Reduction = "mean",
  const X extends number = DefaultClassAxis<A>,
>(
  logits: Tensor<A>,
  target: Guard<
    T,
    CrossEntropyError<"crossEntropy", A, T["shape"], T["dtype"], X>
  >,
  options?: CrossEntropyOptions<
    R,
    Guard<X, ClassAxisError<"crossEntropy", A, X>>
  > &
    WeightsOption<Guard<Tensor<W>, ClassWeightsError<"crossEntropy", A, W, X>>>,
): LossTensor<R, ClassTargetShape<A, X>>;
export function crossEntropy(
  logits: AnyTensor,
  target: AnyTensor,
  options: CrossEntropyOptions & WeightsOption = {},
): AnyTensor {
  return value("crossEntropy", options, () => {
    const [x, t] = [
      numbers("crossEntropy", logits),
      tensorNode("crossEntropy", target),
    ];
    checkSetting(
      "crossEntropy",
      "labelSmoothing",
      options.labelSmoothing ?? 0,
      "fraction",
    );
    return t.dtype === "i32"
      ? indexCrossEntropy(x, t, options)
      : distributionCrossEntropy(x, t, options);
  });
}

/**
 * Negative log-likelihood: -x[label] with x = `logProbabilities`. PyTorch: nn.NLLLoss.
 *
 * With `weights` or `ignoreIndex` the mean divides by the weights of the labels that count, over all examples.
 *
 * @throws ShapeError unless the labels are indices of the shape without the class axis.
 * @example const loss = nll(logSoftmax(logits), label);
 */
export function nll<
  A extends Shape,
  T extends AnyTensor,
  W extends Shape,
  R extends Reduction = "mean",
  const X extends number = DefaultClassAxis<A>,
>(
  logProbabilities: Tensor<A>,
  target: Guard<T, LabelsError<"nll", A, T["shape"], T["dtype"], X>>,
  options?: NllOptions<R, Guard<X, ClassAxisError<"nll", A, X>>> &
    WeightsOption<Guard<Tensor<W>, ClassWeightsError<"nll", A, W, X>>>,
): LossTensor<R, ClassTargetShape<A, X>>;
export function nll(
  logProbabilities: AnyTensor,
  target: AnyTensor,
  options: NllOptions & WeightsOption = {},
): AnyTensor {
  return value("nll", options, () => {
    const [x, label] = [
      tensorNode("nll", logProbabilities),
      tensorNode("nll", target),
    ];
    checkDtype("nll", "i32", label);
    const labels = labelsOf("nll", x, label, options);
    const found = atLabel(x, labels);
    const score =
      labels.weights === undefined
        ? found
        : mul(atLabel(labels.weights, labels), found);
    // The sign is turned last: what is not read has the gradient 0 then, as PyTorch's, and not -0.
    return overLabels("nll", neg(labels.kept(score, -0)), labels, options);
  });
}
