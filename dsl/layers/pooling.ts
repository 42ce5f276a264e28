import type { Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { checkFlags } from "../settings.js";
import {
  pooling,
  type Guard,
  type PerAxis,
  type Pooling,
  type PoolKernelError,
  type PoolPaddingError,
  type PoolSettings,
  type PoolShape,
  type PositiveEachError,
  type Shape,
  type Spatial,
  type SpatialError,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { average, largest } from "./poolNodes.js";

/** Options of all pooling; the settings are one number, or a list of one for each axis. */
interface PoolOptions<Stride, P, Ceil> extends NameOptions {
  /** How far a window is from the next; by default the kernel, so that windows do not overlap. */
  readonly stride?: Stride;
  /** Entries added on both sides, which no window is all of; 0 by default. */
  readonly padding?: P;
  /** True rounds the number of windows up, so that the last one may reach over the end; false by default. */
  readonly ceilMode?: Ceil;
}

export interface MaxPoolOptions<
  Stride = PerAxis,
  P = PerAxis,
  D = PerAxis,
  Ceil = boolean,
> extends PoolOptions<Stride, P, Ceil> {
  /** How far apart the entries of a window are; 1 by default. */
  readonly dilation?: D;
}

export interface AvgPoolOptions<
  Stride = PerAxis,
  P = PerAxis,
  Ceil = boolean,
> extends PoolOptions<Stride, P, Ceil> {
  /** False divides by the number of entries that are not padding; true by default. */
  readonly countIncludePad?: boolean;
}

/**
 * y[c][i] = max over k of x[c][stride i + dilation k - padding]. Padding is minus infinity; of equal entries the first
 * one has the gradient. PyTorch: nn.MaxPool1d.
 *
 * @throws ShapeError where the window is larger than the padded input.
 * @example const h = maxPool1d(signal, 2);
 */
export function maxPool1d<
  S extends Shape,
  const K extends PerAxis,
  const Stride extends PerAxis = K,
  const P extends PerAxis = 0,
  const D extends PerAxis = 1,
  const Ceil extends boolean = false,
>(
  x: Guard<Tensor<S>, SpatialError<"maxPool1d", 1, S>>,
  kernel: Guard<K, PoolKernelError<"maxPool1d", 1, S, K, Stride, P, D>>,
  options?: MaxPoolOptions<
    Guard<Stride, PositiveEachError<"maxPool1d", "stride", 1, Stride>>,
    Guard<P, PoolPaddingError<"maxPool1d", 1, K, P, D>>,
    Guard<D, PositiveEachError<"maxPool1d", "dilation", 1, D>>,
    Ceil
  >,
): Tensor<PoolShape<1, S, K, Stride, P, D, Ceil>> {
  return pooled("maxPool1d", 1, x, kernel, options, largest);
}

/**
 * y[c][i][j] = max over k, l of x[c][stride i + dilation k - padding][stride j + dilation l - padding]. Padding is minus
 * infinity; of equal entries the first one, row by row, has the gradient. PyTorch: nn.MaxPool2d.
 *
 * @throws ShapeError where the window is larger than the padded input.
 * @example const h = maxPool2d(image, 3, { stride: 2, padding: 1 });
 */
export function maxPool2d<
  S extends Shape,
  const K extends PerAxis,
  const Stride extends PerAxis = K,
  const P extends PerAxis = 0,
  const D extends PerAxis = 1,
  const Ceil extends boolean = false,
>(
  x: Guard<Tensor<S>, SpatialError<"maxPool2d", 2, S>>,
  kernel: Guard<K, PoolKernelError<"maxPool2d", 2, S, K, Stride, P, D>>,
  options?: MaxPoolOptions<
    Guard<Stride, PositiveEachError<"maxPool2d", "stride", 2, Stride>>,
    Guard<P, PoolPaddingError<"maxPool2d", 2, K, P, D>>,
    Guard<D, PositiveEachError<"maxPool2d", "dilation", 2, D>>,
    Ceil
  >,
): Tensor<PoolShape<2, S, K, Stride, P, D, Ceil>> {
  return pooled("maxPool2d", 2, x, kernel, options, largest);
}

/**
 * y[c][i] = mean over k of x[c][stride i + k - padding], where padding is 0. PyTorch: nn.AvgPool1d.
 *
 * @throws ShapeError where the window is larger than the padded input.
 * @example const h = avgPool1d(signal, 2);
 */
export function avgPool1d<
  S extends Shape,
  const K extends PerAxis,
  const Stride extends PerAxis = K,
  const P extends PerAxis = 0,
  const Ceil extends boolean = false,
>(
  x: Guard<Tensor<S>, SpatialError<"avgPool1d", 1, S>>,
  kernel: Guard<K, PoolKernelError<"avgPool1d", 1, S, K, Stride, P, 1>>,
  options?: AvgPoolOptions<
    Guard<Stride, PositiveEachError<"avgPool1d", "stride", 1, Stride>>,
    Guard<P, PoolPaddingError<"avgPool1d", 1, K, P, 1>>,
    Ceil
  >,
): Tensor<PoolShape<1, S, K, Stride, P, 1, Ceil>> {
  return pooled("avgPool1d", 1, x, kernel, options, mean);
}

/**
 * y[c][i][j] = mean over k, l of x[c][stride i + k - padding][stride j + l - padding], where padding is 0. PyTorch:
 * nn.AvgPool2d.
 *
 * @throws ShapeError where the window is larger than the padded input.
 * @example const h = avgPool2d(image, 2);
 */
export function avgPool2d<
  S extends Shape,
  const K extends PerAxis,
  const Stride extends PerAxis = K,
  const P extends PerAxis = 0,
  const Ceil extends boolean = false,
>(
  x: Guard<Tensor<S>, SpatialError<"avgPool2d", 2, S>>,
  kernel: Guard<K, PoolKernelError<"avgPool2d", 2, S, K, Stride, P, 1>>,
  options?: AvgPoolOptions<
    Guard<Stride, PositiveEachError<"avgPool2d", "stride", 2, Stride>>,
    Guard<P, PoolPaddingError<"avgPool2d", 2, K, P, 1>>,
    Ceil
  >,
): Tensor<PoolShape<2, S, K, Stride, P, 1, Ceil>> {
  return pooled("avgPool2d", 2, x, kernel, options, mean);
}

type Settings = PoolSettings & Pick<AvgPoolOptions, "countIncludePad">;

/** The mean that the options ask for. */
const mean = (x: Node, windows: Pooling, settings: Settings): Node =>
  average(x, windows, settings.countIncludePad ?? true);

/** The public functions; their types have shown what is left open here. */
function pooled<S extends Shape>(
  op: string,
  spatial: Spatial,
  x: unknown,
  kernel: unknown,
  options: unknown = {},
  build: (x: Node, windows: Pooling, settings: Settings) => Node,
): Tensor<S> {
  const given = options as Settings & NameOptions;
  const { ceilMode, countIncludePad } = given;
  checkFlags(op, { ceilMode, countIncludePad });
  return value(op, given, () => {
    const node = numbers(op, x);
    const windows = pooling(op, spatial, node.shape, kernel as PerAxis, given);
    return build(node, windows, given);
  });
}
