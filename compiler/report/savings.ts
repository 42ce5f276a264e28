/** What is saved where not everything is trained. */
import { dtypes } from "../emit/dtype.js";
import { memoryBytes, sizesOf } from "../emit/fields.js";
import type { ModulePlan } from "../emit/module.js";
import { rowsOf } from "./rows.js";

/** What training takes; bytes with room for one example. */
export interface TrainingCost {
  /** Parameters that are trained. */
  readonly trained: number;
  /** Of the backward pass, the values that it is derived from included, on all examples of the report. */
  readonly multiplyAdds: number;
  readonly gradientBytes: number;
  /** What the optimizer keeps beside the parameters. */
  readonly stateBytes: number;
  /** Values that live from one kernel to another. */
  readonly valueBytes: number;
  /** All that `create()` allocates. */
  readonly memoryBytes: number;
}

/** A model as it is, and as it would be if all that is not frozen were trained. */
export interface Savings {
  readonly parameters: number;
  readonly part: TrainingCost;
  readonly whole: TrainingCost;
}

export const savingsOf = (
  part: ModulePlan,
  whole: ModulePlan,
  examples: number,
): Savings => ({
  parameters: sizesOf(part).total,
  part: costOf(part, examples),
  whole: costOf(whole, examples),
});

function costOf(plan: ModulePlan, examples: number): TrainingCost {
  const { trainable, state } = sizesOf(plan);
  const { perExample, fixed } = plan.memory;
  const { bytes } = dtypes[plan.dtype];
  return {
    trained: trainable,
    multiplyAdds: rowsOf(plan, examples)
      .filter(({ method }) => method === "backward")
      .flatMap(({ kernels }) => kernels)
      .reduce((n, k) => n + k.multiplyAdds * (k.batched ? examples : 1), 0),
    gradientBytes: bytes * trainable,
    stateBytes: bytes * state,
    valueBytes: bytes * (perExample + fixed),
    memoryBytes: memoryBytes(plan),
  };
}
