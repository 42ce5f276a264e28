/** Whether a contestant computed what gradc did. */
import type { Task } from "../workloads/table.js";

/**
 * Relative distance ||a - b|| / ||b|| up to which two results are the same one: sums are ordered differently in every
 * library, and roundings of float32 add up over the terms of the longest sum (784) and its layers.
 */
export const tolerance = { f64: 1e-10, f32: 1e-3 } as const;

/**
 * The distance of outputs, or of what a step changed: a parameter is large and its step small, so that parameters
 * themselves would agree whatever the gradient is. A loss is compared with the outputs' tolerance too.
 */
export function distance(
  task: Task,
  start: Float64Array,
  result: Float64Array,
  expected: Float64Array,
): number {
  if (result.length !== expected.length) return Number.POSITIVE_INFINITY;
  if (task.kind === "forward") return relative(result, expected);
  const change = (of: Float64Array) =>
    of.subarray(1).map((x, i) => x - (start[i] ?? 0));
  return Math.max(
    relative(result.subarray(0, 1), expected.subarray(0, 1)),
    relative(change(result), change(expected)),
  );
}

function relative(a: Float64Array, b: Float64Array): number {
  let difference = 0;
  let size = 0;
  for (const [i, x] of b.entries()) {
    difference += ((a[i] ?? Number.NaN) - x) ** 2;
    size += x ** 2;
  }
  return Math.sqrt(difference / size);
}
