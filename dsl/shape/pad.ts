/** Shapes that grow at the ends of axes, and the axes of diagonals: pad, diagonal. */
import type { AxisError, DropAt, NormalAxis } from "./axes.js";
import { normalizeAxis } from "./axes.js";
import type { Add, Less, Subtract } from "./digits.js";
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type { At, Dynamic, Last, MinimumRankError, Shape } from "./shape.js";
import { checkMinimumRank } from "./shape.js";

/** What `pad` puts beyond the ends: a number, the entries mirrored, the last entry, or the entries from the other end. */
export type PadMode = "constant" | "reflect" | "replicate" | "circular";
export const padModes: readonly PadMode[] = [
  "constant",
  "reflect",
  "replicate",
  "circular",
];

/** The shape of `pad(x, pads)`: pairs [before, after], the last axis first. */
export type PadShape<S extends Shape, P extends Shape> =
  Dynamic<S> extends true
    ? number[]
    : Dynamic<P> extends true
      ? number[]
      : Padded<S, P>;
type Padded<
  S extends Shape,
  P extends Shape,
  Out extends number[] = [],
> = P extends readonly [
  infer Before extends number,
  infer After extends number,
  ...infer Rest extends Shape,
]
  ? S extends readonly [...infer Lead extends number[], infer D extends number]
    ? Padded<Lead, Rest, [Add<Add<D, Before>, After>, ...Out]>
    : number[]
  : [...S, ...Out];

/** The first of a list that is not an integer of at least 0, or `never`. */
type BadLength<P extends Shape> = P extends readonly [
  infer N extends number,
  ...infer R extends Shape,
]
  ? `${N}` extends `-${string}` | `${string}.${string}` | `${string}e-${string}`
    ? N
    : BadLength<R>
  : never;

/** True where `N` entries beyond an axis of `D` exist in a mode. */
type Reaches<
  D extends number,
  N extends number,
  Mode extends PadMode,
> = Mode extends "reflect"
  ? N extends 0
    ? true
    : Less<N, D>
  : Less<D, N> extends true
    ? false
    : true;
/** Most entries that a mode finds beyond an axis. */
type Reach<D extends number, Mode extends PadMode> = Mode extends "reflect"
  ? Subtract<D, 1>
  : D;

/** Whether a list is pairs, at most as many as there are axes. */
type ArePairs<S extends Shape, P extends Shape> = P extends readonly [
  unknown,
  unknown,
  ...infer Rest extends Shape,
]
  ? S extends readonly [...infer Lead extends Shape, unknown]
    ? ArePairs<Lead, Rest>
    : false
  : P extends readonly []
    ? true
    : false;

/** The message for pads that go further than a mode finds entries. */
type ReachError<
  S extends Shape,
  P extends Shape,
  Mode extends PadMode,
  Every extends Shape,
> = P extends readonly [
  infer Before extends number,
  infer After extends number,
  ...infer Rest extends Shape,
]
  ? S extends readonly [...infer Lead extends number[], infer D extends number]
    ? Reaches<D, Before, Mode> extends false
      ? ReachMessage<Mode, D, Lead["length"], Every, Before>
      : Reaches<D, After, Mode> extends false
        ? ReachMessage<Mode, D, Lead["length"], Every, After>
        : ReachError<Lead, Rest, Mode, Every>
    : never
  : never;
type ReachMessage<
  Mode extends PadMode,
  D extends number,
  X extends number,
  S extends Shape,
  N extends number,
> = Message<"padReach", [Mode, Reach<D, Mode>, X, Show<S>, N]>;

/** The message for the pads of `pad`. */
export type PadError<S extends Shape, P extends Shape, Mode extends PadMode> =
  Dynamic<S> extends true
    ? never
    : Dynamic<P> extends true
      ? never
      : number extends P[number]
        ? never
        : [BadLength<P>] extends [never]
          ? ArePairs<S, P> extends true
            ? Mode extends "reflect" | "circular"
              ? ReachError<S, P, Mode, S>
              : never
            : Message<"padPairs", [Show<S>, Show<P>]>
          : Message<"padLength", [BadLength<P>]>;

/** How many entries `pad` adds before and after each axis; throws for what `mode` cannot do. */
export function padPairs(
  shape: Shape,
  pads: Shape,
  mode: PadMode,
): (readonly [before: number, after: number])[] {
  for (const length of pads)
    if (!Number.isSafeInteger(length) || length < 0)
      failShape("padLength", length);
  if (pads.length % 2 !== 0 || pads.length > 2 * shape.length)
    failShape("padPairs", shape, pads);
  const pairs = shape.map((entries, axis) => {
    const at = 2 * (shape.length - 1 - axis);
    const pair = [pads[at] ?? 0, pads[at + 1] ?? 0] as const;
    return { entries, axis, pair };
  });
  if (mode !== "constant" && mode !== "replicate")
    for (const { entries, axis, pair } of [...pairs].reverse())
      for (const length of pair) {
        const reach = mode === "reflect" ? entries - 1 : entries;
        if (length > reach)
          failShape("padReach", mode, reach, axis, shape, length);
      }
  return pairs.map(({ pair }) => pair);
}

/** Entries of the diagonal `Offset` above the main one of an m x n matrix. */
type DiagonalLength<
  M extends number,
  N extends number,
  Offset extends number,
> = number extends Offset
  ? number
  : `${Offset}` extends `-${infer Below extends number}`
    ? Smaller<Subtract<M, Below>, N>
    : Smaller<M, Subtract<N, Offset>>;
type Smaller<A extends number, B extends number> = number extends A | B
  ? number
  : A extends -1
    ? 0
    : B extends -1
      ? 0
      : Less<A, B> extends true
        ? A
        : B;

/** The shape of `diagonal(x, offset, a, b)`: without the two axes, the diagonal last. */
export type DiagonalShape<
  S extends Shape,
  Offset extends number,
  A extends number,
  B extends number,
> = DiagonalGiven<S, NoInfer<Offset>, NoInfer<A>, NoInfer<B>>;
type DiagonalGiven<
  S extends Shape,
  Offset extends number,
  A extends number,
  B extends number,
> =
  Dynamic<S> extends true
    ? number[]
    : number extends A | B
      ? number[]
      : DiagonalOf<S, Offset, NormalAxis<S, A>, NormalAxis<S, B>>;
type DiagonalOf<
  S extends Shape,
  Offset extends number,
  A extends number,
  B extends number,
> = [...DropAt<S, A | B>, DiagonalLength<At<S, A>, At<S, B>, Offset>];

/** The message for the offset of `diagonal`. */
export type DiagonalOffsetError<
  S extends Shape,
  Offset extends number,
  A extends number,
  B extends number,
> =
  Dynamic<S> extends true
    ? never
    : number extends Offset | A | B
      ? never
      : [
            | MinimumRankError<"diagonal", S, 2>
            | AxisError<"diagonal", S, A>
            | DiagonalAxisError<S, A, B>,
          ] extends [never]
        ? `${Offset}` extends `${string}.${string}` | `${string}e-${string}`
          ? OffsetMessage<S, Offset, A, B>
          : Last<DiagonalShape<S, Offset, A, B>> extends 0
            ? OffsetMessage<S, Offset, A, B>
            : never
        : never;
type OffsetMessage<
  S extends Shape,
  Offset extends number,
  A extends number,
  B extends number,
> = Message<
  "diagonalOffset",
  [Offset, At<S, NormalAxis<S, A>>, At<S, NormalAxis<S, B>>]
>;

/** The message for the second axis of `diagonal`. */
export type DiagonalAxisError<
  S extends Shape,
  A extends number,
  B extends number,
> = number extends A | B
  ? never
  : [AxisError<"diagonal", S, A>] extends [never]
    ? [AxisError<"diagonal", S, B>] extends [never]
      ? Dynamic<S> extends true
        ? never
        : NormalAxis<S, B> extends NormalAxis<S, A>
          ? Message<"diagonalAxes", [A, B, Show<S>]>
          : never
      : AxisError<"diagonal", S, B>
    : never;

/** The two axes of `diagonal` counted from the front, and the entries of the diagonal. */
export function diagonalAxes(
  shape: Shape,
  offset: number,
  a: number,
  b: number,
): { readonly axes: readonly [number, number]; readonly length: number } {
  checkMinimumRank("diagonal", shape, 2);
  const first = normalizeAxis("diagonal", shape, a);
  const second = normalizeAxis("diagonal", shape, b);
  if (first === second) failShape("diagonalAxes", a, b, shape);
  const [rows, columns] = [shape[first] as number, shape[second] as number];
  const length = Math.min(
    rows + Math.min(offset, 0),
    columns - Math.max(offset, 0),
  );
  if (!Number.isInteger(offset) || length < 1)
    failShape("diagonalOffset", offset, rows, columns);
  return { axes: [first, second], length };
}
