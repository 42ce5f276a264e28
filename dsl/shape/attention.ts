/** Attention: queries [..., L, E], keys [..., S, E] and values [..., S, V] give [..., L, V]. */
import { expands, type Expands } from "./broadcast.js";
import type { Remainder } from "./digits.js";
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
import type { ArgumentError, FeaturesError } from "./recurrent.js";
import { checkArgument, checkFeatures } from "./recurrent.js";

/** The message for the queries, which have two axes or more. */
export type QueryError<Op extends string, Q extends Shape> = MinimumRankError<
  Op,
  Q,
  2
>;

/** The message for the keys: as many features as the queries, the same leading axes. */
export type KeyError<Op extends string, Q extends Shape, K extends Shape> = [
  MinimumRankError<Op, K, 2>,
] extends [never]
  ? DimOk<Last<Q>, Last<K>> extends true
    ? ShapeOk<Init<Init<Q>>, Init<Init<K>>> extends true
      ? never
      : Message<"queryLead", [Op, Show<Q>, Show<K>]>
    : Message<"queryKey", [Op, Show<Q>, Last<Q>, Show<K>, Last<K>]>
  : MinimumRankError<Op, K, 2>;

/** The message for the values: one for each key. */
export type ValueError<Op extends string, K extends Shape, V extends Shape> = [
  MinimumRankError<Op, V, 2>,
] extends [never]
  ? ShapeOk<Init<K>, Init<V>> extends true
    ? never
    : Message<"keyValue", [Op, Show<K>, Show<V>]>
  : MinimumRankError<Op, V, 2>;

/** The shape of the scores [..., L, S]. */
export type ScoreShape<Q extends Shape, K extends Shape> = [
  ...Init<Q>,
  Last<Init<K>>,
];

/** The message for a mask, which broadcasts to the scores. */
export type MaskError<
  Op extends string,
  Scores extends Shape,
  M extends Shape,
> =
  Dynamic<Scores> extends true
    ? never
    : Dynamic<M> extends true
      ? never
      : Expands<M, Scores> extends true
        ? never
        : Message<"scoreMask", [Op, Show<M>, Show<Scores>]>;

/** The shape of attention's result [..., L, V]. */
export type AttentionShape<Q extends Shape, V extends Shape> = [
  ...Init<Q>,
  Last<V>,
];

/** The shape of the scores; throws unless queries, keys and values fit. */
export function scoreShape(op: string, q: Shape, k: Shape, v: Shape): number[] {
  checkMinimumRank(op, q, 2);
  checkMinimumRank(op, k, 2);
  const [features, own] = [q.at(-1) as number, k.at(-1) as number];
  if (features !== own) failShape("queryKey", op, q, features, k, own);
  if (!sameShape(q.slice(0, -2), k.slice(0, -2)))
    failShape("queryLead", op, q, k);
  checkMinimumRank(op, v, 2);
  if (!sameShape(k.slice(0, -1), v.slice(0, -1)))
    failShape("keyValue", op, k, v);
  return [...q.slice(0, -1), k.at(-2) as number];
}

/** Throws unless `mask` broadcasts to the scores. */
export function checkMask(op: string, scores: Shape, mask: Shape): void {
  if (!expands(mask, scores)) failShape("scoreMask", op, mask, scores);
}

/** The message for what a query attends to: it differs from the query in its length at most. */
export type AttendedError<
  Op extends string,
  What extends string,
  Q extends Shape,
  K extends Shape,
> =
  Dynamic<Q> extends true
    ? never
    : ArgumentError<Op, What, [...Init<Init<Q>>, Last<Init<K>>, Last<Q>], K>;

/** The shape of the scores of `Heads` heads. */
export type HeadScoreShape<
  Q extends Shape,
  K extends Shape,
  Heads extends number,
> = [...Init<Init<Q>>, Heads, Last<Init<Q>>, Last<Init<K>>];

/** Throws unless queries are [..., L, features], and what they attend to differs from them in its length at most. */
export function checkAttended(
  op: string,
  query: Shape,
  others: Readonly<Record<string, Shape>>,
  features: number,
): void {
  checkMinimumRank(op, query, 2);
  checkFeatures(op, query, features);
  for (const [what, shape] of Object.entries(others)) {
    const length = shape.at(-2) ?? 1;
    checkArgument(op, what, [...query.slice(0, -2), length, features], shape);
  }
}

/** The message for an input [..., L, features] of a layer made for `Features` features. */
export type TokensError<
  Op extends string,
  S extends Shape,
  Features extends number,
> = [MinimumRankError<Op, S, 2>] extends [never]
  ? FeaturesError<Op, S, Features>
  : MinimumRankError<Op, S, 2>;

/** The message for the input of a rotary embedding: its features are pairs. */
export type RotaryError<S extends Shape> = [
  MinimumRankError<"rotaryEmbedding", S, 2>,
] extends [never]
  ? number extends Last<S>
    ? never
    : Remainder<Last<S>, 2> extends 1
      ? Message<"pairs", ["rotaryEmbedding", Last<S>, Show<S>]>
      : never
  : MinimumRankError<"rotaryEmbedding", S, 2>;

/** Throws unless the features of `x` are pairs. */
export function checkRotary(x: Shape): void {
  checkMinimumRank("rotaryEmbedding", x, 2);
  const features = x.at(-1) as number;
  if (features % 2 !== 0) failShape("pairs", "rotaryEmbedding", features, x);
}
