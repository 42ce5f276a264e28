import { range, type Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { countOver, meanOver } from "../ops/statistics.js";
import { concatNode, reshapeNode, sliceNode } from "../primitives/movement.js";
import { reduceNode } from "../primitives/reduce.js";
import { constant, div } from "../primitives/scalar.js";
import {
  checkSpatial,
  positiveEach,
  type Guard,
  type Movement,
  type PerAxis,
  type PositiveEachError,
  type Shape,
  type SizedShape,
  type Spatial,
  type SpatialError,
  type WithLengths,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { average, largest } from "./poolNodes.js";

/**
 * y[c][i] = mean of x[c][k] over floor(i L / O) <= k < ceil((i + 1) L / O): as many windows as `outputSize` says.
 * PyTorch: nn.AdaptiveAvgPool1d.
 *
 * @throws ShapeError where the size is no positive integer.
 * @example const y = adaptiveAvgPool1d(signal, 8);
 */
export function adaptiveAvgPool1d<S extends Shape, const Z extends PerAxis>(
  x: Guard<Tensor<S>, SpatialError<"adaptiveAvgPool1d", 1, S>>,
  outputSize: Guard<
    Z,
    PositiveEachError<"adaptiveAvgPool1d", "outputSize", 1, Z>
  >,
  options?: NameOptions,
): Tensor<SizedShape<1, S, Z>> {
  return adaptive("adaptiveAvgPool1d", 1, x, outputSize, options, averageOf);
}

/**
 * y[c][i][j] = mean of x[c][k][l] over floor(i H / O) <= k < ceil((i + 1) H / O), and l likewise: as many windows as
 * `outputSize` says. PyTorch: nn.AdaptiveAvgPool2d.
 *
 * @throws ShapeError where the size is no positive integer.
 * @example const y = adaptiveAvgPool2d(image, [4, 3]);
 */
export function adaptiveAvgPool2d<S extends Shape, const Z extends PerAxis>(
  x: Guard<Tensor<S>, SpatialError<"adaptiveAvgPool2d", 2, S>>,
  outputSize: Guard<
    Z,
    PositiveEachError<"adaptiveAvgPool2d", "outputSize", 2, Z>
  >,
  options?: NameOptions,
): Tensor<SizedShape<2, S, Z>> {
  return adaptive("adaptiveAvgPool2d", 2, x, outputSize, options, averageOf);
}

/**
 * y[c][i] = max of x[c][k] over floor(i L / O) <= k < ceil((i + 1) L / O): as many windows as `outputSize` says; of
 * equal entries the first one has the gradient. PyTorch: nn.AdaptiveMaxPool1d.
 *
 * @throws ShapeError where the size is no positive integer.
 * @example const y = adaptiveMaxPool1d(signal, 8);
 */
export function adaptiveMaxPool1d<S extends Shape, const Z extends PerAxis>(
  x: Guard<Tensor<S>, SpatialError<"adaptiveMaxPool1d", 1, S>>,
  outputSize: Guard<
    Z,
    PositiveEachError<"adaptiveMaxPool1d", "outputSize", 1, Z>
  >,
  options?: NameOptions,
): Tensor<SizedShape<1, S, Z>> {
  return adaptive("adaptiveMaxPool1d", 1, x, outputSize, options, largestOf);
}

/**
 * y[c][i][j] = max of x[c][k][l] over floor(i H / O) <= k < ceil((i + 1) H / O), and l likewise: as many windows as
 * `outputSize` says; of equal entries the first one has the gradient. PyTorch: nn.AdaptiveMaxPool2d.
 *
 * @throws ShapeError where the size is no positive integer.
 * @example const y = adaptiveMaxPool2d(image, [4, 3]);
 */
export function adaptiveMaxPool2d<S extends Shape, const Z extends PerAxis>(
  x: Guard<Tensor<S>, SpatialError<"adaptiveMaxPool2d", 2, S>>,
  outputSize: Guard<
    Z,
    PositiveEachError<"adaptiveMaxPool2d", "outputSize", 2, Z>
  >,
  options?: NameOptions,
): Tensor<SizedShape<2, S, Z>> {
  return adaptive("adaptiveMaxPool2d", 2, x, outputSize, options, largestOf);
}

/**
 * y[c] = mean over i of x[c][i]: the last axis disappears. PyTorch: nn.AdaptiveAvgPool1d(1), flattened.
 *
 * @example const y = globalAvgPool1d(signal);
 */
export function globalAvgPool1d<S extends Shape>(
  x: Guard<Tensor<S>, SpatialError<"globalAvgPool1d", 1, S>>,
  options?: NameOptions,
): Tensor<WithLengths<1, S, []>> {
  return value("globalAvgPool1d", options, () => {
    const node = numbers("globalAvgPool1d", x);
    checkSpatial("globalAvgPool1d", 1, node.shape);
    const rank = node.shape.length;
    return meanOver(
      node,
      range(1).map((i) => rank - 1 + i),
    );
  });
}

/**
 * y[c] = mean over i, j of x[c][i][j]: the last two axes disappear. PyTorch: nn.AdaptiveAvgPool2d(1), flattened.
 *
 * @example const y = globalAvgPool2d(image);
 */
export function globalAvgPool2d<S extends Shape>(
  x: Guard<Tensor<S>, SpatialError<"globalAvgPool2d", 2, S>>,
  options?: NameOptions,
): Tensor<WithLengths<2, S, []>> {
  return value("globalAvgPool2d", options, () => {
    const node = numbers("globalAvgPool2d", x);
    checkSpatial("globalAvgPool2d", 2, node.shape);
    const rank = node.shape.length;
    return meanOver(
      node,
      range(2).map((i) => rank - 2 + i),
    );
  });
}

/** How windows are reduced: all at once where they tile, or those of one axis after the other. */
interface Reduction {
  readonly tiles: typeof average | typeof largest;
  readonly window: (x: Node, axis: number) => Node;
}

const averageOf: Reduction = {
  tiles: average,
  window: (x, axis) =>
    div(reduceNode("sum", x, [axis]), constant(countOver(x, [axis]))),
};

// Along the last axis first: of equal entries the first row's wins, and in it the first one.
const largestOf: Reduction = {
  tiles: largest,
  window: (x, axis) => reduceNode("max", x, [axis], false, "first"),
};

function adaptive<S extends Shape>(
  op: string,
  spatial: Spatial,
  x: unknown,
  outputSize: unknown,
  options: NameOptions | undefined,
  reduction: Reduction,
): Tensor<S> {
  return value(op, options, () => {
    const node = numbers(op, x);
    checkSpatial(op, spatial, node.shape);
    const sizes = positiveEach(
      op,
      "outputSize",
      spatial,
      outputSize as PerAxis,
    );
    const first = node.shape.length - spatial;
    const lengths = node.shape.slice(first);
    const kernels = sizes.map((size, i) => (lengths[i] as number) / size);
    if (kernels.every(Number.isInteger)) {
      const moves = kernels.map((kernel): Movement => ({
        kernel,
        stride: kernel,
        dilation: 1,
        before: 0,
        after: 0,
      }));
      return reduction.tiles(node, { moves, lengths: sizes });
    }
    return sizes.reduceRight(
      (v: Node, size, i) => windowed(v, first + i, size, reduction),
      node,
    );
  });
}

/** The windows of one axis, which differ in length, one after the other. */
function windowed(
  x: Node,
  axis: number,
  size: number,
  reduction: Reduction,
): Node {
  const n = x.shape[axis] as number;
  const one = x.shape.map((d, i) => (i === axis ? 1 : d));
  const parts = range(size).map((i) => {
    const start = Math.floor((i * n) / size);
    const end = Math.ceil(((i + 1) * n) / size);
    const part = sliceNode(x, axis, start, end - start);
    return reshapeNode(reduction.window(part, axis), one);
  });
  return concatNode(parts, axis);
}
