/** Convolutions with a weight that is a value of the graph. */
import type {
  ChannelsError,
  GroupsError,
  PaddingError,
} from "./convolution.js";
import type { Multiply } from "./digits.js";
import type { Message, Show } from "./messages.js";
import type { At, Dynamic, Shape } from "./shape.js";
import type {
  Channels,
  FitError,
  Lengths,
  PositiveEachError,
  Spatial,
} from "./windows.js";

/** The kernel of a weight [out, in / groups, ...kernel] or [in, out / groups, ...kernel]. */
export type KernelOf<N extends Spatial, W extends Shape> = N extends 1
  ? readonly [At<W, 2>]
  : readonly [At<W, 2>, At<W, 3>];

/** The message for a weight of another rank. */
type WeightRankError<Op extends string, N extends Spatial, W extends Shape> =
  Dynamic<W> extends true
    ? never
    : W["length"] extends (N extends 1 ? 3 : 4)
      ? never
      : Message<"weightRank", [Op, N extends 1 ? 3 : 4, W["length"], Show<W>]>;

/** The message for the weight [out, in / groups, ...kernel] of a convolution. */
export type ConvWeightError<
  Op extends string,
  N extends Spatial,
  S extends Shape,
  W extends Shape,
  Stride,
  P,
  D,
  G extends number,
> = [WeightRankError<Op, N, W>] extends [never]
  ? [GroupsError<Op, G, G, G>] extends [never]
    ? [ChannelsError<Op, S, Channels<N, S>, Multiply<At<W, 1>, G>>] extends [
        never,
      ]
      ? [
          | PositiveEachError<Op, "stride", N, Stride>
          | PaddingError<Op, N, P, Stride>
          | PositiveEachError<Op, "dilation", N, D>
          | GroupsError<Op, G, At<W, 0>, G>,
        ] extends [never]
        ? FitError<Op, S, Lengths<N, S>, KernelOf<N, W>, Stride, P, D>
        : never
      : ChannelsError<Op, S, Channels<N, S>, Multiply<At<W, 1>, G>>
    : never
  : WeightRankError<Op, N, W>;

/** The message for the weight [in, out / groups, ...kernel] of a transposed convolution. */
export type TransposedWeightError<
  Op extends string,
  N extends Spatial,
  S extends Shape,
  W extends Shape,
  G extends number,
> = [WeightRankError<Op, N, W>] extends [never]
  ? [GroupsError<Op, G, G, G>] extends [never]
    ? ChannelsError<Op, S, Channels<N, S>, At<W, 0>>
    : never
  : WeightRankError<Op, N, W>;
