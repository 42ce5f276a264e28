import { layer, makeCall } from "../context.js";
import type { Node } from "../graph.js";
import { ones, uniformBetween, zeros } from "../initializers.js";
import { labelled } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { labelNode } from "../primitives/leaf.js";
import { add, mul } from "../primitives/scalar.js";
import { checkFlags, checkSetting, checkWord } from "../settings.js";
import {
  checkAttended,
  checkPositive,
  headFeatures,
  type Guard,
  type HeadScoreShape,
  type HeadsError,
  type MaskError,
  type Shape,
  type TokensError,
} from "../shape/rules.js";
import { asNode, asTensor, type Tensor } from "../tensor.js";
import { gelu, relu } from "./activations.js";
import { dropoutNode } from "./dropout.js";
import { standardizedNode } from "./layerNorm.js";
import { affineNode } from "./linear.js";
import { headsNode, maskOf, projections } from "./multiHeadAttention.js";
import { withParameters, type ParameterOptions } from "./parameters.js";

export interface TransformerEncoderLayerOptions extends ParameterOptions<string> {
  /** Features between the two linear layers; 2048 by default. */
  readonly feedForward?: number;
  /** f, "relu" or "gelu"; "relu" by default. */
  readonly activation?: "relu" | "gelu";
  /** True normalises before attention and before the linear layers, not after what they add up to; false by default. */
  readonly normFirst?: boolean;
  /** True where position i sees positions 0 ... i only; false by default. */
  readonly causal?: boolean;
  /**
   * Probability with which attention weights, activations, and entries of what attention and the linear layers give are left
   * out in training; 0 by default, where PyTorch's is 0.1.
   */
  readonly dropout?: number;
  /** Added to the variance of the normalisations; 1e-5 by default. */
  readonly eps?: number;
}

type Op = "transformerEncoderLayer";

/** A block of a transformer over [..., L, features]. */
export type TransformerEncoderLayer<E extends number, H extends number> = <
  S extends Shape,
  M extends Shape = [],
>(
  x: Guard<Tensor<S>, TokensError<Op, S, E>>,
  options?: {
    /** Name of the result; otherwise the const it is declared as. */
    readonly name?: string;
    /** Added to the scores [..., heads, L, L]: 0 where a position may see another, -Infinity where it may not; none by default. */
    readonly mask?: Guard<Tensor<M>, MaskError<Op, HeadScoreShape<S, S, H>, M>>;
  },
) => Tensor<S>;

interface Affine {
  readonly weight: Node;
  readonly bias: Node;
}

/**
 * h = layerNorm(x + attention(x)), y = layerNorm(h + W2 f(W1 h + b1) + b2) (Vaswani et al. 2017), with
 * dropout where PyTorch has it;
 * its own parameters are called self_attn.in_proj_weight, ..., linear1.weight, ..., norm2.bias. PyTorch:
 * nn.TransformerEncoderLayer with batch_first.
 *
 * @example
 * const block = transformerEncoderLayer(16, 4, { feedForward: 32, causal: true });
 * const y = block(x);
 */
export function transformerEncoderLayer<
  const E extends number,
  const H extends number,
>(
  features: E,
  heads: Guard<H, HeadsError<Op, E, H>>,
  options: TransformerEncoderLayerOptions = {},
): TransformerEncoderLayer<E, H> {
  const op = "transformerEncoderLayer";
  const count = heads as number;
  const {
    feedForward = 2048,
    activation = "relu",
    normFirst = false,
    causal = false,
    dropout = 0,
    eps = 1e-5,
  } = options;
  checkPositive(op, "features", features);
  headFeatures(op, features, count);
  checkPositive(op, "feedForward", feedForward);
  checkSetting(op, "dropout", dropout, "fraction");
  checkSetting(op, "eps", eps, "nonnegative");
  checkFlags(op, { normFirst, causal });
  checkWord(op, "activation", activation, ["relu", "gelu"]);
  const owner = makeCall(op, { name: options.name, named: true });
  const own = withParameters(op, owner, options, (declare) => {
    const affine = (name: string, out: number, into: number): Affine => {
      const bound = 1 / Math.sqrt(into);
      const init = uniformBetween(-bound, bound);
      return {
        weight: declare(`${name}.weight`, [out, into], init),
        bias: declare(`${name}.bias`, [out], init),
      };
    };
    const norm = (name: string): Affine => ({
      weight: declare(`${name}.weight`, [features], ones()),
      bias: declare(`${name}.bias`, [features], zeros()),
    });
    return {
      attention: projections(declare, features, true, "self_attn."),
      linear1: affine("linear1", feedForward, features),
      linear2: affine("linear2", features, feedForward),
      norm1: norm("norm1"),
      norm2: norm("norm2"),
    };
  });
  const normalised = (
    x: Node,
    { weight, bias }: Affine,
    name: string,
  ): Node => {
    const y = standardizedNode(x, [x.shape.length - 1], eps);
    return labelNode(add(mul(weight, y), bias), name);
  };
  const attended = (x: Node, mask: Node | undefined): Node =>
    dropoutNode(
      headsNode([x, x, x], own.attention, count, { causal, mask, dropout }),
      dropout,
    );
  const fed = (x: Node): Node => {
    const { linear1, linear2 } = own;
    const z = labelNode(affineNode(x, linear1.weight, linear1.bias), "z");
    const f = activation === "relu" ? relu : gelu;
    const a = labelNode(asNode(f(asTensor<Tensor>(z))), "a");
    const kept = dropoutNode(a, dropout);
    return dropoutNode(affineNode(kept, linear2.weight, linear2.bias), dropout);
  };
  const block = (x: Node, mask: Node | undefined): Node => {
    if (normFirst) {
      const h = add(x, attended(normalised(x, own.norm1, "n1"), mask));
      const sum = labelNode(h, "h");
      return add(sum, fed(normalised(sum, own.norm2, "n2")));
    }
    const h = normalised(add(x, attended(x, mask)), own.norm1, "h");
    return normalised(add(h, fed(h)), own.norm2, "n");
  };
  const use = (
    x: unknown,
    as: { readonly name?: string; readonly mask?: unknown } = {},
  ): Tensor =>
    layer(op, { name: as.name, owner }, (call) => {
      const node = numbers(op, x);
      checkAttended(op, node.shape, {}, features);
      const y = block(node, maskOf(op, count, node, node, as));
      return asTensor(labelled(call, y, undefined));
    });
  return use as unknown as TransformerEncoderLayer<E, H>;
}
