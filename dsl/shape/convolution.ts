/** Convolutions over the last one or two axes, and their transposes. */
import type { Remainder } from "./digits.js";
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type { PositiveError, Shape } from "./shape.js";
import { checkPositive } from "./shape.js";
import type {
  Channels,
  FitError,
  Lengths,
  Movement,
  NaturalEachError,
  Padding,
  PerAxis,
  PositiveEachError,
  Spatial,
  SpatialError,
  WindowCounts,
  WithChannels,
} from "./windows.js";
import {
  checkFit,
  checkSpatial,
  naturalEach,
  positiveEach,
  spanOf,
  windowCount,
} from "./windows.js";

/** The shape of a convolution: [..., C, H, W] becomes [..., O, H', W']. */
export type ConvShape<
  N extends Spatial,
  S extends Shape,
  O extends number,
  K,
  Stride,
  P,
  D,
> = WithChannels<N, S, O, WindowCounts<Lengths<N, S>, K, Stride, P, D>>;

/** The message for the kernel of a convolution: what is wrong with it, or, where all else is right, that it does not fit. */
export type ConvKernelError<
  Op extends string,
  N extends Spatial,
  S extends Shape,
  O extends number,
  K,
  Stride,
  P,
  D,
  G extends number,
> = [PositiveEachError<Op, "kernel", N, K>] extends [never]
  ? [
      | PositiveEachError<Op, "stride", N, Stride>
      | PaddingError<Op, N, P, Stride>
      | PositiveEachError<Op, "dilation", N, D>
      | GroupsError<Op, Channels<N, S>, O, G>,
    ] extends [never]
    ? FitError<Op, S, Lengths<N, S>, K, Stride, P, D>
    : never
  : PositiveEachError<Op, "kernel", N, K>;

/** The message for the padding of a convolution. */
export type PaddingError<
  Op extends string,
  N extends Spatial,
  P,
  Stride,
> = P extends "valid"
  ? never
  : P extends "same"
    ? SameError<Op, Stride>
    : NaturalEachError<Op, "padding", N, P>;
type SameError<Op extends string, Stride> = Stride extends 1
  ? never
  : Stride extends number
    ? number extends Stride
      ? never
      : Message<"samePadding", [Op, Stride]>
    : Stride extends Shape
      ? [Exclude<Stride[number], 1>] extends [never]
        ? never
        : number extends Stride[number]
          ? never
          : Message<"samePadding", [Op, Show<Stride>]>
      : never;

/** The message for groups that do not divide the channels. */
export type GroupsError<
  Op extends string,
  C extends number,
  O extends number,
  G extends number,
> = G extends 1
  ? never
  : [PositiveError<Op, "groups", G>] extends [never]
    ? [Remainder<C, G>, Remainder<O, G>] extends [
        0 | DynamicOf<C, G>,
        0 | DynamicOf<O, G>,
      ]
      ? never
      : Message<"groups", [Op, G, C, O]>
    : PositiveError<Op, "groups", G>;
/** `number` where a remainder is not known. */
type DynamicOf<A extends number, B extends number> = number extends A | B
  ? number
  : never;

/** The message for a value that a convolution with given parameters cannot read. */
export type ConvInputError<
  Op extends string,
  N extends Spatial,
  S extends Shape,
  C extends number,
  K,
  Stride,
  P,
  D,
> = [SpatialError<Op, N, S>] extends [never]
  ? [ChannelsError<Op, S, Channels<N, S>, C>] extends [never]
    ? FitError<Op, S, Lengths<N, S>, K, Stride, P, D>
    : ChannelsError<Op, S, Channels<N, S>, C>
  : SpatialError<Op, N, S>;

/** The message for a value with other channels than a layer was made for. */
export type ChannelsError<
  Op extends string,
  S extends Shape,
  Got extends number,
  C extends number,
> = readonly [Got, C] extends readonly [C, unknown] | readonly [unknown, Got]
  ? never
  : Message<"channels", [Op, C, Got, Show<S>]>;

/** What a convolution is called with; names as in PyTorch. */
export interface ConvSettings {
  readonly stride?: PerAxis | undefined;
  readonly padding?: Padding | undefined;
  readonly dilation?: PerAxis | undefined;
  readonly groups?: number | undefined;
}

/** A convolution with one number for each axis. */
export interface Convolution {
  readonly op: string;
  readonly spatial: Spatial;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly moves: readonly Movement[];
}

/** The movement of a convolution's kernel; throws where a setting is wrong. */
export function convolution(
  op: string,
  spatial: Spatial,
  inChannels: number,
  outChannels: number,
  kernel: PerAxis,
  settings: ConvSettings,
): Convolution {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = settings;
  checkPositive(op, "inChannels", inChannels);
  checkPositive(op, "outChannels", outChannels);
  const kernels = positiveEach(op, "kernel", spatial, kernel);
  const strides = positiveEach(op, "stride", spatial, stride);
  if (padding === "same" && strides.some((s) => s !== 1))
    failShape("samePadding", op, stride);
  const paddings =
    typeof padding === "string"
      ? namedPadding(op, padding)
      : naturalEach(op, "padding", spatial, padding);
  const dilations = positiveEach(op, "dilation", spatial, dilation);
  checkGroups(op, inChannels, outChannels, groups);
  const moves = kernels.map((k, i): Movement => {
    const d = dilations[i] as number;
    // "same" adds what the kernel takes; where that is odd, the end gets one more, as in PyTorch.
    const total = spanOf(k, d) - 1;
    const before = paddings?.[i] ?? Math.floor(total / 2);
    const after = paddings?.[i] ?? total - before;
    return {
      kernel: k,
      stride: strides[i] as number,
      dilation: d,
      before,
      after,
    };
  });
  return { op, spatial, inChannels, outChannels, groups, moves };
}

/** Padding of every axis, undefined where it follows from the kernel. */
function namedPadding(
  op: string,
  padding: string,
): readonly number[] | undefined {
  if (padding === "same") return undefined;
  if (padding === "valid") return [0, 0];
  return failShape("padding", op, padding);
}

/** Throws unless groups divide the channels. */
export function checkGroups(
  op: string,
  inChannels: number,
  outChannels: number,
  groups: number,
): void {
  checkPositive(op, "groups", groups);
  if (inChannels % groups !== 0 || outChannels % groups !== 0)
    failShape("groups", op, groups, inChannels, outChannels);
}

/** The lengths of the axes that the kernel moves over; throws unless the input has these and the channels. */
export function checkChannelsOf(shape: Shape, c: Convolution): number[] {
  const { op, spatial, inChannels } = c;
  checkSpatial(op, spatial, shape);
  const channels = shape.at(-1 - spatial) as number;
  if (channels !== inChannels)
    failShape("channels", op, inChannels, channels, shape);
  return shape.slice(-spatial);
}

/** The lengths after a convolution; throws where the input does not go with it. */
export function convLengths(shape: Shape, c: Convolution): number[] {
  const lengths = checkChannelsOf(shape, c);
  checkFit(c.op, shape, lengths, c.moves);
  return lengths.map((length, i) =>
    windowCount(length, c.moves[i] as Movement),
  );
}
