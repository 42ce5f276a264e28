/** Entries chosen by indices: gather, indexSelect, oneHot, embedding, lookup. */
import type { AxisError, NormalAxis } from "./axes.js";
import { normalizeAxis } from "./axes.js";
import type { Less } from "./digits.js";
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type { Dynamic, MinimumRankError, Shape } from "./shape.js";
import { checkPositive } from "./shape.js";
import type { IndicesError } from "./targets.js";

type DType = "f64" | "i32";

/** True where every dimension of `I` but that of axis `X` is at most that of `S`. */
type WithinBut<
  S extends Shape,
  I extends Shape,
  X extends number,
  Count extends unknown[] = [],
> = S extends readonly [infer s extends number, ...infer SR extends Shape]
  ? I extends readonly [infer i extends number, ...infer IR extends Shape]
    ? Count["length"] extends X
      ? WithinBut<SR, IR, X, [...Count, unknown]>
      : Less<s, i> extends true
        ? false
        : WithinBut<SR, IR, X, [...Count, unknown]>
    : false
  : I extends readonly []
    ? true
    : false;

/** The message for the indices of `gather`. */
export type GatherError<
  S extends Shape,
  X extends number,
  I extends Shape,
  D extends DType,
> = [IndicesError<"gather", I, D>] extends [never]
  ? number extends X
    ? never
    : Dynamic<S> extends true
      ? never
      : Dynamic<I> extends true
        ? never
        : [AxisError<"gather", S, X>] extends [never]
          ? WithinBut<S, I, NormalAxis<S, X>> extends true
            ? never
            : Message<"gatherIndices", [Show<I>, Show<S>, X]>
          : never
  : IndicesError<"gather", I, D>;

/** Throws for indices that have other axes than x, or reach beyond it on an axis that they do not choose along. */
export function checkGather(shape: Shape, axis: number, indices: Shape): void {
  const at = normalizeAxis("gather", shape, axis);
  const fits =
    indices.length === shape.length &&
    indices.every((d, i) => i === at || d <= (shape[i] as number));
  if (!fits) failShape("gatherIndices", indices, shape, axis);
}

/** The message for the indices of `indexSelect`: a list. */
export type IndexListError<I extends Shape, D extends DType> = [
  IndicesError<"indexSelect", I, D>,
] extends [never]
  ? Dynamic<I> extends true
    ? never
    : I extends readonly [unknown]
      ? never
      : Message<"indexList", [Show<I>]>
  : IndicesError<"indexSelect", I, D>;

/** Throws for indices that are no list. */
export function checkIndexList(indices: Shape): void {
  if (indices.length !== 1) failShape("indexList", indices);
}

/** The shape of `lookup(table, indices)`: that of the indices, then that of a row. */
export type LookupShape<T extends Shape, I extends Shape> =
  Dynamic<I> extends true
    ? number[]
    : T extends readonly [unknown, ...infer Row extends number[]]
      ? [...{ -readonly [K in keyof I]: I[K] }, ...Row]
      : number[];

/** The message for a table that has no rows. */
export type TableError<S extends Shape> = MinimumRankError<"lookup", S, 1>;

/** Throws unless `count` is positive and more than every index: `classes` of them, from 0. */
export function checkIndexRange(
  op: string,
  classes: number | undefined,
  count: number,
): void {
  checkPositive(op, "count", count);
  if (classes !== undefined && classes > count)
    failShape("indexRange", op, classes - 1, count - 1);
}
