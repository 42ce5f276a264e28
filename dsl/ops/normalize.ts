import type { Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { broadcast } from "../primitives/expand.js";
import { constant, div, less, mul, where } from "../primitives/scalar.js";
import { checkSetting } from "../settings.js";
import {
  broadcastShape,
  normalizeAxis,
  type AxisError,
  type Broadcast,
  type BroadcastError,
  type DropAxisShape,
  type Guard,
  type Or,
  type Shape,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { numbers } from "./elementwise.js";
import { normOver, spreadOver, sumOver } from "./statistics.js";

/** x divided by its norm along one axis, or by eps where the norm is smaller. */
function unit(x: Node, axis: number, p: number, eps: number): Node {
  const length = normOver(x, [axis], p);
  const least = constant(eps);
  const divisor = where(less(length, least), least, length);
  return div(x, spreadOver(divisor, [axis], x.shape));
}

export interface NormalizeOptions extends NameOptions {
  /** The norm; 2 by default, at least 1. */
  readonly p?: number;
  /** What a smaller norm counts as; 1e-12 by default. */
  readonly eps?: number;
}

/**
 * x / max(norm, eps) along one axis, the last by default. PyTorch: nn.functional.normalize, whose default axis is 1.
 *
 * @throws CompileTimeError where p is below 1 or eps negative.
 * @example const direction = normalize(x);
 */
export function normalize<S extends Shape, const X extends number = -1>(
  x: Tensor<S>,
  axis?: Guard<X, AxisError<"normalize", S, X>>,
  options: NormalizeOptions = {},
): Tensor<S> {
  const { p = 2, eps = 1e-12 } = options;
  checkSetting("normalize", "p", p, "order");
  checkSetting("normalize", "eps", eps, "nonnegative");
  return value<Tensor<S>>("normalize", options, () => {
    const node = numbers("normalize", x);
    const at = normalizeAxis("normalize", node.shape, (axis ?? -1) as number);
    return unit(node, at, p, eps);
  });
}

export interface CosineSimilarityOptions extends NameOptions {
  /** What a smaller norm counts as; 1e-8 by default. */
  readonly eps?: number;
}

/**
 * The cosine of the angle between a and b along one axis, the last by default: y = sum (a / max(norm a, eps))
 * (b / max(norm b, eps)). PyTorch: nn.functional.cosine_similarity, whose default axis is 1.
 *
 * @throws CompileTimeError where eps is negative.
 * @example const alike = cosineSimilarity(query, key);
 */
export function cosineSimilarity<
  A extends Shape,
  B extends Shape,
  const X extends number | undefined = undefined,
>(
  a: Tensor<A>,
  b: Guard<Tensor<B>, BroadcastError<"cosineSimilarity", A, B>>,
  axis?: Guard<X, AxisError<"cosineSimilarity", Broadcast<A, B>, Or<X, -1>>>,
  options: CosineSimilarityOptions = {},
): Tensor<DropAxisShape<Broadcast<A, B>, Or<NoInfer<X>, -1>>> {
  const { eps = 1e-8 } = options;
  checkSetting("cosineSimilarity", "eps", eps, "nonnegative");
  return value("cosineSimilarity", options, () => {
    const [u, v] = [a, b].map((x) => numbers("cosineSimilarity", x)) as [
      Node,
      Node,
    ];
    const shape = broadcastShape("cosineSimilarity", u.shape, v.shape);
    const at = normalizeAxis("cosineSimilarity", shape, (axis ?? -1) as number);
    const [left, right] = [u, v].map((x) =>
      unit(broadcast(x, shape), at, 2, eps),
    ) as [Node, Node];
    return sumOver(mul(left, right), [at]);
  });
}
