/** Inputs and targets of a workload: the same numbers for every contestant and in every run. */
import { product } from "../workloads/layers.js";
import type { Workload } from "../workloads/table.js";

export interface Data {
  readonly input: Float64Array;
  readonly target: Float64Array;
}

/** Numbers from 0 to 1, by the generator of Numerical Recipes; the benchmark asks for nothing random, only for no pattern. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

export function dataOf(workload: Workload): Data {
  const { letters, classes, zeros } = workload;
  const batch = Math.max(...workload.tasks.map((task) => task.batch));
  const next = numbers(1);
  const fill = (shape: readonly number[], value: () => number) =>
    Float64Array.from({ length: batch * product(shape) }, value);
  const below = (count: number) => () => Math.floor(count * next());
  return {
    input: fill(
      workload.input,
      letters === undefined
        ? () => (next() < zeros ? 0 : next())
        : below(letters),
    ),
    target: fill(
      workload.target,
      classes === undefined ? next : below(classes),
    ),
  };
}
