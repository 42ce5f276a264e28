/** Transposed convolutions over the last one or two axes. */
import type { Add, Less, Multiply, Subtract } from "./digits.js";
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type {
  ChannelsError,
  ConvSettings,
  Convolution,
  GroupsError,
} from "./convolution.js";
import { checkChannelsOf, checkGroups } from "./convolution.js";
import type { Shape } from "./shape.js";
import { checkPositive } from "./shape.js";
import type {
  Along,
  Channels,
  Lengths,
  Movement,
  NaturalEachError,
  PerAxis,
  PositiveEachError,
  Shifted,
  Span,
  Spatial,
  SpatialError,
  WithChannels,
} from "./windows.js";
import { naturalEach, positiveEach, spanOf } from "./windows.js";

/** The shape of a transposed convolution: [..., C, H, W] becomes [..., O, H', W']. */
export type TransposedShape<
  N extends Spatial,
  S extends Shape,
  O extends number,
  K,
  Stride,
  P,
  More,
  D,
> = WithChannels<
  N,
  S,
  O,
  TransposedLengths<Lengths<N, S>, K, Stride, P, More, D>
>;

/** The lengths after a transposed convolution; 0 or -1 where the padding takes all of it. */
type TransposedLengths<
  L extends Shape,
  K,
  Stride,
  P,
  More,
  D,
> = L extends readonly [infer H extends number, infer W extends number]
  ? [
      TransposedLength<H, K, Stride, P, More, D, "0">,
      TransposedLength<W, K, Stride, P, More, D, "1">,
    ]
  : L extends readonly [infer W extends number]
    ? [TransposedLength<W, K, Stride, P, More, D, "0">]
    : number[];
/** Stride (L - 1) + D (K - 1) + 1 + More - 2P. */
type TransposedLength<
  L extends number,
  K,
  Stride,
  P,
  More,
  D,
  I extends "0" | "1",
> = Shifted<
  Multiply<Subtract<L, 1>, Along<Stride, I>>,
  Add<Span<Along<K, I>, Along<D, I>>, Along<More, I>>,
  Add<Along<P, I>, Along<P, I>>
>;

/** The message for the padding of a transposed convolution: what is wrong with it, or that it leaves nothing. */
export type TransposedPaddingError<
  Op extends string,
  N extends Spatial,
  S extends Shape,
  O extends number,
  K,
  Stride,
  P,
  More,
  D,
  G extends number,
> = [NaturalEachError<Op, "padding", N, P>] extends [never]
  ? [
      | PositiveEachError<Op, "stride", N, Stride>
      | OutputPaddingError<Op, N, Stride, More, D>
      | PositiveEachError<Op, "dilation", N, D>
      | GroupsError<Op, Channels<N, S>, O, G>,
    ] extends [never]
    ? NothingError<Op, S, Lengths<N, S>, K, Stride, P, More, D>
    : never
  : NaturalEachError<Op, "padding", N, P>;
type NothingError<
  Op extends string,
  S extends Shape,
  L extends Shape,
  K,
  Stride,
  P,
  More,
  D,
> =
  TransposedLengths<L, K, Stride, P, More, D> extends infer Out extends Shape
    ? [Extract<Out[number], 0 | -1>] extends [never]
      ? never
      : Message<"nothingLeft", [Op, Show<S>]>
    : never;

/** The message for output padding, which is smaller than the stride or the dilation. */
export type OutputPaddingError<
  Op extends string,
  N extends Spatial,
  Stride,
  More,
  D,
> = More extends 0
  ? never
  : [NaturalEachError<Op, "outputPadding", N, More>] extends [never]
    ? [
        | PositiveEachError<Op, "stride", N, Stride>
        | PositiveEachError<Op, "dilation", N, D>,
      ] extends [never]
      ? N extends 1
        ? SmallerError<Op, Stride, More, D, "0">
        : [SmallerError<Op, Stride, More, D, "0">] extends [never]
          ? SmallerError<Op, Stride, More, D, "1">
          : SmallerError<Op, Stride, More, D, "0">
      : never
    : NaturalEachError<Op, "outputPadding", N, More>;
type SmallerError<
  Op extends string,
  Stride,
  More,
  D,
  I extends "0" | "1",
> = false extends
  Less<Along<More, I>, Along<Stride, I>> | Less<Along<More, I>, Along<D, I>>
  ? true extends
      Less<Along<More, I>, Along<Stride, I>> | Less<Along<More, I>, Along<D, I>>
    ? never
    : Message<
        "outputPadding",
        [Op, Along<More, I>, Along<Stride, I>, Along<D, I>]
      >
  : never;

/** The message for a value that a transposed convolution with given parameters cannot read. */
export type TransposedInputError<
  Op extends string,
  N extends Spatial,
  S extends Shape,
  C extends number,
  K,
  Stride,
  P,
  More,
  D,
> = [SpatialError<Op, N, S>] extends [never]
  ? [ChannelsError<Op, S, Channels<N, S>, C>] extends [never]
    ? NothingError<Op, S, Lengths<N, S>, K, Stride, P, More, D>
    : ChannelsError<Op, S, Channels<N, S>, C>
  : SpatialError<Op, N, S>;

/** What a transposed convolution is called with; names as in PyTorch. */
export interface TransposedSettings extends Omit<ConvSettings, "padding"> {
  readonly padding?: PerAxis | undefined;
  readonly outputPadding?: PerAxis | undefined;
}

/** The movement of a transposed convolution's kernel over its output; throws where a setting is wrong. */
export function transposedConvolution(
  op: string,
  spatial: Spatial,
  inChannels: number,
  outChannels: number,
  kernel: PerAxis,
  settings: TransposedSettings,
): Convolution {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = settings;
  const { outputPadding = 0 } = settings;
  checkPositive(op, "inChannels", inChannels);
  checkPositive(op, "outChannels", outChannels);
  const kernels = positiveEach(op, "kernel", spatial, kernel);
  const strides = positiveEach(op, "stride", spatial, stride);
  const paddings = naturalEach(op, "padding", spatial, padding);
  const more = naturalEach(op, "outputPadding", spatial, outputPadding);
  const dilations = positiveEach(op, "dilation", spatial, dilation);
  const moves = kernels.map((k, i): Movement => {
    const [s, p, d, m] = [strides, paddings, dilations, more].map(
      (list) => list[i],
    ) as [number, number, number, number];
    if (m >= s && m >= d) failShape("outputPadding", op, m, s, d);
    return { kernel: k, stride: s, dilation: d, before: p, after: p - m };
  });
  checkGroups(op, inChannels, outChannels, groups);
  return { op, spatial, inChannels, outChannels, groups, moves };
}

/** The lengths after a transposed convolution; throws where the input does not go with it. */
export function transposedLengths(shape: Shape, c: Convolution): number[] {
  const lengths = checkChannelsOf(shape, c);
  const out = lengths.map((length, i) => {
    const m = c.moves[i] as Movement;
    const whole = m.stride * (length - 1) + spanOf(m.kernel, m.dilation);
    return whole - m.before - m.after;
  });
  if (out.some((length) => length < 1)) failShape("nothingLeft", c.op, shape);
  return out;
}
