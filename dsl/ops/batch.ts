import { CompileTimeError } from "../errors.js";
import type { Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { batchReduce } from "../primitives/reduce.js";
import { batchSize, div } from "../primitives/scalar.js";
import { showShape, type Shape } from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { numbers } from "./elementwise.js";

/** From one value for each example to one for the whole batch. */
export type BatchReduction = <S extends Shape>(
  x: Tensor<S>,
  options?: NameOptions,
) => Tensor<S>;

const reduction =
  (op: string, build: (x: Node) => Node): BatchReduction =>
  (x, options) =>
    value(op, options, () => build(batchedNode(op, x)));

function batchedNode(op: string, x: unknown): Node {
  const node = numbers(op, x);
  if (!node.batched)
    throw new CompileTimeError(
      "GC1112",
      `${op}: expects a value of each example, got one of shape ${showShape(node.shape)} that does not depend on a batched input`,
      "reduce axes with sum, mean or max",
    );
  return node;
}

/**
 * y = the sum of x over the examples of a batch. PyTorch: sum over dimension 0.
 *
 * @throws CompileTimeError where x is the same for all examples.
 * @example const total = batchSum(x);
 */
export const batchSum: BatchReduction = reduction("batchSum", (x) =>
  batchReduce("sum", x),
);

/**
 * y = the mean of x over the examples of a batch. PyTorch: mean over dimension 0.
 *
 * @throws CompileTimeError where x is the same for all examples.
 * @example const center = batchMean(x);
 */
export const batchMean: BatchReduction = reduction("batchMean", (x) =>
  div(batchReduce("sum", x), batchSize()),
);

/**
 * y = the largest value of each entry among the examples of a batch; ties share the gradient evenly. PyTorch: amax over
 * dimension 0.
 *
 * @throws CompileTimeError where x is the same for all examples.
 * @example const largest = batchMax(x);
 */
export const batchMax: BatchReduction = reduction("batchMax", (x) =>
  batchReduce("max", x),
);
