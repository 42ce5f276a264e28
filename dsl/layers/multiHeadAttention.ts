import { layer, makeCall } from "../context.js";
import { range, type Node } from "../graph.js";
import { uniformBetween, xavierUniform, zeros } from "../initializers.js";
import { labelled } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { expandNode } from "../primitives/expand.js";
import { labelNode } from "../primitives/leaf.js";
import { permuteNode, reshapeNode, sliceNode } from "../primitives/movement.js";
import { add, constant, equal, where } from "../primitives/scalar.js";
import { checkFlags, checkSetting } from "../settings.js";
import {
  checkArgument,
  checkAttended,
  checkMask,
  checkPositive,
  headFeatures,
  type ArgumentError,
  type AttendedError,
  type Guard,
  type HeadScoreShape,
  type HeadsError,
  type Init,
  type MaskError,
  type Product,
  type Shape,
  type TokensError,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import { attentionNode } from "./attention.js";
import { affineNode } from "./linear.js";
import {
  withParameters,
  type Declare,
  type ParameterOptions,
} from "./parameters.js";

export interface MultiHeadAttentionOptions extends ParameterOptions<
  "in_proj_weight" | "in_proj_bias" | "out_proj.weight" | "out_proj.bias"
> {
  /** False leaves both biases out; true by default. */
  readonly bias?: boolean;
  /** True where query i sees keys 0 ... i only; false by default. */
  readonly causal?: boolean;
  /** Probability with which an attention weight is left out in training; 0 by default. */
  readonly dropout?: number;
}

/** What one use of multi-head attention attends to, and what it may see. */
export interface AttendOptions<K, V, M, P> {
  /** Name of the result; otherwise the const it is declared as. */
  readonly name?: string;
  /** What is attended to, [..., S, features]; the query itself by default. */
  readonly key?: K;
  /** What is taken from there; the key by default. */
  readonly value?: V;
  /** Added to the scores [..., heads, L, S]: 0 where a query may see a key, -Infinity where it may not; none by default. */
  readonly mask?: M;
  /** [..., S]: not 0 where a key is padding, which no query sees; none by default. */
  readonly keyPaddingMask?: P;
}

type Op = "multiHeadAttention";

/** Multi-head attention over [..., L, features]. */
export interface MultiHeadAttention<E extends number, H extends number> {
  <
    Q extends Shape,
    K extends Shape = Q,
    V extends Shape = K,
    M extends Shape = [],
    P extends Shape = Init<K>,
  >(
    query: Guard<Tensor<Q>, TokensError<Op, Q, E>>,
    options?: AttendOptions<
      Guard<Tensor<K>, AttendedError<Op, "key", Q, K>>,
      Guard<Tensor<V>, ArgumentError<Op, "value", K, V>>,
      Guard<Tensor<M>, MaskError<Op, HeadScoreShape<Q, K, H>, M>>,
      Guard<Tensor<P>, ArgumentError<Op, "keyPaddingMask", Init<K>, P>>
    >,
  ): Tensor<Q>;
  /** [3 features, features]: rows of queries, keys and values. */
  readonly inProjWeight: Tensor<[Product<[3, E]>, E]>;
  /** [3 features]; undefined where the layer has no bias. */
  readonly inProjBias: Tensor<[Product<[3, E]>]> | undefined;
  /** [features, features]. */
  readonly outProjWeight: Tensor<[E, E]>;
  /** [features]; undefined where the layer has no bias. */
  readonly outProjBias: Tensor<[E]> | undefined;
}

/**
 * y = W [softmax(scale q k^T) v of each head] + b, with q, k and v = W x + b cut into `heads` slices of the features, each
 * of which attends by itself (Vaswani et al. 2017). x is [..., L, features]; its own
 * parameters are in_proj_weight [3 features, features], in_proj_bias, out_proj.weight and out_proj.bias. PyTorch:
 * nn.MultiheadAttention with batch_first.
 *
 * @example
 * const attend = multiHeadAttention(16, 4, { causal: true });
 * const y = attend(x);
 */
export function multiHeadAttention<
  const E extends number,
  const H extends number,
>(
  features: E,
  heads: Guard<H, HeadsError<Op, E, H>>,
  options: MultiHeadAttentionOptions = {},
): MultiHeadAttention<E, H> {
  const op = "multiHeadAttention";
  const count = heads as number;
  checkPositive(op, "features", features);
  headFeatures(op, features, count);
  const { bias = true, causal = false, dropout = 0 } = options;
  checkSetting(op, "dropout", dropout, "fraction");
  checkFlags(op, { bias, causal });
  const owner = makeCall(op, { name: options.name, named: true });
  const own = withParameters(op, owner, options, (declare) =>
    projections(declare, features, bias, ""),
  );
  const use = (
    query: unknown,
    as: AttendOptions<unknown, unknown, unknown, unknown> = {},
  ): Tensor =>
    layer(op, { name: as.name, owner }, (call) => {
      const q = numbers(op, query);
      const key = as.key === undefined ? q : numbers(op, as.key);
      const value = as.value === undefined ? key : numbers(op, as.value);
      checkAttended(op, q.shape, { key: key.shape }, features);
      checkArgument(op, "value", key.shape, value.shape);
      const mask = maskOf(op, count, q, key, as);
      const y = headsNode([q, key, value], own, count, {
        causal,
        mask,
        dropout,
      });
      return asTensor(labelled(call, y, undefined));
    });
  return Object.assign(use, own) as unknown as MultiHeadAttention<E, H>;
}

/** The parameters of multi-head attention. */
export interface Projections {
  readonly inProjWeight: Node;
  readonly inProjBias: Node | undefined;
  readonly outProjWeight: Node;
  readonly outProjBias: Node | undefined;
}

/** Declares the parameters as PyTorch does; their names start with `prefix`. */
export function projections(
  declare: Declare,
  features: number,
  bias: boolean,
  prefix: string,
): Projections {
  const bound = 1 / Math.sqrt(features);
  const inRows = 3 * features;
  const own = (name: string, shape: Shape, init = zeros()): Node =>
    declare(`${prefix}${name}`, shape, init);
  return {
    inProjWeight: own("in_proj_weight", [inRows, features], xavierUniform()),
    inProjBias: bias ? own("in_proj_bias", [inRows]) : undefined,
    outProjWeight: own(
      "out_proj.weight",
      [features, features],
      uniformBetween(-bound, bound),
    ),
    outProjBias: bias ? own("out_proj.bias", [features]) : undefined,
  };
}

/** What is added to the scores [..., heads, L, S]: the mask, and -Infinity where a key is padding. */
export function maskOf(
  op: string,
  heads: number,
  q: Node,
  key: Node,
  given: AttendOptions<unknown, unknown, unknown, unknown>,
): Node | undefined {
  const lead = q.shape.slice(0, -2);
  const scores = [
    ...lead,
    heads,
    ...q.shape.slice(-2, -1),
    ...key.shape.slice(-2, -1),
  ];
  let mask: Node | undefined;
  if (given.mask !== undefined) {
    mask = numbers(op, given.mask);
    checkMask(op, scores, mask.shape);
  }
  if (given.keyPaddingMask === undefined) return mask;
  const padding = numbers(op, given.keyPaddingMask);
  checkArgument(op, "keyPaddingMask", key.shape.slice(0, -1), padding.shape);
  const axes = [...lead.map((_, i) => i), scores.length - 1];
  const unseen = where(
    expandNode(equal(padding, constant(0)), axes, scores, false),
    constant(0),
    constant(-Infinity),
  );
  return mask === undefined ? unseen : add(mask, unseen);
}

/** Multi-head attention of nodes: queries [..., L, features], keys and values [..., S, features]. */
export function headsNode(
  [query, key, value]: readonly [Node, Node, Node],
  own: Projections,
  heads: number,
  options: {
    readonly causal: boolean;
    readonly mask: Node | undefined;
    readonly dropout: number;
  },
): Node {
  const features = query.shape.at(-1) as number;
  const rows = (x: Node, from: number, count: number): Node => {
    const start = from * features;
    const part = (p: Node): Node =>
      count === 3 ? p : sliceNode(p, 0, start, count * features);
    const bias = own.inProjBias;
    return affineNode(
      x,
      part(own.inProjWeight),
      bias === undefined ? undefined : part(bias),
    );
  };
  // What comes from one tensor is one product.
  const groups: readonly (readonly [Node, string, number])[] =
    query === key && key === value
      ? [[query, "qkv", 3]]
      : key === value
        ? [
            [query, "q", 1],
            [key, "kv", 2],
          ]
        : [
            [query, "q", 1],
            [key, "k", 1],
            [value, "v", 1],
          ];
  const parts: Node[] = [];
  for (const [x, name, count] of groups) {
    const all = labelNode(rows(x, parts.length, count), name);
    parts.push(...inHeads(all, count, heads));
  }
  const { mask, ...rest } = options;
  const attended = attentionNode("multiHeadAttention", parts, {
    ...rest,
    ...(mask !== undefined && { mask }),
  });
  const joined = sideBySide(attended);
  return affineNode(joined, own.outProjWeight, own.outProjBias);
}

/** [..., L, count * features] as `count` times [..., heads, L, features of a head]. */
function inHeads(x: Node, count: number, heads: number): Node[] {
  const lead = x.shape.slice(0, -1);
  const features = (x.shape.at(-1) as number) / count / heads;
  const cut = reshapeNode(x, [...lead, count, heads, features]);
  return range(count).map((k) => {
    const part = reshapeNode(sliceNode(cut, lead.length, k, 1), [
      ...lead,
      heads,
      features,
    ]);
    return permuteNode(part, swapped(part));
  });
}

/** [..., heads, L, features of a head] as [..., L, features]. */
function sideBySide(x: Node): Node {
  const back = labelNode(permuteNode(x, swapped(x)), "heads");
  const [heads, features] = back.shape.slice(-2) as [number, number];
  return reshapeNode(back, [...back.shape.slice(0, -2), heads * features]);
}

/** The axes with the second and the third from the end swapped. */
const swapped = (x: Node): number[] => {
  const last = x.shape.length - 1;
  return x.shape.map((_, i) =>
    i === last - 1 ? last - 2 : i === last - 2 ? last - 1 : i,
  );
};
