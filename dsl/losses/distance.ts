import type { Node } from "../graph.js";
import { labelNode } from "../primitives/leaf.js";
import { reduceNode } from "../primitives/reduce.js";
import {
  add,
  applyScalar,
  constant,
  div,
  less,
  mul,
  sub,
  where,
} from "../primitives/scalar.js";
import { checkFlags, checkSetting } from "../settings.js";
import {
  checkMinimumRank,
  checkShape,
  targetShape,
  type Guard,
  type Init,
  type MinimumRankError,
  type Shape,
  type TargetError,
} from "../shape/rules.js";
import { tensorNode } from "../ops/elementwise.js";
import { asTensor, type Tensor } from "../tensor.js";
import {
  positivePart,
  loss,
  type LossOptions,
  type LossTensor,
  type OperandError,
  type Reduction,
} from "./reduction.js";

const zero = (): Node => constant(0);
const lastAxis = (x: Node): number => x.shape.length - 1;
/** Sum over the last axis: of u v, an inner product. */
const sumLast = (x: Node): Node => reduceNode("sum", x, [lastAxis(x)]);

export interface MarginOptions<
  R extends Reduction = Reduction,
> extends LossOptions<R> {
  /** How far apart is enough. */
  readonly margin?: number;
}

/**
 * y where t > 0, else max(0, margin - y): y is a distance, t = 1 for pairs alike and -1 for others. PyTorch:
 * nn.HingeEmbeddingLoss.
 *
 * @example
 * const distance = norm(sub(embed(u), embed(v)));
 * const loss = hingeEmbedding(distance, same, { margin: 2 });
 */
export function hingeEmbedding<
  A extends Shape,
  B extends Shape,
  R extends Reduction = "mean",
>(
  prediction: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"hingeEmbedding", A, B>>,
  options: MarginOptions<R> = {},
): LossTensor<R, A> {
  const { margin = 1 } = options;
  checkSetting("hingeEmbedding", "margin", margin, "finite");
  return asTensor(
    loss("hingeEmbedding", options, () => {
      const [y, t] = [
        tensorNode("hingeEmbedding", prediction),
        tensorNode("hingeEmbedding", target),
      ];
      targetShape("hingeEmbedding", y.shape, t.shape);
      return where(less(zero(), t), y, positivePart(sub(constant(margin), y)));
    }),
  );
}

/**
 * max(0, margin - t (a - b)): t = 1 where a should rank above b, -1 where below. PyTorch: nn.MarginRankingLoss.
 *
 * @example const loss = marginRanking(output, y, order);
 */
export function marginRanking<
  A extends Shape,
  B extends Shape,
  C extends Shape,
  R extends Reduction = "mean",
>(
  a: Tensor<A>,
  b: Guard<Tensor<B>, OperandError<"marginRanking", A, B>>,
  target: Guard<Tensor<C>, TargetError<"marginRanking", A, C>>,
  options: MarginOptions<R> = {},
): LossTensor<R, A> {
  const { margin = 0 } = options;
  checkSetting("marginRanking", "margin", margin, "finite");
  return asTensor(
    loss("marginRanking", options, () => {
      const [u, v] = [
        tensorNode("marginRanking", a),
        tensorNode("marginRanking", b),
      ];
      const t = tensorNode("marginRanking", target);
      checkShape("marginRanking", v.shape, u.shape);
      targetShape("marginRanking", u.shape, t.shape);
      const lead = mul(t, sub(u, v));
      // Where both are equal this is +0, whatever the sign of the target.
      return positivePart(sub(constant(margin), lead));
    }),
  );
}

/** The p-norm of u - v + 1e-6 along the last axis, under a name. PyTorch: nn.PairwiseDistance. */
function pairwiseDistance(u: Node, v: Node, p: number, name: string): Node {
  const d = labelNode(add(sub(u, v), constant(1e-6)), `${name}.difference`);
  if (p !== 2) return labelNode(pNorm(d, p), name);
  const squared = labelNode(
    sumLast(applyScalar("square", d)),
    `${name}.squared`,
  );
  return labelNode(applyScalar("sqrt", squared), name);
}

function pNorm(d: Node, p: number): Node {
  const size = applyScalar("abs", d);
  if (p === 1) return sumLast(size);
  const powers = sumLast(applyScalar("pow", size, constant(p)));
  return applyScalar("pow", powers, constant(1 / p));
}

export interface TripletMarginOptions<
  R extends Reduction = Reduction,
> extends LossOptions<R> {
  /** How much further than the positive the negative should be. 1 by default. */
  readonly margin?: number;
  /** The norm of the distance, >= 1. 2 by default. */
  readonly p?: number;
  /** Takes the negative's distance from the positive where that is the smaller one (Balntas et al. 2016). */
  readonly swap?: boolean;
}

/**
 * max(0, d(anchor, positive) - d(anchor, negative) + margin), with d the p-norm of u - v + 1e-6 along the last axis.
 * PyTorch: nn.TripletMarginLoss.
 *
 * @example
 * const [anchor, positive, negative] = [embed(u), embed(v), embed(w)] as const;
 * const loss = tripletMargin(anchor, positive, negative, { margin: 0.5 });
 */
export function tripletMargin<
  A extends Shape,
  B extends Shape,
  C extends Shape,
  R extends Reduction = "mean",
>(
  anchor: Guard<Tensor<A>, MinimumRankError<"tripletMargin", A, 1>>,
  positive: Guard<Tensor<B>, OperandError<"tripletMargin", A, B>>,
  negative: Guard<Tensor<C>, OperandError<"tripletMargin", A, C>>,
  options: TripletMarginOptions<R> = {},
): LossTensor<R, Init<A>> {
  const { margin = 1, p = 2, swap = false } = options;
  checkFlags("tripletMargin", { swap });
  checkSetting("tripletMargin", "margin", margin, "finite");
  checkSetting("tripletMargin", "p", p, "norm");
  return asTensor(
    loss("tripletMargin", options, () => {
      const a = tensorNode("tripletMargin", anchor);
      const [b, c] = [
        tensorNode("tripletMargin", positive),
        tensorNode("tripletMargin", negative),
      ];
      checkMinimumRank("tripletMargin", a.shape, 1);
      checkShape("tripletMargin", b.shape, a.shape);
      checkShape("tripletMargin", c.shape, a.shape);
      const near = pairwiseDistance(a, b, p, "near");
      const far = pairwiseDistance(a, c, p, "far");
      const farther = swap
        ? applyScalar("minimum", far, pairwiseDistance(b, c, p, "apart"))
        : far;
      return positivePart(add(sub(near, farther), constant(margin)));
    }),
  );
}

/**
 * 1 - cos where t > 0, else max(0, cos - margin), with cos = u.v / sqrt((u.u + 1e-12)(v.v + 1e-12)) along the last axis.
 * PyTorch: nn.CosineEmbeddingLoss.
 *
 * @example const loss = cosineEmbedding(embed(u), embed(v), same);
 */
export function cosineEmbedding<
  A extends Shape,
  B extends Shape,
  C extends Shape,
  R extends Reduction = "mean",
>(
  u: Guard<Tensor<A>, MinimumRankError<"cosineEmbedding", A, 1>>,
  v: Guard<Tensor<B>, OperandError<"cosineEmbedding", A, B>>,
  target: Guard<Tensor<C>, TargetError<"cosineEmbedding", Init<A>, C>>,
  options: MarginOptions<R> = {},
): LossTensor<R, Init<A>> {
  const { margin = 0 } = options;
  checkSetting("cosineEmbedding", "margin", margin, "finite");
  return asTensor(
    loss("cosineEmbedding", options, () => {
      const [a, b] = [
        tensorNode("cosineEmbedding", u),
        tensorNode("cosineEmbedding", v),
      ];
      const t = tensorNode("cosineEmbedding", target);
      checkMinimumRank("cosineEmbedding", a.shape, 1);
      checkShape("cosineEmbedding", b.shape, a.shape);
      targetShape("cosineEmbedding", a.shape.slice(0, -1), t.shape);
      const squaredNorm = (x: Node, name: string): Node =>
        labelNode(
          add(sumLast(applyScalar("square", x)), constant(1e-12)),
          name,
        );
      const product = mul(squaredNorm(a, "uu"), squaredNorm(b, "vv"));
      const norms = applyScalar("sqrt", labelNode(product, "product"));
      const cosine = labelNode(
        div(labelNode(sumLast(mul(a, b)), "dot"), labelNode(norms, "norms")),
        "cosine",
      );
      return where(
        less(zero(), t),
        sub(constant(1), cosine),
        positivePart(sub(cosine, constant(margin))),
      );
    }),
  );
}
