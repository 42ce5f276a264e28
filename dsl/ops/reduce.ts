import { range, type Node, type Window } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { contract } from "../primitives/contract.js";
import { permuteNode, reshapeNode } from "../primitives/movement.js";
import { reduceNode } from "../primitives/reduce.js";
import { constant } from "../primitives/scalar.js";
import { logsumexpNode } from "../primitives/softmax.js";
import { checkFlags, checkSetting } from "../settings.js";
import {
  normalizeAxes,
  normalizeAxis,
  reduceShape,
  type Axes,
  type AxisError,
  type Guard,
  type ReduceError,
  type ReduceShape,
  type Shape,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { numbers } from "./elementwise.js";
import {
  centeredOver,
  countOver,
  meanOver,
  meanSquare,
  normOver,
  rootOf,
  sumOver,
} from "./statistics.js";

export interface ReduceOptions<K = boolean> extends NameOptions {
  /** True keeps the reduced axes with length 1; false by default. */
  readonly keepdims?: K;
}

export interface VarianceOptions<K = boolean> extends ReduceOptions<K> {
  /** What is taken off the number of entries in the denominator; 1 by default, 0 for the biased variance. */
  readonly correction?: number;
}

export interface NormOptions<K = boolean> extends ReduceOptions<K> {
  /** 2 by default; at least 1, Infinity for the largest absolute value. */
  readonly p?: number;
}

/**
 * A function that makes one number of the entries along `axis`: one axis, several, or (omitted) all of them; -1 is the
 * last. The examples of a batch are never among them: see batchSum.
 */
export type AxisReduction<Op extends string> = <
  S extends Shape,
  const X extends Axes = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axis?: Guard<X, ReduceError<Op, S, X>>,
  options?: ReduceOptions<K>,
) => Tensor<ReduceShape<S, X, K>>;

/** Checks the axes, reduces, and puts axes of length 1 back where `keepdims`. */
export function reduced(
  op: string,
  x: unknown,
  axis: unknown,
  keepdims: boolean | undefined,
  build: (x: Node, axes: readonly number[]) => Node,
): Node {
  const node = numbers(op, x);
  checkFlags(op, { keepdims });
  const over = axis as Axes;
  const y = build(node, normalizeAxes(op, node.shape, over));
  return keepdims === true
    ? reshapeNode(y, reduceShape(op, node.shape, over, true))
    : y;
}

const reduction =
  <const Op extends string>(
    op: Op,
    build: (x: Node, axes: readonly number[]) => Node,
  ): AxisReduction<Op> =>
  (x, axis, options) =>
    value(op, options, () => reduced(op, x, axis, options?.keepdims, build));

/**
 * y = sum x. PyTorch: torch.sum.
 *
 * @example const y = sum(x, 0);
 */
export const sum: AxisReduction<"sum"> = reduction("sum", sumOver);

/**
 * y = sum x / n, n the number of entries. PyTorch: torch.mean.
 *
 * @example const y = mean(x, [0, 1], { keepdims: true });
 */
export const mean: AxisReduction<"mean"> = reduction("mean", meanOver);

/**
 * y = the product of the entries; its gradient is the product of the others, exact where some are 0. PyTorch: torch.prod.
 *
 * @example const y = prod(x, -1);
 */
export const prod: AxisReduction<"prod"> = reduction("prod", (x, axes) =>
  axes.length === 0 ? x : reduceNode("prod", x, axes),
);

/**
 * y[i] = x[0] + ... + x[i] along one axis, as (length^2) / 2 additions. PyTorch: torch.cumsum.
 *
 * @example const y = cumsum(x, -1);
 */
export function cumsum<S extends Shape, const X extends number>(
  x: Tensor<S>,
  axis: Guard<X, AxisError<"cumsum", S, X>>,
  options?: NameOptions,
): Tensor<S> {
  return value<Tensor<S>>("cumsum", options, () => {
    const node = numbers("cumsum", x);
    const at = normalizeAxis("cumsum", node.shape, axis as number);
    return runningSum(node, at);
  });
}

/** Each sum is over a window that ends at its entry and starts before the first one, where terms are absent. */
function runningSum(x: Node, axis: number): Node {
  const letters = "abcdefghijklmnopqrstuvwxyz".slice(0, x.shape.length);
  const length = x.shape[axis] as number;
  const along = letters.charAt(axis);
  const window: Window = {
    letter: "P",
    length,
    at: along,
    atLength: length,
    tap: "T",
    tapLength: length,
    stride: 1,
    dilation: 1,
    start: 1 - length,
    inverse: false,
  };
  const walked = letters.replace(along, "P");
  return contract(walked, "", letters, x, constant(1), { windows: [window] });
}

/**
 * y = max x; equally large entries share the gradient evenly. PyTorch: torch.amax.
 *
 * @example const y = max(x, -1);
 */
export const max: AxisReduction<"max"> = reduction("max", (x, axes) =>
  axes.length === 0 ? x : reduceNode("max", x, axes),
);

/**
 * y = min x; equally small entries share the gradient evenly. PyTorch: torch.amin.
 *
 * @example const y = min(x, -1);
 */
export const min: AxisReduction<"min"> = reduction("min", (x, axes) =>
  axes.length === 0 ? x : reduceNode("min", x, axes),
);

/**
 * y = ln sum e^x along `axis`, the last by default, without overflow; its gradient is softmax(x). PyTorch:
 * torch.logsumexp.
 *
 * @example const y = logsumexp(x);
 */
export function logsumexp<
  S extends Shape,
  const X extends Axes = -1,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axis?: Guard<X, ReduceError<"logsumexp", S, X>>,
  options?: ReduceOptions<K>,
): Tensor<ReduceShape<S, X extends undefined ? -1 : X, K>> {
  return value("logsumexp", options, () =>
    reduced("logsumexp", x, axis ?? -1, options?.keepdims, logsumexpOver),
  );
}

function logsumexpOver(x: Node, axes: readonly number[]): Node {
  const [axis] = axes;
  if (axis === undefined) return x;
  if (axes.length === 1) return logsumexpNode(x, axis);
  // Several axes, as the last one of a reordered copy.
  const kept = range(x.shape.length).filter((i) => !axes.includes(i));
  const shape = kept.map((i) => x.shape[i] as number);
  const order = [...kept, ...axes];
  const last = order.every((i, k) => i === k) ? x : permuteNode(x, order);
  const merged = reshapeNode(last, [...shape, countOver(x, axes)]);
  return logsumexpNode(merged, shape.length);
}

/** Two passes: the mean, then the squares of what differs from it. Not a number where the denominator is not positive. */
const varianceOver = (
  x: Node,
  axes: readonly number[],
  correction: number,
): Node => {
  const count = Math.max(0, countOver(x, axes) - correction);
  return meanSquare(centeredOver(x, axes), axes, count);
};

/**
 * y = sum (x - mean)^2 / (n - correction), in two passes. PyTorch: torch.var.
 *
 * @example const y = variance(x, -1, { correction: 0 });
 */
export function variance<
  S extends Shape,
  const X extends Axes = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axis?: Guard<X, ReduceError<"variance", S, X>>,
  options?: VarianceOptions<K>,
): Tensor<ReduceShape<S, X, K>> {
  const { correction = 1 } = options ?? {};
  checkSetting("variance", "correction", correction, "finite");
  return value("variance", options, () =>
    reduced("variance", x, axis, options?.keepdims, (v, axes) =>
      varianceOver(v, axes, correction),
    ),
  );
}

/**
 * y = sqrt(variance(x)); its gradient is 0 where all entries are equal. PyTorch: torch.std.
 *
 * @example const y = std(x);
 */
export function std<
  S extends Shape,
  const X extends Axes = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axis?: Guard<X, ReduceError<"std", S, X>>,
  options?: VarianceOptions<K>,
): Tensor<ReduceShape<S, X, K>> {
  const { correction = 1 } = options ?? {};
  checkSetting("std", "correction", correction, "finite");
  return value("std", options, () =>
    reduced("std", x, axis, options?.keepdims, (v, axes) =>
      rootOf(varianceOver(v, axes, correction), 2),
    ),
  );
}

/**
 * The p-norm y = (sum |x|^p)^(1/p), for p = Infinity the largest |x|. Its gradient is 0 where all entries are 0. PyTorch:
 * torch.linalg.vector_norm.
 *
 * @throws CompileTimeError where p is below 1.
 * @example const length = norm(x, -1);
 */
export function norm<
  S extends Shape,
  const X extends Axes = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axis?: Guard<X, ReduceError<"norm", S, X>>,
  options?: NormOptions<K>,
): Tensor<ReduceShape<S, X, K>> {
  const { p = 2 } = options ?? {};
  checkSetting("norm", "p", p, "order");
  return value("norm", options, () =>
    reduced("norm", x, axis, options?.keepdims, (v, axes) =>
      normOver(v, axes, p),
    ),
  );
}
