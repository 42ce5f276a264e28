import { range, type Node } from "../graph.js";
import { alongAxis, broadcast, expandNode } from "../primitives/expand.js";
import { reduceNode } from "../primitives/reduce.js";
import { constant, div, equal, iota, where } from "../primitives/scalar.js";
import { checkSetting } from "../settings.js";
import {
  checkClassCount,
  checkClassWeights,
  classTargetShape,
  normalizeAxisOption,
  type ClassTargetError,
  type IndicesError,
  type Shape,
} from "../shape/rules.js";
import { asNode, type AnyTensor } from "../tensor.js";
import { reduced, type LossOptions, type Reduction } from "./reduction.js";

export interface NllOptions<
  R extends Reduction = Reduction,
  X = number,
> extends LossOptions<R> {
  /** Examples with this label do not count; none by default (PyTorch's -100 is no index). */
  readonly ignoreIndex?: number;
  /** The axis of the classes: by default the first one of an example, and axis 1 of an unbatched [N, C, ...]. */
  readonly classAxis?: X;
}

/** The message for labels that are the indices of classes. */
export type LabelsError<
  Op extends string,
  A extends Shape,
  B extends Shape,
  D extends "f64" | "i32",
  X extends number,
> = [IndicesError<Op, B, D>] extends [never]
  ? ClassTargetError<Op, A, B, X>
  : IndicesError<Op, B, D>;

/** One weight for each class; the mean then divides by the weights of the labels. */
export interface WeightsOption<T = AnyTensor> {
  /** A tensor with a weight for each class; none by default. */
  readonly weights?: T;
}

/** The logits of a classification, its labels spread over the classes, and what counts how much. */
export interface Labels {
  readonly axis: number;
  /** 1 where the class is the label, else 0. */
  readonly isLabel: Node;
  /** Class weights in the shape of the logits. */
  readonly weights: Node | undefined;
  /** `entries` (one for each label), `none` (0 by default) where the label does not count. */
  readonly kept: (entries: Node, none?: number) => Node;
}

/** The axis of the classes as the model says it, and counted from the front. */
export function classAxisOf(
  callee: string,
  x: Node,
  { classAxis }: NllOptions,
): { readonly given: number; readonly axis: number } {
  const byDefault = x.batched || x.shape.length < 2 ? 0 : 1;
  const given = classAxis ?? byDefault;
  const axis = normalizeAxisOption(callee, "classAxis", x.shape, given);
  return { given, axis };
}

export function classWeights(
  callee: string,
  x: Node,
  axis: number,
  weights: AnyTensor | undefined,
): Node | undefined {
  if (weights === undefined) return undefined;
  const w = asNode(weights);
  checkClassWeights(callee, x.shape, w.shape, axis);
  return expandNode(w, [axis], x.shape, false);
}

export function labelsOf(
  callee: string,
  x: Node,
  label: Node,
  options: NllOptions & WeightsOption,
): Labels {
  const { ignoreIndex } = options;
  const { given, axis } = classAxisOf(callee, x, options);
  classTargetShape(callee, x.shape, label.shape, given);
  if (label.op.kind === "leaf" && label.op.classes !== undefined)
    checkClassCount(callee, x.shape, given, label.op.classes);
  if (ignoreIndex !== undefined)
    checkSetting(callee, "ignoreIndex", ignoreIndex, "int32");
  const classes = iota(x.shape[axis] as number);
  return {
    axis,
    isLabel: equal(
      alongAxis(label, axis, x.shape),
      expandNode(classes, [axis], x.shape, false),
    ),
    weights: classWeights(callee, x, axis, options.weights),
    kept: (entries, none = 0) =>
      ignoreIndex === undefined
        ? entries
        : where(equal(label, constant(ignoreIndex)), constant(none), entries),
  };
}

/** The entry of `x` at the label: a sum of one term, because -0 is exactly nothing. */
export const atLabel = (x: Node, { isLabel, axis }: Labels): Node =>
  reduceNode("sum", where(isLabel, x, constant(-0)), [axis]);

const total = (x: Node): Node =>
  reduceNode("sum", x, range(x.shape.length), x.batched);

/** The terms of a loss on labels; the mean divides by the weights of those that count, over all examples. */
export function overLabels(
  callee: string,
  terms: Node,
  labels: Labels,
  options: NllOptions,
): Node {
  const { weights } = labels;
  const everyLabel = weights === undefined && options.ignoreIndex === undefined;
  if (everyLabel || (options.reduction ?? "mean") !== "mean")
    return reduced(callee, terms, options.reduction);
  const counts = labels.kept(
    weights === undefined ? constant(1) : atLabel(weights, labels),
  );
  return div(
    total(terms),
    total(broadcast(counts, terms.shape, terms.batched)),
  );
}
