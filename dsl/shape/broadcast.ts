/** Operands that meet axis by axis, right-aligned, as NumPy does: equal dimensions, or one of them is 1. */
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type {
  BadDimension,
  DimensionsError,
  DimOk,
  Dynamic,
  Same,
  Shape,
} from "./shape.js";
import { checkDims } from "./shape.js";

/**
 * The dimension of the result. `A | B | 1` is `A | 1` when B is 1 or A: one test that is decided in generic code, for
 * `D` with `D` and for `D` with 1 in either order.
 */
type MeetDim<A extends number, B extends number> =
  Same<A | B | 1, A | 1> extends true ? A : B;

/** Right-aligned: the last dimensions meet first. */
type MeetShapes<
  A extends Shape,
  B extends Shape,
  Out extends number[] = [],
> = A extends readonly [...infer AI extends number[], infer a extends number]
  ? B extends readonly [...infer BI extends number[], infer b extends number]
    ? MeetShapes<AI, BI, [MeetDim<a, b>, ...Out]>
    : [...A, ...Out]
  : [...B, ...Out];

/** Which shape `a + b` has. As with dimensions, `A | B | []` is `A | []` when B is a scalar or A. */
type Winner<A extends Shape, B extends Shape> =
  Same<A | B | [], A | []> extends true
    ? "left"
    : A extends readonly []
      ? "right"
      : Dynamic<A> extends true
        ? "unknown"
        : Dynamic<B> extends true
          ? "unknown"
          : "both";

/**
 * The shape of `a + b`; a plain number counts as `[]`. A lookup and not a conditional type, because inference looks
 * into the latter: the context of a call would decide what the shape of a plain number is.
 */
export type Broadcast<A extends Shape, B extends Shape> = {
  left: A;
  right: B;
  unknown: number[];
  both: MeetShapes<A, B>;
}[Winner<A, B>];

/** True when two dimensions may meet: equal, or one is 1, or one is a wider type. Decided as in `DimOk`. */
type DimsMeet<A extends number, B extends number> = readonly [A, B, 1] extends
  | readonly [B, unknown, unknown]
  | readonly [unknown, A, unknown]
  | readonly [unknown, unknown, A | B]
  ? true
  : false;

/** [left dimension, right dimension, axis from the end] where two shapes do not meet first, or `never`. */
type ClashFrom<
  A extends Shape,
  B extends Shape,
  FromEnd extends unknown[],
> = A extends readonly [...infer AI extends number[], infer a extends number]
  ? B extends readonly [...infer BI extends number[], infer b extends number]
    ? DimsMeet<a, b> extends true
      ? ClashFrom<AI, BI, [...FromEnd, unknown]>
      : [a, b, `-${FromEnd["length"] & number}`]
    : never
  : never;

/** Where two shapes do not meet, the axis counted from the end, starting with the length of `FromEnd`. */
export type BroadcastClash<
  A extends Shape,
  B extends Shape,
  FromEnd extends unknown[] = [unknown],
> = Same<A | B | [], A | []> extends true ? never : ClashFrom<A, B, FromEnd>;

/** The message for operands of a binary operation that do not broadcast. */
export type BroadcastError<
  Op extends string,
  A extends Shape,
  B extends Shape,
> =
  BroadcastClash<A, B> extends infer C extends readonly (number | string)[]
    ? Message<"broadcast", [Op, Show<A>, Show<B>, ...C]>
    : never;

/** Where the right-aligned shapes first disagree: [left, right, axis from the end], or undefined. */
export function broadcastClash(
  a: Shape,
  b: Shape,
): [number, number, number] | undefined {
  for (let i = 1; i <= Math.min(a.length, b.length); i++) {
    const left = a.at(-i) as number;
    const right = b.at(-i) as number;
    if (left !== right && left !== 1 && right !== 1) return [left, right, -i];
  }
  return undefined;
}

function meetShapes(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    return left === 1 ? right : left;
  });
}

/** The shape of a binary operation; throws when the operands do not broadcast. */
export function broadcastShape(op: string, a: Shape, b: Shape): number[] {
  const clash = broadcastClash(a, b);
  if (clash !== undefined) failShape("broadcast", op, a, b, ...clash);
  return meetShapes(a, b);
}

/** The shape of `where(condition, a, b)`. */
export type WhereShape<
  C extends Shape,
  A extends Shape,
  B extends Shape,
> = Broadcast<Broadcast<C, A>, B>;

/** The message for the third operand of `where`; the second one's is `BroadcastError<"where", C, A>`. */
export type WhereError<C extends Shape, A extends Shape, B extends Shape> =
  BroadcastClash<Broadcast<C, A>, B> extends infer D extends readonly (
    number | string
  )[]
    ? [BroadcastClash<C, A>] extends [never]
      ? Message<"where", [Show<C>, Show<A>, Show<B>, ...D]>
      : never
    : never;

/** The shape of `where(condition, a, b)`; throws when they do not broadcast. */
export function whereShape(condition: Shape, a: Shape, b: Shape): number[] {
  const first = broadcastShape("where", condition, a);
  const clash = broadcastClash(first, b);
  if (clash !== undefined) failShape("where", condition, a, b, ...clash);
  return meetShapes(first, b);
}

/** The message for `expand(x, to)`: `from` must broadcast to exactly `to`. */
export type ExpandError<From extends Shape, To extends Shape> =
  Same<From, To> extends true
    ? never
    : Dynamic<From> extends true
      ? never
      : Dynamic<To> extends true
        ? never
        : [BadDimension<To>] extends [never]
          ? Expands<From, To> extends true
            ? never
            : Message<"expand", [Show<From>, Show<To>]>
          : DimensionsError<To>;

/** True when `From` may broadcast to exactly `To`. */
export type Expands<
  From extends Shape,
  To extends Shape,
> = From extends readonly [...infer FI extends number[], infer f extends number]
  ? To extends readonly [...infer TI extends number[], infer t extends number]
    ? Same<f | t | 1, t | 1> extends true
      ? Expands<FI, TI>
      : DimOk<f, t> extends true
        ? Expands<FI, TI>
        : false
    : false
  : true;

/** A copy of `to`; throws unless `from` broadcasts to exactly that. */
export function expandShape(from: Shape, to: Shape): number[] {
  const shape = checkDims(to);
  if (!expands(from, to)) failShape("expand", from, to);
  return shape;
}

/** True when `from` broadcasts to exactly `to`. */
export function expands(from: Shape, to: Shape): boolean {
  const offset = to.length - from.length;
  return (
    offset >= 0 &&
    from.every(
      (dimension, i) => dimension === 1 || dimension === to[i + offset],
    )
  );
}
