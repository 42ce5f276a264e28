import type {
  Channels,
  ConvInputError,
  ConvKernelError,
  ConvShape,
  GroupsError,
  Guard,
  Padding,
  PaddingError,
  PerAxis,
  PositiveEachError,
  PositiveError,
  Shape,
  Spatial,
  SpatialError,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import type { AffineOptions } from "./affine.js";
import { correlation, ownLayer, sharedLayer } from "./convLayer.js";

/** Options of a convolution; the settings are one number, or a list of one for each axis. */
export interface ConvOptions<
  Stride = PerAxis,
  P = Padding,
  D = PerAxis,
  G = number,
> extends AffineOptions {
  /** How far the kernel moves from one place to the next; 1 by default. */
  readonly stride?: Stride;
  /** Zeros on both sides; "same" keeps the lengths, "valid" adds none. 0 by default. */
  readonly padding?: P;
  /** How far apart the entries are that the kernel reads; 1 by default. */
  readonly dilation?: D;
  /** Parts of the channels that do not meet; as many as channels is a depthwise convolution. 1 by default. */
  readonly groups?: G;
}

/**
 * y[o][i] = b[o] + sum over c, k of w[o][c][k] x[c][stride i + dilation k - padding], with parameters of its own: weight
 * w [out, in / groups, kernel] and bias b [out]. x is [C, L], or [..., C, L] with axes that are kept. PyTorch: nn.Conv1d.
 *
 * @throws ShapeError where the kernel is larger than the padded input or the groups do not divide the channels.
 * @example const h = conv1d(signal, 8, 3, { padding: "same" });
 */
export function conv1d<
  S extends Shape,
  const O extends number,
  const K extends PerAxis,
  const Stride extends PerAxis = 1,
  const P extends Padding = 0,
  const D extends PerAxis = 1,
  const G extends number = 1,
>(
  x: Guard<Tensor<S>, SpatialError<"conv1d", 1, S>>,
  outChannels: Guard<O, PositiveError<"conv1d", "outChannels", O>>,
  kernel: Guard<K, ConvKernelError<"conv1d", 1, S, O, K, Stride, P, D, G>>,
  options?: ConvOptions<
    Guard<Stride, PositiveEachError<"conv1d", "stride", 1, Stride>>,
    Guard<P, PaddingError<"conv1d", 1, P, Stride>>,
    Guard<D, PositiveEachError<"conv1d", "dilation", 1, D>>,
    Guard<G, GroupsError<"conv1d", Channels<1, S>, O, G>>
  >,
): Tensor<ConvShape<1, S, O, K, Stride, P, D>> {
  return asTensor(
    ownLayer(correlation, "conv1d", 1, x, outChannels, kernel, options),
  );
}

/**
 * y[o][i][j] = b[o] + sum over c, k, l of w[o][c][k][l] x[c][stride i + dilation k - padding][stride j + dilation l -
 * padding], with parameters of its own: weight w [out, in / groups, kernel, kernel] and bias b [out]. x is [C, H, W], or
 * [..., C, H, W] with axes that are kept. PyTorch: nn.Conv2d.
 *
 * @throws ShapeError where the kernel is larger than the padded input or the groups do not divide the channels.
 * @example const h = conv2d(image, 16, 3, { padding: 1 });
 */
export function conv2d<
  S extends Shape,
  const O extends number,
  const K extends PerAxis,
  const Stride extends PerAxis = 1,
  const P extends Padding = 0,
  const D extends PerAxis = 1,
  const G extends number = 1,
>(
  x: Guard<Tensor<S>, SpatialError<"conv2d", 2, S>>,
  outChannels: Guard<O, PositiveError<"conv2d", "outChannels", O>>,
  kernel: Guard<K, ConvKernelError<"conv2d", 2, S, O, K, Stride, P, D, G>>,
  options?: ConvOptions<
    Guard<Stride, PositiveEachError<"conv2d", "stride", 2, Stride>>,
    Guard<P, PaddingError<"conv2d", 2, P, Stride>>,
    Guard<D, PositiveEachError<"conv2d", "dilation", 2, D>>,
    Guard<G, GroupsError<"conv2d", Channels<2, S>, O, G>>
  >,
): Tensor<ConvShape<2, S, O, K, Stride, P, D>> {
  return asTensor(
    ownLayer(correlation, "conv2d", 2, x, outChannels, kernel, options),
  );
}

/** A convolution that can be used many times with the same parameters. */
export interface SharedConv<
  Op extends "conv1d" | "conv2d",
  N extends Spatial,
  C extends number,
  O extends number,
  K,
  Stride,
  P,
  D,
> {
  <S extends Shape>(
    x: Guard<Tensor<S>, ConvInputError<Op, N, S, C, K, Stride, P, D>>,
    options?: { readonly name?: string; readonly symbols?: string },
  ): Tensor<ConvShape<N, S, O, K, Stride, P, D>>;
  /** [out, in / groups, ...kernel]. */
  readonly weight: Tensor;
  /** [out]; undefined where the layer has no bias. */
  readonly bias: Tensor<[O]> | undefined;
}

/**
 * y[o][i] = b[o] + sum over c, k of w[o][c][k] x[c][stride i + dilation k - padding]: `conv1d` as a function, which can
 * be called many times with the same parameters. PyTorch: nn.Conv1d.
 *
 * @throws ShapeError where the groups do not divide the channels.
 * @example const filter = sharedConv1d(4, 4, 3, { padding: 1 }); const once = filter(signal); const twice = filter(once);
 */
export function sharedConv1d<
  const C extends number,
  const O extends number,
  const K extends PerAxis,
  const Stride extends PerAxis = 1,
  const P extends Padding = 0,
  const D extends PerAxis = 1,
  const G extends number = 1,
>(
  inChannels: Guard<C, PositiveError<"conv1d", "inChannels", C>>,
  outChannels: Guard<O, PositiveError<"conv1d", "outChannels", O>>,
  kernel: Guard<K, PositiveEachError<"conv1d", "kernel", 1, K>>,
  options?: ConvOptions<
    Guard<Stride, PositiveEachError<"conv1d", "stride", 1, Stride>>,
    Guard<P, PaddingError<"conv1d", 1, P, Stride>>,
    Guard<D, PositiveEachError<"conv1d", "dilation", 1, D>>,
    Guard<G, GroupsError<"conv1d", C, O, G>>
  >,
): SharedConv<"conv1d", 1, C, O, K, Stride, P, D> {
  return sharedLayer(
    correlation,
    "conv1d",
    1,
    inChannels,
    outChannels,
    kernel,
    options,
  ) as SharedConv<"conv1d", 1, C, O, K, Stride, P, D>;
}

/**
 * y[o][i][j] = b[o] + sum over c, k, l of w[o][c][k][l] x[c][stride i + dilation k - padding][stride j + dilation l -
 * padding]: `conv2d` as a function, which can be called many times with the same parameters. PyTorch: nn.Conv2d.
 *
 * @throws ShapeError where the groups do not divide the channels.
 * @example const filter = sharedConv2d(4, 4, 3, { padding: 1 }); const once = filter(image); const twice = filter(once);
 */
export function sharedConv2d<
  const C extends number,
  const O extends number,
  const K extends PerAxis,
  const Stride extends PerAxis = 1,
  const P extends Padding = 0,
  const D extends PerAxis = 1,
  const G extends number = 1,
>(
  inChannels: Guard<C, PositiveError<"conv2d", "inChannels", C>>,
  outChannels: Guard<O, PositiveError<"conv2d", "outChannels", O>>,
  kernel: Guard<K, PositiveEachError<"conv2d", "kernel", 2, K>>,
  options?: ConvOptions<
    Guard<Stride, PositiveEachError<"conv2d", "stride", 2, Stride>>,
    Guard<P, PaddingError<"conv2d", 2, P, Stride>>,
    Guard<D, PositiveEachError<"conv2d", "dilation", 2, D>>,
    Guard<G, GroupsError<"conv2d", C, O, G>>
  >,
): SharedConv<"conv2d", 2, C, O, K, Stride, P, D> {
  return sharedLayer(
    correlation,
    "conv2d",
    2,
    inChannels,
    outChannels,
    kernel,
    options,
  ) as SharedConv<"conv2d", 2, C, O, K, Stride, P, D>;
}
