import type { Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { alongAxis } from "../primitives/expand.js";
import { neg, sub } from "../primitives/scalar.js";
import { logsumexpNode, softmaxNode } from "../primitives/softmax.js";
import {
  normalizeAxis,
  type AxisError,
  type Guard,
  type Shape,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { numbers } from "./elementwise.js";

/** A function that normalises the entries along one axis, the last by default. */
export type Normalisation<Op extends string> = <
  S extends Shape,
  const X extends number = -1,
>(
  x: Tensor<S>,
  axis?: Guard<X, AxisError<Op, S, X>>,
  options?: NameOptions,
) => Tensor<S>;

const normalisation =
  <const Op extends string>(
    op: Op,
    build: (x: Node, axis: number) => Node,
  ): Normalisation<Op> =>
  (x, axis, options) =>
    value(op, options, () => {
      const node = numbers(op, x);
      const along = (axis ?? -1) as number;
      return build(node, normalizeAxis(op, node.shape, along));
    });

/**
 * y = e^x / sum e^x along one axis, without overflow. PyTorch: torch.softmax.
 *
 * @example const p = softmax(x);
 */
export const softmax: Normalisation<"softmax"> = normalisation(
  "softmax",
  softmaxNode,
);

/**
 * y = x - ln sum e^x along one axis: ln softmax(x) without overflow. PyTorch: torch.log_softmax.
 *
 * @example const logp = logSoftmax(x, 0);
 */
export const logSoftmax: Normalisation<"logSoftmax"> = normalisation(
  "logSoftmax",
  logSoftmaxNode,
);

/**
 * y = e^-x / sum e^-x along one axis. PyTorch: torch.nn.functional.softmin.
 *
 * @example const p = softmin(x);
 */
export const softmin: Normalisation<"softmin"> = normalisation(
  "softmin",
  (x, axis) => softmaxNode(neg(x), axis),
);

/** x - ln sum e^x. */
export function logSoftmaxNode(x: Node, axis: number): Node {
  return sub(x, alongAxis(logsumexpNode(x, axis), axis, x.shape));
}
