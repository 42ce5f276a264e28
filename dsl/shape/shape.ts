/**
 * Shapes and the three ideas every rule is built from.
 *
 * A rule has two type-level halves, `XShape<...>` (the result) and `XError<...>` (`never`, or the sentence that says
 * what is wrong), and one run-time function `xShape(...)` that computes the same shape or throws the same sentence.
 * Dimensions that are only `number` pass the types and are checked when the graph is built.
 */
import type { Message, Show } from "./messages.js";
import { found } from "../found.js";
import { failShape } from "./messages.js";

/** Sizes of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/**
 * The parameter type `T`, unless a rule is broken: then its message is the parameter type, and is what the error says.
 * Nothing is to be inferred from the message, where looking for it would cost more than the rule.
 */
export type Guard<T, E> = [E] extends [never] ? T : NoInfer<E>;

/**
 * True when two types are identical. Unlike `A extends B` it is decided for a type parameter too: `D` is `D` and is not
 * 1, which lets the rules work inside generic functions. Both operands must depend on the parameters of the alias that
 * uses it: a test against a plain constant would be decided, as false, where the alias is declared.
 */
export type Same<A, B> =
  (<T>(x: T) => T extends [A] ? 1 : 2) extends <T>(
    x: T,
  ) => T extends [B] ? 1 : 2
    ? true
    : false;

/**
 * True when two dimensions may be equal: the same, or one is a wider type (`number`). The tuples are `readonly` because
 * the test is then decided for `D` against `D` in generic code.
 */
export type DimOk<A extends number, B extends number> = readonly [A, B] extends
  readonly [B, unknown] | readonly [unknown, A]
  ? true
  : false;

/** True when the rank is not known. */
export type Dynamic<S extends Shape> = number extends S["length"]
  ? true
  : false;

/** A shape without `readonly`: `const` type parameters infer readonly tuples, hovers should not show it. */
export type Mutable<S extends Shape> = { -readonly [K in keyof S]: S[K] };

/**
 * The shape `S`, closed to inference. An optional argument `X` that is left out must take its default, but where the
 * result has an annotation inference would look for `X` in the annotation, by way of the conditional types of `S`; it
 * does not look into a lookup.
 */
export type Sealed<S extends Shape, X> = {
  shape: S;
}[X extends number | Shape | undefined ? "shape" : never];

/** An optional argument that was left out, or given as undefined, takes its default. */
export type Or<X extends number | undefined, Default extends number> = [
  X,
] extends [number]
  ? X
  : [X] extends [undefined]
    ? Default
    : number;

/** The last dimension. */
export type Last<S extends Shape> = S extends readonly [
  ...unknown[],
  infer L extends number,
]
  ? L
  : number;

/** All dimensions but the last. */
export type Init<S extends Shape> = S extends readonly [
  ...infer I extends number[],
  unknown,
]
  ? I
  : number[];

/** The dimension at a non-negative axis, or `number`. */
export type At<S extends Shape, I extends number> = `${I}` extends keyof S
  ? S[I]
  : number;

/** True when two shapes may be equal, dimension by dimension. */
export type ShapeOk<A extends Shape, B extends Shape> = readonly [A, B] extends
  readonly [B, unknown] | readonly [unknown, A]
  ? true
  : A extends readonly [infer a extends number, ...infer AR extends Shape]
    ? B extends readonly [infer b extends number, ...infer BR extends Shape]
      ? DimOk<a, b> extends true
        ? ShapeOk<AR, BR>
        : false
      : number extends B["length"]
        ? true
        : false
    : number extends A["length"]
      ? true
      : B extends readonly []
        ? true
        : number extends B["length"]
          ? true
          : false;

/** How a dimension that is not a positive integer is written. */
type BadText =
  "0" | `-${string}` | `${string}.${string}` | `${string}e-${string}`;

/** The first dimension that is not a positive integer, or `never`. */
export type BadDimension<S extends Shape> = S extends readonly [
  infer D extends number,
  ...infer R extends Shape,
]
  ? `${D}` extends BadText
    ? D
    : BadDimension<R>
  : never;

/** The message for a shape with a dimension that is not a positive integer. */
export type DimensionsError<S extends Shape> = [BadDimension<S>] extends [never]
  ? never
  : Message<"dimension", [Show<S>, BadDimension<S>]>;

/** `true` where one of several dimensions, as text, is not a positive integer, else `never`. */
type SomeBad<D extends string> = D extends BadText ? true : never;

/**
 * The shape `S` of a declaration, unless a dimension is not a positive integer: then the sentence that says so. All
 * dimensions are looked at together, which costs next to nothing where they are right. In generic code a dimension, or
 * all of `S`, may be a type parameter, which passes: two functions are alike where `SomeBad` is known to be `true` and
 * nowhere else (see `Same`), and `S` beside them keeps the test open where this alias is declared.
 */
export type Declared<S extends Shape> = [
  S,
  <T>(x: T) => T extends { bad: SomeBad<`${S[number]}`> } ? 1 : 2,
] extends [unknown, <T>(x: T) => T extends { bad: true } ? 1 : 2]
  ? NoInfer<Message<"dimension", [Show<S>, BadDimension<S>]>>
  : S;

/** The message for an argument named `What` that must be a positive integer. */
export type PositiveError<
  Op extends string,
  What extends string,
  N extends number,
> = number extends N
  ? never
  : [BadDimension<[N]>] extends [never]
    ? never
    : Message<"positive", [Op, What, N]>;

/** As `Declared`, for one size of a layer: a type parameter passes, as layers are made in generic functions. */
export type Positive<
  N extends number,
  Op extends string,
  What extends string,
> = [N, <T>(x: T) => T extends { bad: SomeBad<`${N}`> } ? 1 : 2] extends [
  unknown,
  <T>(x: T) => T extends { bad: true } ? 1 : 2,
]
  ? NoInfer<Message<"positive", [Op, What, N]>>
  : N;

/** Throws unless an argument is a positive integer. */
export function checkPositive(op: string, what: string, value: unknown): void {
  if (typeof value === "object" || typeof value === "function")
    failShape("size", op, what, found(value));
  if (!Number.isSafeInteger(value) || (value as number) < 1)
    failShape("positive", op, what, found(value));
}

/** Most elements an array may have: an index must fit a 32-bit integer. */
export const maxElements = 2147483647;

/** The number of elements; 1 for a scalar. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** A copy of `shape`; throws unless every dimension is a positive integer and the elements fit `maxElements`. */
export function checkDims(shape: Shape): number[] {
  for (const dimension of shape)
    if (!Number.isSafeInteger(dimension) || dimension < 1)
      failShape("dimension", shape, found(dimension));
  const elements = elementCount(shape);
  if (elements > maxElements) failShape("elements", shape, elements);
  return [...shape];
}

/** The message for the shape of a value that must be a scalar. */
export type ScalarError<
  Op extends string,
  S extends Shape,
> = number extends S["length"]
  ? never
  : S extends readonly []
    ? never
    : Message<"scalar", [Op, Show<S>]>;

/** Throws unless `shape` is `[]`. */
export function checkScalar(op: string, shape: Shape): void {
  if (shape.length !== 0) failShape("scalar", op, shape);
}

/** The message for a value with fewer than `N` axes (`N` at most 3). */
export type MinimumRankError<
  Op extends string,
  S extends Shape,
  N extends 1 | 2 | 3,
> = S["length"] extends Below[N]
  ? Message<"minimumRank", [Op, N, S["length"], Show<S>]>
  : never;
interface Below {
  1: 0;
  2: 0 | 1;
  3: 0 | 1 | 2;
}

/** Throws unless `shape` has at least `rank` axes. */
export function checkMinimumRank(op: string, shape: Shape, rank: number): void {
  if (shape.length < rank)
    failShape("minimumRank", op, rank, shape.length, shape);
}

/** Throws unless `shape` equals `expected`, axis by axis. */
export function checkShape(op: string, shape: Shape, expected: Shape): void {
  if (!sameShape(shape, expected)) failShape("expected", op, expected, shape);
}

/** True when two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, i) => dimension === b[i]);
}

/** Throws unless a list of values fills `shape`. */
export function checkValues(op: string, shape: Shape, count: number): void {
  const elements = elementCount(shape);
  if (count !== elements) failShape("values", op, shape, elements, count);
}

/** The names in `symbols: "w1 w2 w3 w4"`; throws unless there is one for each entry of tensor `name`, row-major. */
export function symbolNames(
  symbols: string,
  name: string,
  shape: Shape,
): string[] {
  const names = symbols.split(/\s+/).filter((word) => word !== "");
  const elements = elementCount(shape);
  if (names.length !== elements)
    failShape("symbols", symbols, names.length, name, elements);
  return names;
}
