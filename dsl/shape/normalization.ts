/** Layers that normalise channels, and probabilities. */
import type { Remainder, Subtract } from "./digits.js";
import { found } from "../found.js";
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type { AxisOptionError, NormalAxis } from "./axes.js";
import { normalizeAxisOption } from "./axes.js";
import type { At, PositiveError, Shape } from "./shape.js";

/** The message for groups that do not divide the channels; they are checked here where `X` says which axis those are. */
export type ChannelGroupsError<
  Op extends string,
  S extends Shape,
  X extends number,
  G extends number,
> = [PositiveError<Op, "groups", G>] extends [never]
  ? number extends X
    ? never
    : [AxisOptionError<Op, "channelAxis", S, X>] extends [never]
      ? DivisionError<Op, S, At<S, NormalAxis<S, X>>, G>
      : never
  : PositiveError<Op, "groups", G>;
type DivisionError<
  Op extends string,
  S extends Shape,
  C extends number,
  G extends number,
> = number extends C | G
  ? never
  : Remainder<C, G> extends 0
    ? never
    : Message<"channelGroups", [Op, G, C, Show<S>]>;

/**
 * The axis of the channels counted from the front: by default the first of one example, and the second, after that of
 * the examples, of a whole array.
 */
export function channelAxisOf(
  op: string,
  shape: Shape,
  batched: boolean,
  given: number | undefined,
): number {
  const axis = given ?? (batched ? 0 : 1);
  return normalizeAxisOption(op, "channelAxis", shape, axis);
}

/** The message for an axis of channels that has no axis behind it. */
export type InstanceAxisError<
  Op extends string,
  S extends Shape,
  X extends number,
> = [AxisOptionError<Op, "channelAxis", S, X>] extends [never]
  ? number extends X | S["length"]
    ? never
    : Subtract<S["length"], 1> extends NormalAxis<S, X>
      ? Message<"nothingBehind", [Op, X, Show<S>]>
      : never
  : AxisOptionError<Op, "channelAxis", S, X>;

/** Throws where the axis of the channels is the last one. */
export function checkBehind(
  op: string,
  shape: Shape,
  axis: number,
  given: number | undefined,
): void {
  if (axis === shape.length - 1)
    failShape("nothingBehind", op, given ?? axis, shape);
}

/** Throws unless `groups` divide the channels. */
export function checkChannelGroups(
  op: string,
  shape: Shape,
  axis: number,
  groups: number,
): void {
  const channels = shape[axis] as number;
  if (channels % groups !== 0)
    failShape("channelGroups", op, groups, channels, shape);
}

/** The message for the number of channels that a layer was made for. */
export type ChannelCountError<
  Op extends string,
  S extends Shape,
  X extends number,
  C extends number,
> = number extends X
  ? never
  : [AxisOptionError<Op, "channelAxis", S, X>] extends [never]
    ? CountError<Op, S, At<S, NormalAxis<S, X>>, C>
    : AxisOptionError<Op, "channelAxis", S, X>;
type CountError<
  Op extends string,
  S extends Shape,
  Got extends number,
  C extends number,
> = readonly [Got, C] extends readonly [C, unknown] | readonly [unknown, Got]
  ? never
  : Message<"channels", [Op, C, Got, Show<S>]>;

/** Throws unless there are `channels` entries on the axis of the channels. */
export function checkChannels(
  op: string,
  shape: Shape,
  axis: number,
  channels: number,
): void {
  const got = shape[axis] as number;
  if (got !== channels) failShape("channels", op, channels, got, shape);
}

/** The message for a number outside of [0, 1]. */
export type FractionError<
  Op extends string,
  What extends string,
  P extends number,
> = number extends P
  ? never
  : `${P}` extends "0" | "1" | `0.${string}` | `${number}e-${string}`
    ? `${P}` extends `-${string}`
      ? Message<"fraction", [Op, What, P]>
      : never
    : Message<"fraction", [Op, What, P]>;

/** Throws unless an argument lies in [0, 1]. */
export function checkFraction(op: string, what: string, value: unknown): void {
  if (typeof value !== "number" || !(value >= 0 && value <= 1))
    failShape("fraction", op, what, found(value));
}
