import { sizeOf, type Node, type ReduceBy } from "../../dsl/graph.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";

export type Values = ArrayLike<number>;

/** One node and what its arguments hold; a batched one has `n` examples, outermost. */
export interface Evaluation {
  readonly node: Node;
  readonly data: readonly Values[];
  readonly n: number;
  /** Entries of one example of the result. */
  readonly size: number;
  /** Examples of the result: 1 where it is the same for all. */
  readonly examples: number;
  readonly functionFor: (name: ScalarName) => (...args: number[]) => number;
  readonly out: Float64Array;
  /** What a sum continues from, where it is one of many. */
  readonly start?: Values;
  /** What an operation leaves of its exact result, where numbers are stored in less than float64. */
  readonly round?: Round;
}

export type Round = (x: number) => number;

/** How numbers are rounded that are made of data. */
export interface Rounding {
  readonly round: Round;
  /** Values that are not rounded: what is made of single numbers alone. */
  readonly exact: ReadonlySet<Node>;
}

/** First entry of example e of an argument. */
export function baseOf({ node }: Evaluation, arg: number, e: number): number {
  const x = node.args[arg];
  return x?.batched === true ? e * sizeOf(x.shape) : 0;
}

/** Offsets in an array that the points of `dims` reach, row-major; stride 0 where an axis repeats it. */
export function offsets(
  dims: readonly number[],
  strides: readonly number[],
): Int32Array {
  let all = new Int32Array(1);
  dims.forEach((extent, axis) => {
    const next = new Int32Array(all.length * extent);
    all.forEach((base, i) => {
      for (let k = 0; k < extent; k++)
        next[i * extent + k] = base + k * (strides[axis] as number);
    });
    all = next;
  });
  return all;
}

export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--)
    strides[i] = (strides[i + 1] as number) * (shape[i + 1] as number);
  return strides;
}

/** What a reduction starts from: exact for every term that follows. */
export const neutral: Readonly<Record<ReduceBy, number>> = {
  sum: -0,
  prod: 1,
  max: -Infinity,
  min: Infinity,
};

export const step: Readonly<
  Record<ReduceBy, (s: number, x: number) => number>
> = {
  sum: (s, x) => s + x,
  prod: (s, x) => s * x,
  max: Math.max,
  min: Math.min,
};
