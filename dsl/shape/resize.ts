/** Pooling to a size, up-sampling, and channels that become places. */
import type { Divide, Multiply, Remainder } from "./digits.js";
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type { PositiveError, Shape } from "./shape.js";
import { checkDims, checkMinimumRank, checkPositive } from "./shape.js";
import type {
  Along,
  Channels,
  FirstWrong,
  Lengths,
  Spatial,
  SpatialError,
  WithChannels,
  WithLengths,
} from "./windows.js";

/** The shape with given lengths of the last axes. */
export type SizedShape<N extends Spatial, S extends Shape, Size> = WithLengths<
  N,
  S,
  N extends 1 ? [Along<Size, "0">] : [Along<Size, "0">, Along<Size, "1">]
>;

/** The shape with the last axes `Scale` times as long, rounded down. */
export type ScaledShape<
  N extends Spatial,
  S extends Shape,
  Scale,
> = WithLengths<N, S, ScaledLengths<Lengths<N, S>, Scale>>;
type ScaledLengths<L extends Shape, Scale> = L extends readonly [
  infer H extends number,
  infer W extends number,
]
  ? [Times<H, Along<Scale, "0">>, Times<W, Along<Scale, "1">>]
  : L extends readonly [infer W extends number]
    ? [Times<W, Along<Scale, "0">>]
    : number[];
/** A scale that is no integer is left to the graph. */
type Times<L extends number, Scale extends number> = [
  FirstWrong<
    Scale,
    `${string}.${string}` | `${string}e-${string}` | `-${string}`
  >,
] extends [never]
  ? Multiply<L, Scale>
  : number;

/** The message for the channels of a pixel shuffle. */
export type PixelShuffleError<S extends Shape, R extends number> = [
  PositiveError<"pixelShuffle", "factor", R>,
] extends [never]
  ? SquareError<S, Channels<2, S>, R>
  : PositiveError<"pixelShuffle", "factor", R>;
type SquareError<
  S extends Shape,
  C extends number,
  R extends number,
> = number extends C | R
  ? never
  : Remainder<C, Multiply<R, R>> extends 0
    ? never
    : Message<"pixelShuffle", [C, R, R, Show<S>]>;

/** The shape of a pixel shuffle: [..., C, H, W] becomes [..., C / R^2, R H, R W]. */
export type PixelShuffleShape<S extends Shape, R extends number> = [
  SpatialError<"pixelShuffle", 2, S> | PixelShuffleError<S, R>,
] extends [never]
  ? WithChannels<
      2,
      S,
      Divide<Channels<2, S>, Multiply<R, R>>,
      ScaledLengths<Lengths<2, S>, R>
    >
  : number[];

/** The shape of a pixel shuffle; throws unless the channels are a multiple of the factor's square. */
export function pixelShuffleShape(shape: Shape, factor: number): number[] {
  checkMinimumRank("pixelShuffle", shape, 3);
  checkPositive("pixelShuffle", "factor", factor);
  const [c, h, w] = shape.slice(-3) as [number, number, number];
  if (c % factor ** 2 !== 0)
    failShape("pixelShuffle", c, factor, factor, shape);
  const lead = shape.slice(0, -3);
  return checkDims([...lead, c / factor ** 2, h * factor, w * factor]);
}
