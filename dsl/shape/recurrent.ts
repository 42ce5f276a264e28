/** Recurrent layers: features, initial states, what a loop over the leading axis carries. */
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type {
  DimOk,
  Dynamic,
  Init,
  Last,
  MinimumRankError,
  Shape,
  ShapeOk,
} from "./shape.js";
import { checkMinimumRank, sameShape } from "./shape.js";

/** The message for an input [..., In] of a layer made for `In` features. */
export type FeaturesError<
  Op extends string,
  S extends Shape,
  In extends number,
> =
  DimOk<In, Last<S>> extends true
    ? MinimumRankError<Op, S, 1>
    : [MinimumRankError<Op, S, 1>] extends [never]
      ? Message<"features", [Op, In, Last<S>, Show<S>]>
      : MinimumRankError<Op, S, 1>;

/** Throws unless the last axis of `x` has `features` entries. */
export function checkFeatures(op: string, x: Shape, features: number): void {
  checkMinimumRank(op, x, 1);
  const got = x.at(-1) as number;
  if (got !== features) failShape("features", op, features, got, x);
}

/** The message for the argument `What`, which must have the shape `Expected`. */
export type ArgumentError<
  Op extends string,
  What extends string,
  Expected extends Shape,
  S extends Shape,
> =
  ShapeOk<Expected, S> extends true
    ? never
    : Message<"argument", [Op, What, Show<Expected>, Show<S>]>;

/** Throws unless the argument `what` has the shape `expected`. */
export function checkArgument(
  op: string,
  what: string,
  expected: Shape,
  shape: Shape,
): void {
  if (!sameShape(expected, shape))
    failShape("argument", op, what, expected, shape);
}

/** The shape of a cell's state for the input `S`: `Hidden` features in place of its own. */
export type StateShape<S extends Shape, Hidden extends number> = [
  ...Init<S>,
  Hidden,
];

/** The shape of one entry along the leading axis. */
export type EntryShape<S extends Shape> =
  Dynamic<S> extends true
    ? number[]
    : S extends readonly [unknown, ...infer R extends number[]]
      ? R
      : number[];

/** The length of the leading axis. */
export type Length<S extends Shape> = S extends readonly [
  infer L extends number,
  ...unknown[],
]
  ? L
  : number;
