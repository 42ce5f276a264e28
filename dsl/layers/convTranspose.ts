import type {
  Channels,
  GroupsError,
  Guard,
  NaturalEachError,
  OutputPaddingError,
  PerAxis,
  PositiveEachError,
  PositiveError,
  Shape,
  Spatial,
  SpatialError,
  TransposedInputError,
  TransposedPaddingError,
  TransposedShape,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import type { AffineOptions } from "./affine.js";
import { ownLayer, sharedLayer, transposed } from "./convLayer.js";

/** Options of a transposed convolution; the settings are one number, or a list of one for each axis. */
export interface ConvTransposeOptions<
  Stride = PerAxis,
  P = PerAxis,
  More = PerAxis,
  D = PerAxis,
  G = number,
> extends AffineOptions {
  /** How far apart the places of the kernel are on the output; 1 by default. */
  readonly stride?: Stride;
  /** Entries that are cut off on both sides of the output; 0 by default. */
  readonly padding?: P;
  /** Entries that the end of the output has more, smaller than the stride or the dilation; 0 by default. */
  readonly outputPadding?: More;
  /** How far apart the entries are that the kernel writes; 1 by default. */
  readonly dilation?: D;
  /** Parts of the channels that do not meet; 1 by default. */
  readonly groups?: G;
}

/**
 * y[o][j] = b[o] + sum over c, i, k with j = stride i + dilation k - padding of w[c][o][k] x[c][i], with parameters of
 * its own: weight w [in, out / groups, kernel] and bias b [out]. x is [C, L], or [..., C, L] with axes that are kept.
 * PyTorch: nn.ConvTranspose1d.
 *
 * @throws ShapeError where the padding leaves nothing or the groups do not divide the channels.
 * @example const y = convTranspose1d(signal, 2, 2, { stride: 2 });
 */
export function convTranspose1d<
  S extends Shape,
  const O extends number,
  const K extends PerAxis,
  const Stride extends PerAxis = 1,
  const P extends PerAxis = 0,
  const More extends PerAxis = 0,
  const D extends PerAxis = 1,
  const G extends number = 1,
>(
  x: Guard<Tensor<S>, SpatialError<"convTranspose1d", 1, S>>,
  outChannels: Guard<O, PositiveError<"convTranspose1d", "outChannels", O>>,
  kernel: Guard<K, PositiveEachError<"convTranspose1d", "kernel", 1, K>>,
  options?: ConvTransposeOptions<
    Guard<Stride, PositiveEachError<"convTranspose1d", "stride", 1, Stride>>,
    Guard<
      P,
      TransposedPaddingError<
        "convTranspose1d",
        1,
        S,
        O,
        K,
        Stride,
        P,
        More,
        D,
        G
      >
    >,
    Guard<More, OutputPaddingError<"convTranspose1d", 1, Stride, More, D>>,
    Guard<D, PositiveEachError<"convTranspose1d", "dilation", 1, D>>,
    Guard<G, GroupsError<"convTranspose1d", Channels<1, S>, O, G>>
  >,
): Tensor<TransposedShape<1, S, O, K, Stride, P, More, D>> {
  return asTensor(
    ownLayer(transposed, "convTranspose1d", 1, x, outChannels, kernel, options),
  );
}

/**
 * y[o][h][v] = b[o] + sum over c, i, j, k, l with h = stride i + dilation k - padding and v = stride j + dilation l -
 * padding of w[c][o][k][l] x[c][i][j], with parameters of its own: weight w [in, out / groups, kernel, kernel] and
 * bias b [out]. x is [C, H, W], or [..., C, H, W] with axes that are kept. PyTorch: nn.ConvTranspose2d.
 *
 * @throws ShapeError where the padding leaves nothing or the groups do not divide the channels.
 * @example const y = convTranspose2d(image, 2, 2, { stride: 2 });
 */
export function convTranspose2d<
  S extends Shape,
  const O extends number,
  const K extends PerAxis,
  const Stride extends PerAxis = 1,
  const P extends PerAxis = 0,
  const More extends PerAxis = 0,
  const D extends PerAxis = 1,
  const G extends number = 1,
>(
  x: Guard<Tensor<S>, SpatialError<"convTranspose2d", 2, S>>,
  outChannels: Guard<O, PositiveError<"convTranspose2d", "outChannels", O>>,
  kernel: Guard<K, PositiveEachError<"convTranspose2d", "kernel", 2, K>>,
  options?: ConvTransposeOptions<
    Guard<Stride, PositiveEachError<"convTranspose2d", "stride", 2, Stride>>,
    Guard<
      P,
      TransposedPaddingError<
        "convTranspose2d",
        2,
        S,
        O,
        K,
        Stride,
        P,
        More,
        D,
        G
      >
    >,
    Guard<More, OutputPaddingError<"convTranspose2d", 2, Stride, More, D>>,
    Guard<D, PositiveEachError<"convTranspose2d", "dilation", 2, D>>,
    Guard<G, GroupsError<"convTranspose2d", Channels<2, S>, O, G>>
  >,
): Tensor<TransposedShape<2, S, O, K, Stride, P, More, D>> {
  return asTensor(
    ownLayer(transposed, "convTranspose2d", 2, x, outChannels, kernel, options),
  );
}

/** A transposed convolution that can be used many times with the same parameters. */
export interface SharedConvTranspose<
  Op extends string,
  N extends Spatial,
  C extends number,
  O extends number,
  K,
  Stride,
  P,
  More,
  D,
> {
  <S extends Shape>(
    x: Guard<
      Tensor<S>,
      TransposedInputError<Op, N, S, C, K, Stride, P, More, D>
    >,
    options?: { readonly name?: string; readonly symbols?: string },
  ): Tensor<TransposedShape<N, S, O, K, Stride, P, More, D>>;
  /** [in, out / groups, ...kernel]. */
  readonly weight: Tensor;
  /** [out]; undefined where the layer has no bias. */
  readonly bias: Tensor<[O]> | undefined;
}

/**
 * y[o][j] = b[o] + sum over c, i, k with j = stride i + dilation k - padding of w[c][o][k] x[c][i]: `convTranspose1d`
 * as a function, which can be called many times with the same parameters. PyTorch: nn.ConvTranspose1d.
 *
 * @throws ShapeError where the groups do not divide the channels.
 * @example const grow = sharedConvTranspose1d(4, 4, 2, { stride: 2 }); const twice = grow(grow(signal));
 */
export function sharedConvTranspose1d<
  const C extends number,
  const O extends number,
  const K extends PerAxis,
  const Stride extends PerAxis = 1,
  const P extends PerAxis = 0,
  const More extends PerAxis = 0,
  const D extends PerAxis = 1,
  const G extends number = 1,
>(
  inChannels: Guard<C, PositiveError<"convTranspose1d", "inChannels", C>>,
  outChannels: Guard<O, PositiveError<"convTranspose1d", "outChannels", O>>,
  kernel: Guard<K, PositiveEachError<"convTranspose1d", "kernel", 1, K>>,
  options?: ConvTransposeOptions<
    Guard<Stride, PositiveEachError<"convTranspose1d", "stride", 1, Stride>>,
    Guard<P, NaturalEachError<"convTranspose1d", "padding", 1, P>>,
    Guard<More, OutputPaddingError<"convTranspose1d", 1, Stride, More, D>>,
    Guard<D, PositiveEachError<"convTranspose1d", "dilation", 1, D>>,
    Guard<G, GroupsError<"convTranspose1d", C, O, G>>
  >,
): SharedConvTranspose<"convTranspose1d", 1, C, O, K, Stride, P, More, D> {
  return sharedLayer(
    transposed,
    "convTranspose1d",
    1,
    inChannels,
    outChannels,
    kernel,
    options,
  ) as SharedConvTranspose<"convTranspose1d", 1, C, O, K, Stride, P, More, D>;
}

/**
 * y[o][h][v] = b[o] + sum over c, i, j, k, l with h = stride i + dilation k - padding and v = stride j + dilation l -
 * padding of w[c][o][k][l] x[c][i][j]: `convTranspose2d` as a function, which can be called many times with the same
 * parameters. PyTorch: nn.ConvTranspose2d.
 *
 * @throws ShapeError where the groups do not divide the channels.
 * @example const grow = sharedConvTranspose2d(4, 4, 2, { stride: 2 }); const twice = grow(grow(image));
 */
export function sharedConvTranspose2d<
  const C extends number,
  const O extends number,
  const K extends PerAxis,
  const Stride extends PerAxis = 1,
  const P extends PerAxis = 0,
  const More extends PerAxis = 0,
  const D extends PerAxis = 1,
  const G extends number = 1,
>(
  inChannels: Guard<C, PositiveError<"convTranspose2d", "inChannels", C>>,
  outChannels: Guard<O, PositiveError<"convTranspose2d", "outChannels", O>>,
  kernel: Guard<K, PositiveEachError<"convTranspose2d", "kernel", 2, K>>,
  options?: ConvTransposeOptions<
    Guard<Stride, PositiveEachError<"convTranspose2d", "stride", 2, Stride>>,
    Guard<P, NaturalEachError<"convTranspose2d", "padding", 2, P>>,
    Guard<More, OutputPaddingError<"convTranspose2d", 2, Stride, More, D>>,
    Guard<D, PositiveEachError<"convTranspose2d", "dilation", 2, D>>,
    Guard<G, GroupsError<"convTranspose2d", C, O, G>>
  >,
): SharedConvTranspose<"convTranspose2d", 2, C, O, K, Stride, P, More, D> {
  return sharedLayer(
    transposed,
    "convTranspose2d",
    2,
    inChannels,
    outChannels,
    kernel,
    options,
  ) as SharedConvTranspose<"convTranspose2d", 2, C, O, K, Stride, P, More, D>;
}
