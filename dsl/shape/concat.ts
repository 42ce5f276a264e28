/** Tensors put side by side and taken apart: concat, stack, slice, select, split, tile. */
import type { AxisError, NormalAxis, SetAt } from "./axes.js";
import { normalizeAxis } from "./axes.js";
import type { Add, Divide, Less, Multiply, Subtract, Sum } from "./digits.js";
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type { InsertError, InsertShape } from "./reshape.js";
import { insertShape } from "./reshape.js";
import type {
  At,
  BadDimension,
  DimOk,
  Dynamic,
  PositiveError,
  Shape,
  ShapeOk,
} from "./shape.js";
import { checkPositive, sameShape } from "./shape.js";

/** The first shape of a list. */
export type First<L extends readonly Shape[]> = L extends readonly [
  infer F extends Shape,
  ...unknown[],
]
  ? F
  : number[];

type SumAt<
  L extends readonly Shape[],
  X extends number,
  Out extends number = 0,
> = L extends readonly [
  infer H extends Shape,
  ...infer R extends readonly Shape[],
]
  ? SumAt<R, X, Add<Out, At<H, X>>>
  : Out;

/** The shape of `concat(tensors, axis)`. */
export type ConcatShape<
  L extends readonly Shape[],
  X extends number,
> = number extends L["length"]
  ? number[]
  : ConcatAt<L, NormalAxis<First<L>, NoInfer<X>>>;
type ConcatAt<L extends readonly Shape[], X extends number> = number extends X
  ? number[]
  : SetAt<First<L>, X, SumAt<L, X>>;

/** The message for one tensor of `concat`, whose first has shape `F`. */
export type ConcatError<
  F extends Shape,
  S extends Shape,
  X extends number,
> = number extends X
  ? never
  : Dynamic<F> extends true
    ? never
    : Dynamic<S> extends true
      ? never
      : [AxisError<"concat", F, X>] extends [never]
        ? DimOk<F["length"], S["length"]> extends true
          ? ShapeOk<
              SetAt<F, NormalAxis<F, X>, 1>,
              SetAt<S, NormalAxis<F, X>, 1>
            > extends true
            ? never
            : Message<"concatDim", [Show<F>, Show<S>, X]>
          : Message<"concatRank", [Show<F>, Show<S>]>
        : never;

/** The shape of `concat(tensors, axis)`; throws when ranks or dimensions outside the axis differ. */
export function concatShape(shapes: readonly Shape[], axis: number): number[] {
  const [first] = shapes;
  if (first === undefined) failShape("emptyList", "concat");
  const index = normalizeAxis("concat", first, axis);
  for (const shape of shapes) {
    if (shape.length !== first.length) failShape("concatRank", first, shape);
    if (shape.some((dimension, i) => i !== index && dimension !== first[i]))
      failShape("concatDim", first, shape, axis);
  }
  const total = shapes.reduce((n, shape) => n + (shape[index] as number), 0);
  return first.map((dimension, i) => (i === index ? total : dimension));
}

/** The shape of `stack(tensors, axis)`. */
export type StackShape<
  L extends readonly Shape[],
  X extends number = 0,
> = number extends L["length"]
  ? InsertShape<L[number], NoInfer<X>, number>
  : InsertShape<First<L>, NoInfer<X>, L["length"]>;

/** The message for one tensor of `stack`, whose first has shape `F`. */
export type StackError<F extends Shape, S extends Shape> =
  ShapeOk<F, S> extends true ? never : Message<"stack", [Show<F>, Show<S>]>;

/** The message for the axis of `stack`. */
export type StackAxisError<
  L extends readonly Shape[],
  X extends number,
> = InsertError<"stack", First<L>, X>;

/** The shape of `stack(tensors, axis)`: equal shapes along a new axis. */
export function stackShape(shapes: readonly Shape[], axis = 0): number[] {
  const [first] = shapes;
  if (first === undefined) failShape("emptyList", "stack");
  for (const shape of shapes)
    if (!sameShape(shape, first)) failShape("stack", first, shape);
  return insertShape("stack", first, axis, shapes.length);
}

/** ceil((End - Start) / Step). */
type SliceLength<
  Start extends number,
  End extends number,
  Step extends number,
> = [Step] extends [1]
  ? Subtract<End, Start>
  : [BadDimension<[Step]>] extends [never]
    ? Divide<Add<Subtract<End, Start>, Subtract<Step, 1>>, Step>
    : number;

/** The shape of `slice(x, axis, start, end, step)`. */
export type SliceShape<
  S extends Shape,
  X extends number,
  Start extends number,
  End extends number,
  Step extends number = 1,
> = SetAt<S, NormalAxis<S, X>, SliceLength<Start, End, NoInfer<Step>>>;

/** The message for the end of a slice; `end` is exclusive. */
export type SliceError<
  S extends Shape,
  X extends number,
  Start extends number,
  End extends number,
> = number extends Start | End | X
  ? never
  : Dynamic<S> extends true
    ? never
    : [AxisError<"slice", S, X>] extends [never]
      ? SliceFits<At<S, NormalAxis<S, X>>, Start, End> extends true
        ? never
        : Message<"slice", [Start, End, At<S, NormalAxis<S, X>>, X, Show<S>]>
      : never;
type SliceFits<
  D extends number,
  Start extends number,
  End extends number,
> = `${Start}` extends `-${string}` | `${string}.${string}`
  ? false
  : `${End}` extends `-${string}` | `${string}.${string}`
    ? false
    : Less<Start, End> extends true
      ? number extends D
        ? true
        : Less<D, End> extends true
          ? false
          : true
      : false;

/** The shape of entries start, start + step, ... before `end` of one axis; throws unless 0 <= start < end <= length. */
export function sliceShape(
  shape: Shape,
  axis: number,
  start: number,
  end: number,
  step = 1,
): number[] {
  const index = normalizeAxis("slice", shape, axis);
  const length = shape[index] as number;
  const fits =
    Number.isInteger(start) &&
    Number.isInteger(end) &&
    start >= 0 &&
    start < end &&
    end <= length;
  if (!fits) failShape("slice", start, end, length, axis, shape);
  checkPositive("slice", "step", step);
  const count = Math.ceil((end - start) / step);
  return shape.map((dimension, i) => (i === index ? count : dimension));
}

/** The message for the index of `select`; it may count from the end. */
export type SelectError<
  S extends Shape,
  X extends number,
  I extends number,
> = number extends I | X
  ? never
  : Dynamic<S> extends true
    ? never
    : [AxisError<"select", S, X>] extends [never]
      ? number extends At<S, NormalAxis<S, X>>
        ? never
        : SelectFits<At<S, NormalAxis<S, X>>, I> extends true
          ? never
          : Message<
              "select",
              [I, Subtract<At<S, NormalAxis<S, X>>, 1>, X, Show<S>]
            >
      : never;
type SelectFits<
  D extends number,
  I extends number,
> = `${I}` extends `${string}.${string}`
  ? false
  : `${I}` extends `-${infer FromEnd extends number}`
    ? Less<D, FromEnd> extends true
      ? false
      : true
    : Less<I, D>;

/** An index into one axis, counted from the front; throws when the axis or the entry does not exist. */
export function selectIndex(
  shape: Shape,
  axis: number,
  index: number,
): { readonly axis: number; readonly index: number } {
  const at = normalizeAxis("select", shape, axis);
  const length = shape[at] as number;
  const entry = index < 0 ? length + index : index;
  if (!Number.isInteger(index) || entry < 0 || entry >= length)
    failShape("select", index, length - 1, axis, shape);
  return { axis: at, index: entry };
}

/** The shape of `select(x, axis, index)`: the axis disappears. */
export function selectShape(
  shape: Shape,
  axis: number,
  index: number,
): number[] {
  const chosen = selectIndex(shape, axis, index);
  return shape.filter((_, i) => i !== chosen.axis);
}

/** The shapes of `split(x, sizes, axis)`. */
export type SplitShapes<
  S extends Shape,
  Sizes extends Shape,
  X extends number,
> = {
  -readonly [K in keyof Sizes]: number extends X
    ? number[]
    : SetAt<S, NormalAxis<S, X>, Sizes[K] & number>;
};

/** The message for the sizes of `split`. */
export type SplitError<
  S extends Shape,
  Sizes extends Shape,
  X extends number,
> = number extends X
  ? never
  : Dynamic<S> extends true
    ? never
    : [AxisError<"split", S, X>] extends [never]
      ? [BadDimension<Sizes>] extends [never]
        ? DimOk<Sum<Sizes>, At<S, NormalAxis<S, X>>> extends true
          ? never
          : Message<
              "split",
              [Show<Sizes>, Sum<Sizes>, X, Show<S>, At<S, NormalAxis<S, X>>]
            >
        : PositiveError<"split", "size", BadDimension<Sizes>>
      : never;

/** The shapes of `split(x, sizes, axis)`; throws unless positive sizes add up to the length of the axis. */
export function splitShapes(
  shape: Shape,
  sizes: readonly number[],
  axis: number,
): number[][] {
  const index = normalizeAxis("split", shape, axis);
  for (const size of sizes) checkPositive("split", "size", size);
  const total = sizes.reduce((n, size) => n + size, 0);
  const length = shape[index] as number;
  if (total !== length) failShape("split", sizes, total, axis, shape, length);
  return sizes.map((size) =>
    shape.map((dimension, i) => (i === index ? size : dimension)),
  );
}

/** The shape of `tile(x, repeats)`. */
export type TileShape<S extends Shape, Repeats extends Shape> = {
  -readonly [K in keyof S]: K extends keyof Repeats
    ? Multiply<S[K] & number, Repeats[K] & number>
    : number;
};

/** The message for the repeats of `tile`. */
export type TileError<S extends Shape, Repeats extends Shape> =
  DimOk<Repeats["length"], S["length"]> extends true
    ? PositiveError<"tile", "repeat", BadDimension<Repeats>>
    : Message<"tile", [S["length"], Show<S>, Show<Repeats>]>;

/** The shape of `tile(x, repeats)`: each axis repeated as a whole. */
export function tileShape(shape: Shape, repeats: readonly number[]): number[] {
  if (repeats.length !== shape.length)
    failShape("tile", shape.length, shape, repeats);
  for (const times of repeats) checkPositive("tile", "repeat", times);
  return shape.map((dimension, i) => dimension * (repeats[i] as number));
}
