/** Axes: named by number, counted from the end when negative; and the operations that reduce or keep them. */
import { found } from "../found.js";
import type { Divide, Remainder } from "./digits.js";
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type { At, Dynamic, PositiveError, Sealed, Shape } from "./shape.js";
import { checkPositive } from "./shape.js";

/** What a reduction runs over: one axis, several, or (undefined) all. */
export type Axes = number | readonly number[] | undefined;

/** An axis counted from the front: -1 is the last. */
export type NormalAxis<
  S extends Shape,
  X extends number,
> = `${X}` extends `-${infer FromEnd extends number}`
  ? number extends S["length"]
    ? number
    : LengthWithout<S, FromEnd>
  : X;

/** The length of `S` without its last `Count` dimensions, or -1 when it has fewer. */
type LengthWithout<
  S extends Shape,
  Count extends number,
  Dropped extends unknown[] = [],
> = Dropped["length"] extends Count
  ? S["length"]
  : S extends readonly [...infer I extends number[], unknown]
    ? LengthWithout<I, Count, [...Dropped, unknown]>
    : -1;

/** The message for an axis that `S` does not have. */
export type AxisError<
  Op extends string,
  S extends Shape,
  X extends number,
> = number extends X
  ? never
  : Dynamic<S> extends true
    ? never
    : `${NormalAxis<S, X>}` extends keyof S
      ? never
      : Message<"axis", [Op, X, S["length"], Show<S>]>;

/** As `AxisError`, for an axis that is an option with a name: `classAxis`, `channelAxis`. */
export type AxisOptionError<
  Op extends string,
  Option extends string,
  S extends Shape,
  X extends number,
> = [AxisError<Op, S, X>] extends [never]
  ? never
  : Message<"axisOption", [Op, Option, X, S["length"], Show<S>]>;

/** `axis` counted from the front; throws when `shape` does not have it. */
export function normalizeAxis(op: string, shape: Shape, axis: number): number {
  const index = axis < 0 ? shape.length + axis : axis;
  if (!Number.isInteger(axis) || index < 0 || index >= shape.length)
    failShape("axis", op, found(axis), shape.length, shape);
  return index;
}

/** As `normalizeAxis`, for an axis that is an option with a name. */
export function normalizeAxisOption(
  op: string,
  option: string,
  shape: Shape,
  axis: number,
): number {
  const index = axis < 0 ? shape.length + axis : axis;
  if (!Number.isInteger(axis) || index < 0 || index >= shape.length)
    failShape("axisOption", op, option, found(axis), shape.length, shape);
  return index;
}

/** The axes of a reduction, counted from the front, ascending; throws for one that does not exist or occurs twice. */
export function normalizeAxes(op: string, shape: Shape, axes: Axes): number[] {
  if (axes === undefined) return shape.map((_, i) => i);
  if (typeof axes === "number") return [normalizeAxis(op, shape, axes)];
  const found: number[] = [];
  for (const axis of axes) {
    const index = normalizeAxis(op, shape, axis);
    if (found.includes(index)) failShape("axisTwice", op, axis, axes);
    found.push(index);
  }
  return found.sort((a, b) => a - b);
}

/** The first axis of a list that is wrong: [message key, axis], or `never`. */
type BadAxis<
  Op extends string,
  S extends Shape,
  List extends Shape,
  All extends Shape,
  Seen extends number = never,
> = List extends readonly [infer X extends number, ...infer R extends Shape]
  ? [AxisError<Op, S, X>] extends [never]
    ? NormalAxis<S, X> extends Seen
      ? Message<"axisTwice", [Op, X, Show<All>]>
      : BadAxis<Op, S, R, All, Seen | NormalAxis<S, X>>
    : AxisError<Op, S, X>
  : never;

/** The message for the axes of a reduction. */
export type ReduceError<
  Op extends string,
  S extends Shape,
  X extends Axes,
> = X extends number
  ? AxisError<Op, S, X>
  : X extends Shape
    ? Dynamic<S> extends true
      ? never
      : number extends X[number]
        ? never
        : BadAxis<Op, S, X, X>
    : never;

/** `S` with dimension `V` at axis `X`, counted from the front. */
export type SetAt<
  S extends Shape,
  X extends number,
  V extends number,
> = number extends X
  ? number[]
  : Dynamic<S> extends true
    ? number[]
    : { -readonly [K in keyof S]: K extends `${X}` ? V : S[K] };

/** `S` without the axes of the union `X`, counted from the front. */
export type DropAt<
  S extends Shape,
  X extends number,
  Out extends number[] = [],
  Index extends unknown[] = [],
> = S extends readonly [infer H extends number, ...infer R extends Shape]
  ? DropAt<
      R,
      X,
      Index["length"] extends X ? Out : [...Out, H],
      [...Index, unknown]
    >
  : Out;

/** The union of the axes of a list, counted from the front. */
type AxisUnion<S extends Shape, List extends Shape> = List extends readonly [
  infer X extends number,
  ...infer R extends Shape,
]
  ? NormalAxis<S, X> | AxisUnion<S, R>
  : never;

type ReduceOver<
  S extends Shape,
  X extends number,
  Keep extends boolean,
> = Keep extends true
  ? { -readonly [K in keyof S]: K extends `${X}` ? 1 : S[K] }
  : DropAt<S, X>;

/** The shape of a reduction. */
export type ReduceShape<
  S extends Shape,
  X extends Axes = undefined,
  Keep extends boolean = false,
> = Sealed<ReducedShape<S, X, Keep>, X>;

type ReducedShape<S extends Shape, X extends Axes, Keep extends boolean> = [
  X,
] extends [undefined]
  ? Keep extends true
    ? { -readonly [K in keyof S]: 1 }
    : []
  : Dynamic<S> extends true
    ? number[]
    : [X] extends [number]
      ? number extends X
        ? number[]
        : ReduceOver<S, NormalAxis<S, X>, Keep>
      : X extends Shape
        ? number extends X[number]
          ? number[]
          : ReduceOver<S, AxisUnion<S, X>, Keep>
        : number[];

/** The shape of a reduction over `axes` (undefined: all); reduced axes stay with length 1 where `keepdims`. */
export function reduceShape(
  op: string,
  shape: Shape,
  axes: Axes,
  keepdims = false,
): number[] {
  const reduced = normalizeAxes(op, shape, axes);
  return shape.flatMap((dimension, i) =>
    reduced.includes(i) ? (keepdims ? [1] : []) : [dimension],
  );
}

/** The message for the axis that `glu` splits in two halves. */
export type GluError<S extends Shape, X extends number> = [
  AxisError<"glu", S, X>,
] extends [never]
  ? number extends X
    ? never
    : Dynamic<S> extends true
      ? never
      : Remainder<At<S, NormalAxis<S, X>>, 2> extends 1
        ? Message<"glu", [X, Show<S>, At<S, NormalAxis<S, X>>]>
        : never
  : AxisError<"glu", S, X>;

/** The message for the input of `glu` where the axis is left out, so that no argument can bear the other one. */
export type GluInputError<S extends Shape, X extends number> = [X] extends [-1]
  ? GluError<S, X>
  : never;

/** The shape of `glu`: half as many entries on one axis. */
export type GluShape<S extends Shape, X extends number> = HalfAt<
  S,
  NormalAxis<S, NoInfer<X>>
>;
type HalfAt<S extends Shape, X extends number> = SetAt<
  S,
  X,
  Divide<At<S, X>, 2>
>;

/** The shape of `glu`; throws unless the axis has an even number of entries. */
export function gluShape(shape: Shape, axis: number): number[] {
  const index = normalizeAxis("glu", shape, axis);
  const entries = shape[index] as number;
  if (entries % 2 !== 0) failShape("glu", axis, shape, entries);
  return shape.map((dimension, i) => (i === index ? entries / 2 : dimension));
}

/** The message for attention heads that do not divide the features. */
export type HeadsError<
  Op extends string,
  Features extends number,
  Heads extends number,
> = number extends Features | Heads
  ? never
  : [PositiveError<Op, "heads", Heads>] extends [never]
    ? Remainder<Features, Heads> extends 0
      ? never
      : Message<"heads", [Op, Features, Heads]>
    : PositiveError<Op, "heads", Heads>;

/** The features of one head; throws unless `heads` divides `features`. */
export function headFeatures(
  op: string,
  features: number,
  heads: number,
): number {
  checkPositive(op, "heads", heads);
  if (features % heads !== 0) failShape("heads", op, features, heads);
  return features / heads;
}
