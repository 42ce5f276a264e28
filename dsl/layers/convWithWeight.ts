import { value, type NameOptions } from "../naming.js";
import type {
  ArgumentError,
  At,
  Channels,
  ConvShape,
  ConvWeightError,
  GroupsError,
  Guard,
  KernelOf,
  OutputPaddingError,
  Padding,
  PaddingError,
  PerAxis,
  PositiveEachError,
  Product,
  Shape,
  SpatialError,
  TransposedPaddingError,
  TransposedShape,
  TransposedWeightError,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { correlation, transposed, withWeight } from "./convLayer.js";

/** Options of a convolution with a weight that is a value; the settings are one number, or one for each axis. */
export interface ConvolveOptions<
  B = Tensor,
  Stride = PerAxis,
  P = Padding,
  D = PerAxis,
  G = number,
> extends NameOptions {
  /** [out], added to every place of the result; none by default. */
  readonly bias?: B;
  /** How far the kernel moves from one place to the next; 1 by default. */
  readonly stride?: Stride;
  /** Zeros on both sides; "same" keeps the lengths, "valid" adds none. 0 by default. */
  readonly padding?: P;
  /** How far apart the entries are that the kernel reads; 1 by default. */
  readonly dilation?: D;
  /** Parts of the channels that do not meet; as many as channels is a depthwise convolution. 1 by default. */
  readonly groups?: G;
}

/** Options of a transposed convolution with a weight that is a value. */
export interface ConvolveTransposeOptions<
  B = Tensor,
  Stride = PerAxis,
  P = PerAxis,
  More = PerAxis,
  D = PerAxis,
  G = number,
> extends NameOptions {
  /** [out], added to every place of the result; none by default. */
  readonly bias?: B;
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
 * y[o][i] = sum over c, k of w[o][c][k] x[c][stride i + dilation k - padding], with a weight w [out, in / groups,
 * kernel] that is any value of the graph: an input, or what other layers use too. PyTorch: F.conv1d.
 *
 * @throws ShapeError where the weight does not go with x or the kernel is larger than the padded input.
 * @example const w = param("w", [2, 4, 3]); const y = convolve1d(signal, w, { padding: 1 });
 */
export function convolve1d<
  S extends Shape,
  W extends Shape,
  B extends Shape,
  const Stride extends PerAxis = 1,
  const P extends Padding = 0,
  const D extends PerAxis = 1,
  const G extends number = 1,
>(
  x: Guard<Tensor<S>, SpatialError<"convolve1d", 1, S>>,
  weight: Guard<
    Tensor<W>,
    ConvWeightError<"convolve1d", 1, S, W, Stride, P, D, G>
  >,
  options?: ConvolveOptions<
    Guard<Tensor<B>, ArgumentError<"convolve1d", "bias", [At<W, 0>], B>>,
    Guard<Stride, PositiveEachError<"convolve1d", "stride", 1, Stride>>,
    Guard<P, PaddingError<"convolve1d", 1, P, Stride>>,
    Guard<D, PositiveEachError<"convolve1d", "dilation", 1, D>>,
    Guard<G, GroupsError<"convolve1d", Channels<1, S>, At<W, 0>, G>>
  >,
): Tensor<ConvShape<1, S, At<W, 0>, KernelOf<1, W>, Stride, P, D>> {
  return value("convolve1d", options, () =>
    withWeight(correlation, "convolve1d", 1, x, weight, options),
  );
}

/**
 * y[o][i][j] = sum over c, k, l of w[o][c][k][l] x[c][stride i + dilation k - padding][stride j + dilation l -
 * padding], with a weight w [out, in / groups, kernel, kernel] that is any value of the graph: an input, or what other
 * layers use too. PyTorch: F.conv2d.
 *
 * @throws ShapeError where the weight does not go with x or the kernel is larger than the padded input.
 * @example const w = param("w", [2, 4, 3, 3]); const y = convolve2d(image, w, { padding: 1 });
 */
export function convolve2d<
  S extends Shape,
  W extends Shape,
  B extends Shape,
  const Stride extends PerAxis = 1,
  const P extends Padding = 0,
  const D extends PerAxis = 1,
  const G extends number = 1,
>(
  x: Guard<Tensor<S>, SpatialError<"convolve2d", 2, S>>,
  weight: Guard<
    Tensor<W>,
    ConvWeightError<"convolve2d", 2, S, W, Stride, P, D, G>
  >,
  options?: ConvolveOptions<
    Guard<Tensor<B>, ArgumentError<"convolve2d", "bias", [At<W, 0>], B>>,
    Guard<Stride, PositiveEachError<"convolve2d", "stride", 2, Stride>>,
    Guard<P, PaddingError<"convolve2d", 2, P, Stride>>,
    Guard<D, PositiveEachError<"convolve2d", "dilation", 2, D>>,
    Guard<G, GroupsError<"convolve2d", Channels<2, S>, At<W, 0>, G>>
  >,
): Tensor<ConvShape<2, S, At<W, 0>, KernelOf<2, W>, Stride, P, D>> {
  return value("convolve2d", options, () =>
    withWeight(correlation, "convolve2d", 2, x, weight, options),
  );
}

/**
 * y[o][j] = sum over c, i, k with j = stride i + dilation k - padding of w[c][o][k] x[c][i], with a weight w [in, out
 * / groups, kernel] that is any value of the graph: an input, or what other layers use too. PyTorch:
 * F.conv_transpose1d.
 *
 * @throws ShapeError where the weight does not go with x or the padding leaves nothing.
 * @example const w = param("w", [4, 2, 3]); const y = convolveTranspose1d(signal, w, { stride: 2 });
 */
export function convolveTranspose1d<
  S extends Shape,
  W extends Shape,
  B extends Shape,
  const Stride extends PerAxis = 1,
  const P extends PerAxis = 0,
  const More extends PerAxis = 0,
  const D extends PerAxis = 1,
  const G extends number = 1,
>(
  x: Guard<Tensor<S>, SpatialError<"convolveTranspose1d", 1, S>>,
  weight: Guard<
    Tensor<W>,
    TransposedWeightError<"convolveTranspose1d", 1, S, W, G>
  >,
  options?: ConvolveTransposeOptions<
    Guard<
      Tensor<B>,
      ArgumentError<"convolveTranspose1d", "bias", [Product<[At<W, 1>, G]>], B>
    >,
    Guard<
      Stride,
      PositiveEachError<"convolveTranspose1d", "stride", 1, Stride>
    >,
    Guard<
      P,
      TransposedPaddingError<
        "convolveTranspose1d",
        1,
        S,
        Product<[At<W, 1>, G]>,
        KernelOf<1, W>,
        Stride,
        P,
        More,
        D,
        G
      >
    >,
    Guard<More, OutputPaddingError<"convolveTranspose1d", 1, Stride, More, D>>,
    Guard<D, PositiveEachError<"convolveTranspose1d", "dilation", 1, D>>,
    Guard<
      G,
      GroupsError<
        "convolveTranspose1d",
        Channels<1, S>,
        Product<[At<W, 1>, G]>,
        G
      >
    >
  >,
): Tensor<
  TransposedShape<
    1,
    S,
    Product<[At<W, 1>, G]>,
    KernelOf<1, W>,
    Stride,
    P,
    More,
    D
  >
> {
  return value("convolveTranspose1d", options, () =>
    withWeight(transposed, "convolveTranspose1d", 1, x, weight, options),
  );
}

/**
 * y[o][h][v] = sum over c, i, j, k, l with h = stride i + dilation k - padding and v = stride j + dilation l - padding
 * of w[c][o][k][l] x[c][i][j], with a weight w [in, out / groups, kernel, kernel] that is any value of the graph: an
 * input, or what other layers use too. PyTorch: F.conv_transpose2d.
 *
 * @throws ShapeError where the weight does not go with x or the padding leaves nothing.
 * @example const w = param("w", [4, 2, 3, 3]); const y = convolveTranspose2d(image, w, { stride: 2 });
 */
export function convolveTranspose2d<
  S extends Shape,
  W extends Shape,
  B extends Shape,
  const Stride extends PerAxis = 1,
  const P extends PerAxis = 0,
  const More extends PerAxis = 0,
  const D extends PerAxis = 1,
  const G extends number = 1,
>(
  x: Guard<Tensor<S>, SpatialError<"convolveTranspose2d", 2, S>>,
  weight: Guard<
    Tensor<W>,
    TransposedWeightError<"convolveTranspose2d", 2, S, W, G>
  >,
  options?: ConvolveTransposeOptions<
    Guard<
      Tensor<B>,
      ArgumentError<"convolveTranspose2d", "bias", [Product<[At<W, 1>, G]>], B>
    >,
    Guard<
      Stride,
      PositiveEachError<"convolveTranspose2d", "stride", 2, Stride>
    >,
    Guard<
      P,
      TransposedPaddingError<
        "convolveTranspose2d",
        2,
        S,
        Product<[At<W, 1>, G]>,
        KernelOf<2, W>,
        Stride,
        P,
        More,
        D,
        G
      >
    >,
    Guard<More, OutputPaddingError<"convolveTranspose2d", 2, Stride, More, D>>,
    Guard<D, PositiveEachError<"convolveTranspose2d", "dilation", 2, D>>,
    Guard<
      G,
      GroupsError<
        "convolveTranspose2d",
        Channels<2, S>,
        Product<[At<W, 1>, G]>,
        G
      >
    >
  >,
): Tensor<
  TransposedShape<
    2,
    S,
    Product<[At<W, 1>, G]>,
    KernelOf<2, W>,
    Stride,
    P,
    More,
    D
  >
> {
  return value("convolveTranspose2d", options, () =>
    withWeight(transposed, "convolveTranspose2d", 2, x, weight, options),
  );
}
