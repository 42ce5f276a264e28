/** Recurrent layers: features, initial states, what a loop over the leading axis carries. */
import type { Product } from "./digits.js";
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

/** A value with a shape, as the rules of a carry see it. */
interface Shaped<S extends Shape> {
  readonly shape: S;
  readonly dtype: string;
}

/** The message for one part of a carry, called `Name`. */
type PartError<Op extends string, Name extends string, C, N> =
  N extends Shaped<infer B>
    ? C extends Shaped<infer A>
      ? ShapeOk<A, B> extends true
        ? never
        : Message<"carryShape", [Op, Name, Show<A>, Show<B>]>
      : never
    : Message<"carryMissing", [Op, Name]>;

/** The message for a carry that a step returns: its parts keep the shapes of the first one. */
export type CarryError<Op extends string, C, N> =
  C extends Shaped<Shape>
    ? PartError<Op, "carry", C, N>
    : {
          [
            K in Extract<keyof C, string> as C[K] extends Shaped<Shape>
              ? K
              : never
          ]: K extends keyof N
            ? PartError<Op, `carry.${K}`, C[K], N[K]>
            : Message<"carryMissing", [Op, `carry.${K}`]>;
        } extends infer Errors
      ? Errors[keyof Errors]
      : never;

/** Throws unless each part of a carry has the shape that it starts with. */
export function checkCarry(
  op: string,
  names: readonly string[],
  before: readonly { readonly shape: Shape }[],
  after: readonly { readonly shape: Shape }[],
): void {
  before.forEach(({ shape }, k) => {
    const next = (after[k] as { readonly shape: Shape }).shape;
    if (!sameShape(shape, next))
      failShape("carryShape", op, names[k] as string, shape, next);
  });
}

/** The message for a sequence [T, In] or [T, N, In] of a layer made for `In` features. */
export type SequenceError<
  Op extends string,
  S extends Shape,
  In extends number,
> =
  Dynamic<S> extends true
    ? never
    : S["length"] extends 2 | 3
      ? FeaturesError<Op, S, In>
      : Message<"sequence", [Op, S["length"], Show<S>]>;

/** Throws unless `x` is a sequence of `features` features. */
export function checkSequence(op: string, x: Shape, features: number): void {
  if (x.length !== 2 && x.length !== 3) failShape("sequence", op, x.length, x);
  checkFeatures(op, x, features);
}

/** Number of directions. */
export type Directions<Bidirectional extends boolean> =
  boolean extends Bidirectional ? number : Bidirectional extends true ? 2 : 1;

/** The shape of a recurrent layer's outputs: the features of its directions one after the other. */
export type OutputShape<
  S extends Shape,
  H extends number,
  Bidirectional extends boolean,
> = [
  ...Init<S>,
  Directions<Bidirectional> extends 1
    ? H
    : Product<[Directions<Bidirectional>, H]>,
];

/** The shape of its states: layers and directions, examples where there are, features. */
export type StatesShape<
  S extends Shape,
  H extends number,
  Layers extends number,
  Bidirectional extends boolean,
  BatchFirst extends boolean,
> =
  Dynamic<S> extends true
    ? number[]
    : [
        Directions<Bidirectional> extends 1
          ? Layers
          : Product<[Layers, Directions<Bidirectional>]>,
        ...(S extends readonly [
          infer A extends number,
          infer B extends number,
          unknown,
        ]
          ? [
              boolean extends BatchFirst
                ? number
                : BatchFirst extends true
                  ? A
                  : B,
            ]
          : []),
        H,
      ];
