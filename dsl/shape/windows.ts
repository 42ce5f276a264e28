/** Windows that move over the last axes: convolutions and pooling. A setting is one number, or one for each axis. */
import { found } from "../found.js";
import type { Add, Divide, Multiply, Subtract } from "./digits.js";
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type { MinimumRankError, Shape } from "./shape.js";
import { checkMinimumRank, checkPositive } from "./shape.js";

/** The number of axes that windows move over. */
export type Spatial = 1 | 2;

/** A setting of all axes, or of each. */
export type PerAxis = number | readonly number[];

/** How much a convolution's input is padded on both sides; "same" keeps the length, "valid" adds nothing. */
export type Padding = PerAxis | "same" | "valid";

/** A setting along axis `I` of the last ones. */
export type Along<V, I> = V extends number
  ? V
  : I extends keyof V
    ? V[I] extends number
      ? V[I]
      : number
    : V extends "valid"
      ? 0
      : number;

/** The lengths of the last axes, as a tuple. */
export type Lengths<N extends Spatial, S extends Shape> = N extends 1
  ? S extends readonly [...unknown[], infer L extends number]
    ? [L]
    : [number]
  : S extends readonly [
        ...unknown[],
        infer H extends number,
        infer W extends number,
      ]
    ? [H, W]
    : [number, number];

/** The dimension before the last axes. */
export type Channels<N extends Spatial, S extends Shape> = N extends 1
  ? S extends readonly [...unknown[], infer C extends number, unknown]
    ? C
    : number
  : S extends readonly [...unknown[], infer C extends number, unknown, unknown]
    ? C
    : number;

/** The shape with other channels and other lengths of the last axes; axes before the channels stay. */
export type WithChannels<
  N extends Spatial,
  S extends Shape,
  C extends number,
  L extends Shape,
> = N extends 1
  ? S extends readonly [...infer Lead extends Shape, unknown, unknown]
    ? [...Lead, C, ...L]
    : number[]
  : S extends readonly [...infer Lead extends Shape, unknown, unknown, unknown]
    ? [...Lead, C, ...L]
    : number[];

/** The shape with other lengths of the last axes. */
export type WithLengths<
  N extends Spatial,
  S extends Shape,
  L extends Shape,
> = N extends 1
  ? S extends readonly [...infer Lead extends Shape, unknown]
    ? [...Lead, ...L]
    : number[]
  : S extends readonly [...infer Lead extends Shape, unknown, unknown]
    ? [...Lead, ...L]
    : number[];

/** The message for a value without channels and the axes that windows move over. */
export type SpatialError<
  Op extends string,
  N extends Spatial,
  S extends Shape,
> = MinimumRankError<Op, S, N extends 1 ? 2 : 3>;

/** Throws unless `shape` has channels and `spatial` more axes. */
export const checkSpatial = (
  op: string,
  spatial: number,
  shape: Shape,
): void => {
  checkMinimumRank(op, shape, spatial + 1);
};

/** The message for a setting that is neither one number nor one for each axis. */
type CountError<Op extends string, What extends string, N, V> = V extends
  number | string
  ? never
  : V extends Shape
    ? V["length"] extends N
      ? never
      : number extends V["length"]
        ? never
        : Message<"perAxis", [Op, What, Show<V>, N & number]>
    : never;

/**
 * The first number of a setting for which `Wrong` has the text, or `never`. Written without recursion: a compiler that
 * looks for the constraint of a generic setting would walk the whole of it.
 */
export type FirstWrong<V, Wrong extends string> = V extends number
  ? `${V}` extends Wrong
    ? V
    : never
  : V extends readonly [infer A extends number, infer B extends number]
    ? `${A}` extends Wrong
      ? A
      : `${B}` extends Wrong
        ? B
        : never
    : V extends readonly [infer A extends number]
      ? `${A}` extends Wrong
        ? A
        : never
      : never;
export type NotNatural =
  `-${string}` | `${string}.${string}` | `${string}e-${string}`;

/** The message for a setting that must be a positive integer. */
export type PositiveEachError<
  Op extends string,
  What extends string,
  N extends Spatial,
  V,
> = [FirstWrong<V, "0" | NotNatural>] extends [never]
  ? CountError<Op, What, N, V>
  : Message<"positive", [Op, What, FirstWrong<V, "0" | NotNatural>]>;

/** The message for a scale of each axis, which is a number above 0. */
export type ScaleError<Op extends string, N extends Spatial, V> = [
  FirstWrong<V, "0" | `-${string}`>,
] extends [never]
  ? CountError<Op, "scale", N, V>
  : Message<"scale", [Op, FirstWrong<V, "0" | `-${string}`>]>;

/** The message for a setting that must be an integer of at least 0. */
export type NaturalEachError<
  Op extends string,
  What extends string,
  N extends Spatial,
  V,
> = [FirstWrong<V, NotNatural>] extends [never]
  ? CountError<Op, What, N, V>
  : Message<"natural", [Op, What, FirstWrong<V, NotNatural>]>;

/** One number for each axis. */
function each(
  op: string,
  what: string,
  spatial: number,
  value: PerAxis,
): readonly number[] {
  if (typeof value === "number") return Array<number>(spatial).fill(value);
  if (value.length === spatial && typeof value === "object") return value;
  return failShape(
    "perAxis",
    op,
    what,
    typeof value === "object" ? value : found(value),
    spatial,
  );
}

/** One number for each axis; throws unless they are positive integers. */
export function positiveEach(
  op: string,
  what: string,
  spatial: number,
  value: PerAxis,
): readonly number[] {
  const list = each(op, what, spatial, value);
  for (const entry of list) checkPositive(op, what, entry);
  return list;
}

/** One number for each axis; throws unless they are integers of at least 0. */
export function naturalEach(
  op: string,
  what: string,
  spatial: number,
  value: PerAxis,
): readonly number[] {
  const list = each(op, what, spatial, value);
  for (const entry of list)
    if (!Number.isSafeInteger(entry) || entry < 0)
      failShape("natural", op, what, found(entry));
  return list;
}

/** One number for each axis; throws unless they are numbers above 0. */
export function scaleEach(
  op: string,
  spatial: number,
  value: PerAxis,
): readonly number[] {
  const list = each(op, "scale", spatial, value);
  for (const entry of list)
    if (!(entry > 0 && Number.isFinite(entry)))
      failShape("scale", op, found(entry));
  return list;
}

/** The entries from the first to the last that a kernel of K entries reaches. */
export type Span<K extends number, D extends number> = D extends 1
  ? K
  : Add<Multiply<D, Subtract<K, 1>>, 1>;

/**
 * The number of places of a kernel along an axis: floor((L + 2P - D (K - 1) - 1) / Stride) + 1, as one sum and one
 * quotient; 0 or -1 where the kernel does not fit. `More` is added before the division.
 */
export type Places<
  L extends number,
  K extends number,
  Stride extends number,
  P extends number,
  D extends number,
  More extends number = 0,
> = [FirstWrong<Stride, "0" | NotNatural>] extends [never]
  ? Shifted<
      L,
      Add<Add<Stride, Add<P, P>>, More>,
      Span<K, D>
    > extends infer R extends number
    ? R extends -1
      ? -1
      : Divide<R, Stride>
    : never
  : number;

/** L + Plus - Minus, or -1 when that is negative; both are small, so that their difference is known to the compiler. */
export type Shifted<
  L extends number,
  Plus extends number,
  Minus extends number,
> =
  Subtract<Plus, Minus> extends infer More extends number
    ? More extends -1
      ? Subtract<L, Subtract<Minus, Plus>>
      : Add<L, More>
    : never;

/** The lengths after a convolution. */
export type WindowCounts<L extends Shape, K, Stride, P, D> = P extends "same"
  ? L
  : L extends readonly [infer H extends number, infer W extends number]
    ? [
        Places<
          H,
          Along<K, "0">,
          Along<Stride, "0">,
          Along<P, "0">,
          Along<D, "0">
        >,
        Places<
          W,
          Along<K, "1">,
          Along<Stride, "1">,
          Along<P, "1">,
          Along<D, "1">
        >,
      ]
    : L extends readonly [infer W extends number]
      ? [
          Places<
            W,
            Along<K, "0">,
            Along<Stride, "0">,
            Along<P, "0">,
            Along<D, "0">
          >,
        ]
      : number[];

/** The message for a kernel that is larger than the padded input. */
export type FitError<
  Op extends string,
  S extends Shape,
  L extends Shape,
  K,
  Stride,
  P,
  D,
> =
  WindowCounts<L, K, Stride, P, D> extends infer Counts extends Shape
    ? [Extract<Counts[number], 0 | -1>] extends [never]
      ? never
      : Message<
          "window",
          [
            Op,
            Show<{ [I in keyof L]: Span<Along<K, I>, Along<D, I>> }>,
            Show<{ [I in keyof L]: Padded<L[I], Along<P, I>> }>,
            Show<S>,
          ]
        >
    : never;
type Padded<L extends number, P extends number> = Add<L, Add<P, P>>;

/** The entries from the first to the last that a kernel reaches. */
export const spanOf = (kernel: number, dilation: number): number =>
  dilation * (kernel - 1) + 1;

/** A kernel's movement along one axis: `before` and `after` entries are added to it. */
export interface Movement {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** How many entries the kernel can move in the padded input; negative where it does not fit. */
const roomOf = (length: number, m: Movement): number =>
  length + m.before + m.after - spanOf(m.kernel, m.dilation);

/** The number of places that a kernel takes along an axis of `length` entries. */
export const windowCount = (length: number, m: Movement): number =>
  Math.floor(roomOf(length, m) / m.stride) + 1;

/** Throws unless the kernel fits the padded input. */
export function checkFit(
  op: string,
  shape: Shape,
  lengths: readonly number[],
  moves: readonly Movement[],
): void {
  if (lengths.every((length, i) => roomOf(length, moves[i] as Movement) >= 0))
    return;
  const spans = moves.map((m) => spanOf(m.kernel, m.dilation));
  const padded = lengths.map((length, i) => {
    const { before, after } = moves[i] as Movement;
    return length + before + after;
  });
  failShape("window", op, spans, padded, shape);
}
