/** Products of matrices: NumPy's rules for vectors and batch axes, and the layer that multiplies by a weight. */
import type { Broadcast, BroadcastClash } from "./broadcast.js";
import { broadcastClash, broadcastShape } from "./broadcast.js";
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
import { checkMinimumRank, checkPositive, sameShape } from "./shape.js";

/** The inner dimension of the right operand: its rows, or the length of a vector. */
type Rows<B extends Shape> = B extends readonly [infer K extends number]
  ? K
  : Last<Init<B>>;

/** The axes before the last two. */
type BatchAxes<S extends Shape> = S extends readonly [
  ...infer I extends number[],
  unknown,
  unknown,
]
  ? I
  : [];

/** The shape of `matmul(a, b)`. */
export type MatmulShape<A extends Shape, B extends Shape> =
  Dynamic<A> extends true
    ? number[]
    : Dynamic<B> extends true
      ? number[]
      : A extends readonly [unknown]
        ? B extends readonly [unknown]
          ? []
          : [...BatchAxes<B>, Last<B>]
        : B extends readonly [unknown]
          ? Init<A>
          : A extends readonly [infer m extends number, unknown]
            ? [...BatchAxes<B>, m, Last<B>]
            : [
                ...Broadcast<BatchAxes<A>, BatchAxes<B>>,
                Last<Init<A>>,
                Last<B>,
              ];

/** The message for the right operand of `matmul`. */
export type MatmulError<A extends Shape, B extends Shape> =
  Dynamic<A> extends true
    ? never
    : Dynamic<B> extends true
      ? never
      : [MinimumRankError<"matmul", A, 1>] extends [never]
        ? [MinimumRankError<"matmul", B, 1>] extends [never]
          ? DimOk<Last<A>, Rows<B>> extends true
            ? MatmulBatchError<A, B>
            : Message<"matmul", [Show<A>, Last<A>, Show<B>, Rows<B>]>
          : MinimumRankError<"matmul", B, 1>
        : MinimumRankError<"matmul", A, 1>;

/** Batch axes that do not meet; axes are counted from the end of the whole shapes. */
type MatmulBatchError<A extends Shape, B extends Shape> = A["length"] extends
  1 | 2
  ? never
  : BroadcastClash<
        BatchAxes<A>,
        BatchAxes<B>,
        [unknown, unknown, unknown]
      > extends infer C extends readonly (number | string)[]
    ? Message<"matmulBatch", [Show<A>, Show<B>, ...C]>
    : never;

/** The shape of `matmul(a, b)`; a vector on the left is a row, on the right a column, and its axis disappears. */
export function matmulShape(a: Shape, b: Shape): number[] {
  checkMinimumRank("matmul", a, 1);
  checkMinimumRank("matmul", b, 1);
  const columns = a.at(-1) as number;
  const rows = (b.length === 1 ? b[0] : b.at(-2)) as number;
  if (columns !== rows) failShape("matmul", a, columns, b, rows);
  const left = a.slice(0, -2);
  const right = b.slice(0, -2);
  const clash = broadcastClash(left, right);
  if (clash !== undefined) {
    const [m, n, axis] = clash;
    failShape("matmulBatch", a, b, m, n, axis - 2);
  }
  return [
    ...broadcastShape("matmul", left, right),
    ...a.slice(0, -1).slice(-1),
    ...(b.length === 1 ? [] : b.slice(-1)),
  ];
}

/** The message for the input of a linear layer made for `In` features. */
export type LinearError<S extends Shape, In extends number> =
  DimOk<In, Last<S>> extends true
    ? MinimumRankError<"linear", S, 1>
    : Message<"linear", [In, Last<S>, Show<S>]>;

/** The shape of x W^T + b for a weight of shape [out, in]; throws unless the last axis of `x` has `inputs` entries. */
export function linearShape(
  x: Shape,
  inputs: number,
  outputs: number,
): number[] {
  checkMinimumRank("linear", x, 1);
  const got = x.at(-1) as number;
  if (got !== inputs) failShape("linear", inputs, got, x);
  return [...x.slice(0, -1), outputs];
}

/** The message for the second input of `bilinear`: all axes but the last are those of the first. */
export type BilinearError<A extends Shape, B extends Shape> = [
  MinimumRankError<"bilinear", A, 1> | MinimumRankError<"bilinear", B, 1>,
] extends [never]
  ? ShapeOk<Init<A>, Init<B>> extends true
    ? never
    : Message<"bilinear", [Show<A>, Show<B>]>
  : MinimumRankError<"bilinear", B, 1>;

/** The shape of `bilinear(a, b, outputs)`; throws where a and b differ before their last axes. */
export function bilinearShape(a: Shape, b: Shape, outputs: number): number[] {
  checkMinimumRank("bilinear", a, 1);
  checkMinimumRank("bilinear", b, 1);
  if (!sameShape(a.slice(0, -1), b.slice(0, -1))) failShape("bilinear", a, b);
  checkPositive("bilinear", "features", outputs);
  return [...a.slice(0, -1), outputs];
}
