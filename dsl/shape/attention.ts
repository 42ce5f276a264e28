/** Attention: queries [..., L, E], keys [..., S, E] and values [..., S, V] give [..., L, V]. */
import { expands, type Expands } from "./broadcast.js";
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
