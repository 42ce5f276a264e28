/** The same elements under another shape: reshape, flatten, squeeze, unsqueeze, transpose, permute. */
import type { AxisError, DropAt, NormalAxis } from "./axes.js";
import { normalizeAxis } from "./axes.js";
import type { Product } from "./digits.js";
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type {
  At,
  BadDimension,
  DimensionsError,
  DimOk,
  Dynamic,
  MinimumRankError,
  Same,
  Shape,
} from "./shape.js";
import { checkDims, elementCount } from "./shape.js";

/** The message for a reshape that does not keep the number of elements. */
export type ReshapeError<From extends Shape, To extends Shape> =
  SameElements<From, To> extends true
    ? never
    : [BadDimension<To>] extends [never]
      ? Message<"reshape", [Show<From>, Product<From>, Show<To>, Product<To>]>
      : DimensionsError<To>;

/**
 * Whether two shapes have equally many elements. Equal leading, then equal trailing dimensions cancel first: they may
 * be type parameters, so `[L, 64]` reshapes to `[L, 4, 16]` in generic code.
 */
type SameElements<
  From extends Shape,
  To extends Shape,
> = From extends readonly [infer f extends number, ...infer FR extends Shape]
  ? To extends readonly [infer t extends number, ...infer TR extends Shape]
    ? Same<f, t> extends true
      ? SameElements<FR, TR>
      : SameTrailing<From, To>
    : SameTrailing<From, To>
  : SameTrailing<From, To>;
type SameTrailing<
  From extends Shape,
  To extends Shape,
> = From extends readonly [...infer FR extends Shape, infer f extends number]
  ? To extends readonly [...infer TR extends Shape, infer t extends number]
    ? Same<f, t> extends true
      ? SameTrailing<FR, TR>
      : SameProduct<From, To>
    : SameProduct<From, To>
  : SameProduct<From, To>;
type SameProduct<From extends Shape, To extends Shape> = [
  BadDimension<To>,
] extends [never]
  ? DimOk<Product<From>, Product<To>>
  : false;

/** A copy of `to`; throws unless it has as many elements as `from`. */
export function reshapeShape(from: Shape, to: Shape): number[] {
  const shape = checkDims(to);
  const had = elementCount(from);
  const has = elementCount(to);
  if (had !== has) failShape("reshape", from, had, to, has);
  return shape;
}

/** The shape of `flatten(x, start)`: the axes from `start` on become one. */
export type FlattenShape<
  S extends Shape,
  Start extends number = 0,
> = FlattenedShape<S, NoInfer<Start>>;
type FlattenedShape<S extends Shape, Start extends number> = [Start] extends [0]
  ? [Product<S>]
  : number extends Start
    ? number[]
    : Dynamic<S> extends true
      ? number[]
      : FlattenFrom<S, NormalAxis<S, Start>>;
type FlattenFrom<
  S extends Shape,
  Start extends number,
  Out extends number[] = [],
> = Out["length"] extends Start
  ? [...Out, Product<S>]
  : S extends readonly [infer H extends number, ...infer R extends Shape]
    ? FlattenFrom<R, Start, [...Out, H]>
    : number[];

/** The message for the first axis that `flatten` merges. */
export type FlattenError<S extends Shape, Start extends number> = [
  Start,
] extends [0]
  ? never
  : AxisError<"flatten", S, Start>;

/** The shape of `flatten(x, start)`; a scalar becomes [1]. */
export function flattenShape(shape: Shape, start = 0): number[] {
  const from = start === 0 ? 0 : normalizeAxis("flatten", shape, start);
  return [...shape.slice(0, from), elementCount(shape.slice(from))];
}

/** The shape of `transpose(x)`: the last two axes change places. */
export type TransposeShape<S extends Shape> = S extends readonly [
  ...infer B extends number[],
  infer a extends number,
  infer b extends number,
]
  ? [...B, b, a]
  : number[];

/** The message for `transpose` of fewer than two axes. */
export type TransposeError<S extends Shape> = MinimumRankError<
  "transpose",
  S,
  2
>;

/** The shape of `permute(x, order)`: axis i of the result is axis order[i] of `x`. */
export type PermuteShape<S extends Shape, Order extends Shape> =
  Dynamic<S> extends true
    ? { -readonly [K in keyof Order]: number }
    : Dynamic<Order> extends true
      ? { -readonly [K in keyof S]: number }
      : {
          -readonly [K in keyof Order]: At<S, NormalAxis<S, Order[K] & number>>;
        };

/** The axes of a shape as a union of numbers. */
type AxisNumbers<S extends Shape> =
  Exclude<keyof S, keyof unknown[]> extends `${infer N extends number}`
    ? N
    : never;
type NormalAxes<S extends Shape, Order extends Shape> = {
  [K in keyof Order]: NormalAxis<S, Order[K] & number>;
}[number];

/** The message for an order that is not a permutation of the axes. */
export type PermuteError<S extends Shape, Order extends Shape> =
  Dynamic<S> extends true
    ? never
    : Dynamic<Order> extends true
      ? never
      : number extends Order[number]
        ? never
        : DimOk<Order["length"], S["length"]> extends true
          ? [Exclude<AxisNumbers<S>, NormalAxes<S, Order>>] extends [never]
            ? never
            : Message<"permute", [Show<Order>, S["length"], Show<S>]>
          : Message<"permute", [Show<Order>, S["length"], Show<S>]>;

/** `order` with every axis counted from the front; throws unless each axis occurs once. */
export function normalizeOrder(
  shape: Shape,
  order: readonly number[],
): number[] {
  const normal = order.map((axis) => (axis < 0 ? shape.length + axis : axis));
  const complete =
    order.length === shape.length && shape.every((_, i) => normal.includes(i));
  if (!complete) failShape("permute", order, shape.length, shape);
  return normal;
}

/** The message for an axis that cannot be squeezed. */
export type SqueezeError<S extends Shape, X extends number> = [
  AxisError<"squeeze", S, X>,
] extends [never]
  ? number extends X
    ? never
    : Dynamic<S> extends true
      ? never
      : DimOk<At<S, NormalAxis<S, X>>, 1> extends true
        ? never
        : Message<"squeeze", [X, Show<S>, At<S, NormalAxis<S, X>>]>
  : AxisError<"squeeze", S, X>;

/** The shape of `squeeze(x, axis)` or of anything else that removes one axis. */
export type DropAxisShape<S extends Shape, X extends number> = number extends X
  ? number[]
  : Dynamic<S> extends true
    ? number[]
    : DropAt<S, NormalAxis<S, X>>;

/** The shape of `squeeze(x, axis)`; throws unless the axis has one entry. */
export function squeezeShape(shape: Shape, axis: number): number[] {
  const index = normalizeAxis("squeeze", shape, axis);
  if (shape[index] !== 1)
    failShape("squeeze", axis, shape, shape[index] as number);
  return shape.filter((_, i) => i !== index);
}

/** `S` with a new dimension `V` before axis `X`, which counts the axes of the result. */
export type InsertShape<
  S extends Shape,
  X extends number,
  V extends number,
> = number extends X
  ? number[]
  : Dynamic<S> extends true
    ? number[]
    : InsertFrom<S, NormalAxis<readonly [...S, V], X>, V>;
type InsertFrom<
  S extends Shape,
  X extends number,
  V extends number,
  Out extends number[] = [],
> = Out["length"] extends X
  ? [...Out, V, ...S]
  : S extends readonly [infer H extends number, ...infer R extends Shape]
    ? InsertFrom<R, X, V, [...Out, H]>
    : number[];

/** The message for the place of a new axis: an axis of the result. */
export type InsertError<
  Op extends string,
  S extends Shape,
  X extends number,
> = number extends X
  ? never
  : Dynamic<S> extends true
    ? never
    : [AxisError<Op, readonly [...S, 1], X>] extends [never]
      ? never
      : Message<"newAxis", [Op, X, Show<S>]>;

/** `shape` with a new dimension before axis `axis` of the result. */
export function insertShape(
  op: string,
  shape: Shape,
  axis: number,
  dimension = 1,
): number[] {
  const index = axis < 0 ? shape.length + 1 + axis : axis;
  if (!Number.isInteger(axis) || index < 0 || index > shape.length)
    failShape("newAxis", op, axis, shape);
  return [...shape.slice(0, index), dimension, ...shape.slice(index)];
}
