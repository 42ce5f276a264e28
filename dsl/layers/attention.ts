import type { Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { contract } from "../primitives/contract.js";
import { expandNode } from "../primitives/expand.js";
import { labelNode } from "../primitives/leaf.js";
import { add, constant, iota, less, mul, where } from "../primitives/scalar.js";
import { softmaxNode } from "../primitives/softmax.js";
import { checkFlags, checkSetting } from "../settings.js";
import {
  checkMask,
  checkPositive,
  scoreShape,
  type AttentionShape,
  type Guard,
  type KeyError,
  type MaskError,
  type PositiveError,
  type QueryError,
  type ScoreShape,
  type Shape,
  type ValueError,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { dropoutNode } from "./dropout.js";

export interface AttentionOptions<M = Tensor> extends NameOptions {
  /** Added to the scores: 0 where a query may see a key, -Infinity where it may not; none by default. */
  readonly mask?: M;
  /** True where query i sees keys 0 ... i only. */
  readonly causal?: boolean;
  /** Factor of the scores; 1 / sqrt(features) by default. */
  readonly scale?: number;
  /** Probability with which a weight is left out in training; 0 by default. */
  readonly dropout?: number;
}

/**
 * y = softmax(scale q k^T + mask) v over the last two axes: q [..., L, E], k [..., S, E], v [..., S, V], y [..., L, V];
 * axes before them are alike (Vaswani et al. 2017). PyTorch: nn.functional.scaled_dot_product_attention.
 *
 * @example const y = scaledDotProductAttention(q, k, v, { causal: true });
 */
export function scaledDotProductAttention<
  Q extends Shape,
  K extends Shape,
  V extends Shape,
  M extends Shape = [],
>(
  q: Guard<Tensor<Q>, QueryError<"scaledDotProductAttention", Q>>,
  k: Guard<Tensor<K>, KeyError<"scaledDotProductAttention", Q, K>>,
  v: Guard<Tensor<V>, ValueError<"scaledDotProductAttention", K, V>>,
  options?: AttentionOptions<
    Guard<
      Tensor<M>,
      MaskError<"scaledDotProductAttention", ScoreShape<Q, K>, M>
    >
  >,
): Tensor<AttentionShape<Q, V>> {
  const op = "scaledDotProductAttention";
  return value("attention", options, () =>
    attentionNode(
      op,
      [q, k, v].map((x) => numbers(op, x)),
      options,
    ),
  );
}

const lead = "abcdefgh";

/** softmax(scale q k^T + mask) v, one contraction for the scores and one for the values. */
export function attentionNode(
  op: string,
  operands: readonly Node[],
  options: AttentionOptions<unknown> = {},
): Node {
  const [q, k, v] = operands as [Node, Node, Node];
  const shape = scoreShape(op, q.shape, k.shape, v.shape);
  const { causal = false, scale = 1 / Math.sqrt(q.shape.at(-1) as number) } =
    options;
  const { dropout = 0 } = options;
  checkFlags(op, { causal });
  checkSetting(op, "scale", scale, "finite");
  checkSetting(op, "dropout", dropout, "fraction");
  const letters = lead.slice(0, shape.length - 2);
  const products = contract(
    `${letters}lx`,
    `${letters}sx`,
    `${letters}ls`,
    q,
    k,
  );
  let scores = mul(products, constant(scale));
  if (options.mask !== undefined) {
    const mask = numbers(op, options.mask);
    checkMask(op, shape, mask.shape);
    scores = add(scores, mask);
  }
  if (causal) scores = where(later(shape), constant(-Infinity), scores);
  const weights = labelNode(
    softmaxNode(labelNode(scores, "scores"), shape.length - 1),
    "weights",
  );
  return contract(
    `${letters}ls`,
    `${letters}sv`,
    `${letters}lv`,
    dropoutNode(weights, dropout),
    v,
  );
}

/** 1 where the key (last axis) comes after the query (the axis before it). */
function later(shape: Shape): Node {
  const [query, key] = [shape.length - 2, shape.length - 1].map((axis) =>
    expandNode(iota(shape[axis] as number), [axis], shape, false),
  ) as [Node, Node];
  return less(query, key);
}

/**
 * A mask [length, length] to add to the scores: y[i, j] = 0 where j <= i (the key comes at or before the query), else
 * -Infinity.
 * PyTorch: nn.Transformer.generate_square_subsequent_mask.
 *
 * @example const y = scaledDotProductAttention(q, k, v, { mask: add(causalMask(6), bias) });
 */
export function causalMask<const L extends number>(
  length: Guard<L, PositiveError<"causalMask", "length", L>>,
  options?: NameOptions,
): Tensor<[L, L]> {
  return value("causalMask", options, () => {
    const size = length as number;
    checkPositive("causalMask", "length", size);
    return where(later([size, size]), constant(-Infinity), constant(0));
  });
}
