import type { Node } from "../graph.js";
import { value } from "../naming.js";
import { alongAxis } from "../primitives/expand.js";
import { reduceNode } from "../primitives/reduce.js";
import {
  add,
  applyScalar,
  constant,
  div,
  mul,
  sub,
  where,
} from "../primitives/scalar.js";
import { found } from "../found.js";
import { checkSetting, refuseSettings } from "../settings.js";
import {
  checkDtype,
  type ClassAxisError,
  type ClassTargetShape,
  type ClassWeightsError,
  type Guard,
  type Shape,
} from "../shape/rules.js";
import { tensorNode } from "../ops/elementwise.js";
import type { AnyTensor, Tensor } from "../tensor.js";
import type { DefaultClassAxis } from "./crossEntropy.js";
import {
  atLabel,
  labelsOf,
  type LabelsError,
  type WeightsOption,
} from "./labels.js";
import {
  reduced,
  type LossOptions,
  type LossTensor,
  type Reduction,
} from "./reduction.js";

export interface MultiMarginOptions<
  R extends Reduction = Reduction,
  X = number,
> extends LossOptions<R> {
  /** How much above the others the score of the label should be. 1 by default. */
  readonly margin?: number;
  /** 1 (the default), or 2 for squares. */
  readonly p?: 1 | 2;
  /** The axis of the classes: by default the first one of an example, and axis 1 of an unbatched [N, C, ...]. */
  readonly classAxis?: X;
}

/**
 * sum_c max(0, margin - x_t + x_c)^p / C over the classes c that are not the label t, times the weight of t; where the
 * margin is hit exactly the gradient is 0. PyTorch: nn.MultiMarginLoss.
 *
 * @example multiMargin(scores, label, { margin: 0.5 })
 */
export function multiMargin<
  A extends Shape,
  T extends AnyTensor,
  W extends Shape,
  R extends Reduction = "mean",
  const X extends number = DefaultClassAxis<A>,
>(
  scores: Tensor<A>,
  target: Guard<T, LabelsError<"multiMargin", A, T["shape"], T["dtype"], X>>,
  options?: MultiMarginOptions<
    R,
    Guard<X, ClassAxisError<"multiMargin", A, X>>
  > &
    WeightsOption<Guard<Tensor<W>, ClassWeightsError<"multiMargin", A, W, X>>>,
): LossTensor<R, ClassTargetShape<A, X>>;
export function multiMargin(
  scores: AnyTensor,
  target: AnyTensor,
  options: MultiMarginOptions & WeightsOption = {},
): AnyTensor {
  const { margin = 1, p = 1 } = options;
  checkSetting("multiMargin", "margin", margin, "finite");
  if (![1, 2].includes(p))
    refuseSettings(`multiMargin: p is ${found(p)}, expected 1 or 2`);
  return value("multiMargin", options, () => {
    const [x, label] = [
      tensorNode("multiMargin", scores),
      tensorNode("multiMargin", target),
    ];
    checkDtype("multiMargin", "i32", label);
    const labels = labelsOf("multiMargin", x, label, options);
    const { axis, isLabel, weights } = labels;
    const own = alongAxis(atLabel(x, labels), axis, x.shape);
    const lead = add(sub(constant(margin), own), x);
    const short = applyScalar("relu", lead);
    const cost: Node = p === 1 ? short : applyScalar("square", short);
    const others = where(isLabel, constant(0), cost);
    const classes = constant(x.shape[axis] as number);
    const entries = div(reduceNode("sum", others, [axis]), classes);
    return reduced(
      "multiMargin",
      weights === undefined ? entries : mul(atLabel(weights, labels), entries),
      options.reduction,
    );
  });
}
