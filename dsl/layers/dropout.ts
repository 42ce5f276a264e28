import type { Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { broadcast } from "../primitives/expand.js";
import { modeNode } from "../primitives/identity.js";
import { labelNode } from "../primitives/leaf.js";
import {
  applyScalar,
  constant,
  div,
  mul,
  randomNode,
} from "../primitives/scalar.js";
import {
  checkArgument,
  checkFraction,
  type ArgumentError,
  type FractionError,
  type Guard,
  type Shape,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";

export interface DropoutOptions<M = Tensor> extends NameOptions {
  /** 1 for entries that stay and 0 for those that go, in training and in prediction; drawn anew at each step by default. */
  readonly mask?: M;
}

/**
 * y = x mask / (1 - p) in training, where an entry of the mask is 0 with probability p and else 1, and y = x in
 * prediction (Srivastava et al. 2014); p is 0.5 by default. PyTorch: nn.Dropout.
 *
 * @throws ShapeError where p is no probability or the mask has another shape.
 * @example const h = dropout(x, 0.2);
 */
export function dropout<
  S extends Shape,
  M extends Shape = S,
  const P extends number = 0.5,
>(
  x: Tensor<S>,
  p?: Guard<P, FractionError<"dropout", "p", P>>,
  options?: DropoutOptions<
    Guard<Tensor<M>, ArgumentError<"dropout", "mask", S, M>>
  >,
): Tensor<S> {
  return value("dropout", options, () => {
    const node = numbers("dropout", x);
    const probability = (p ?? 0.5) as number;
    checkFraction("dropout", "p", probability);
    const given = options?.mask as Tensor | undefined;
    if (given === undefined) return dropoutNode(node, probability);
    const mask = numbers("dropout", given);
    checkArgument("dropout", "mask", node.shape, mask.shape);
    return dropped(node, mask, probability);
  });
}

/** x in prediction; in training each entry is 0 with probability p, else divided by 1 - p. */
export const dropoutNode = (x: Node, p: number): Node =>
  p === 0 ? x : modeNode(dropped(x, drawn(x, p), p), x);

/** 0 with probability p, else 1. */
function drawn(x: Node, p: number): Node {
  const uniform = randomNode(x.shape, x.batched);
  return labelNode(applyScalar("lessEqual", constant(p), uniform), "mask");
}

/** x mask / (1 - p); where nothing stays, zeros, as PyTorch, instead of 0 / 0. */
function dropped(x: Node, mask: Node, p: number): Node {
  if (p === 0) return mul(x, mask);
  if (p === 1) {
    const batched = x.batched || mask.batched;
    return mul(x, broadcast(constant(0), x.shape, batched));
  }
  return div(mul(x, mask), constant(1 - p));
}
