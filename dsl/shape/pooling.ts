/** Pooling over the last one or two axes. */
import type { Add, Less, Multiply, Subtract } from "./digits.js";
import type { Message } from "./messages.js";
import { failShape } from "./messages.js";
import type { Shape } from "./shape.js";
import type {
  Along,
  FitError,
  Lengths,
  Movement,
  NaturalEachError,
  PerAxis,
  Places,
  PositiveEachError,
  Span,
  Spatial,
  WindowCounts,
  WithLengths,
} from "./windows.js";
import {
  checkFit,
  checkSpatial,
  naturalEach,
  positiveEach,
  spanOf,
  windowCount,
} from "./windows.js";

/** The shape of pooling: [..., C, H, W] becomes [..., C, H', W']. */
export type PoolShape<
  N extends Spatial,
  S extends Shape,
  K,
  Stride,
  P,
  D,
  Ceil extends boolean,
> = WithLengths<
  N,
  S,
  [Ceil] extends [false]
    ? WindowCounts<Lengths<N, S>, K, Stride, P, D>
    : CeilCounts<Lengths<N, S>, K, Stride, P, D, Ceil>
>;

type CeilCounts<L extends Shape, K, Stride, P, D, Ceil> = {
  -readonly [I in keyof L]: [Ceil] extends [true]
    ? CeilCount<
        Places<
          L[I],
          Along<K, I>,
          Along<Stride, I>,
          Along<P, I>,
          Along<D, I>,
          Subtract<Along<Stride, I>, 1>
        >,
        Along<Stride, I>,
        Add<L[I], Along<P, I>>
      >
    : number;
};

/** One place less where the last window would start in the padding at the end. */
type CeilCount<
  Count extends number,
  Stride extends number,
  End extends number,
> = Count extends 0 | -1
  ? number
  : Less<Multiply<Subtract<Count, 1>, Stride>, End> extends false
    ? Subtract<Count, 1>
    : Count;

/** The message for the kernel of a pooling: what is wrong with it, or, where all else is right, that it does not fit. */
export type PoolKernelError<
  Op extends string,
  N extends Spatial,
  S extends Shape,
  K,
  Stride,
  P,
  D,
> = [PositiveEachError<Op, "kernel", N, K>] extends [never]
  ? [
      | PositiveEachError<Op, "stride", N, Stride>
      | PositiveEachError<Op, "dilation", N, D>
      | PoolPaddingError<Op, N, K, P, D>,
    ] extends [never]
    ? FitError<Op, S, Lengths<N, S>, K, Stride, P, D>
    : never
  : PositiveEachError<Op, "kernel", N, K>;

/** The message for the padding of a pooling: half of the kernel at most, so that no window is all padding. */
export type PoolPaddingError<
  Op extends string,
  N extends Spatial,
  K,
  P,
  D,
> = P extends 0
  ? never
  : [NaturalEachError<Op, "padding", N, P>] extends [never]
    ? N extends 1
      ? HalfError<Op, Along<K, "0">, Along<P, "0">, Along<D, "0">>
      : [HalfError<Op, Along<K, "0">, Along<P, "0">, Along<D, "0">>] extends [
            never,
          ]
        ? HalfError<Op, Along<K, "1">, Along<P, "1">, Along<D, "1">>
        : HalfError<Op, Along<K, "0">, Along<P, "0">, Along<D, "0">>
    : NaturalEachError<Op, "padding", N, P>;
type HalfError<
  Op extends string,
  K extends number,
  P extends number,
  D extends number,
> =
  Less<Span<K, D>, Add<P, P>> extends true
    ? Message<"poolPadding", [Op, P, Span<K, D>]>
    : never;

/** What a pooling is called with; names as in PyTorch. */
export interface PoolSettings {
  readonly stride?: PerAxis | undefined;
  readonly padding?: PerAxis | undefined;
  readonly dilation?: PerAxis | undefined;
  readonly ceilMode?: boolean | undefined;
}

/** The movement of a pooling's window along each axis, and the lengths of the result. */
export interface Pooling {
  readonly moves: readonly Movement[];
  readonly lengths: readonly number[];
}

/** The windows of a pooling; throws where a setting is wrong or the window does not fit. */
export function pooling(
  op: string,
  spatial: Spatial,
  shape: Shape,
  kernel: PerAxis,
  settings: PoolSettings,
): Pooling {
  checkSpatial(op, spatial, shape);
  const { stride = kernel, padding = 0, dilation = 1 } = settings;
  const kernels = positiveEach(op, "kernel", spatial, kernel);
  const strides = positiveEach(op, "stride", spatial, stride);
  const paddings = naturalEach(op, "padding", spatial, padding);
  const dilations = positiveEach(op, "dilation", spatial, dilation);
  const moves = kernels.map((k, i): Movement => {
    const p = paddings[i] as number;
    const d = dilations[i] as number;
    if (2 * p > spanOf(k, d)) failShape("poolPadding", op, p, spanOf(k, d));
    return {
      kernel: k,
      stride: strides[i] as number,
      dilation: d,
      before: p,
      after: p,
    };
  });
  const lengths = shape.slice(-spatial);
  checkFit(op, shape, lengths, moves);
  return {
    moves,
    lengths: lengths.map((length, i) =>
      placesOf(length, moves[i] as Movement, settings.ceilMode ?? false),
    ),
  };
}

/** The number of windows; in ceil mode the last one may reach over the end, but not start beyond the input. */
function placesOf(length: number, m: Movement, ceilMode: boolean): number {
  const whole = windowCount(length, m);
  if (!ceilMode) return whole;
  const rounded = windowCount(length, { ...m, after: m.after + m.stride - 1 });
  return (rounded - 1) * m.stride >= length + m.before ? rounded - 1 : rounded;
}
