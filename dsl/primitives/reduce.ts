import { makeNode } from "../context.js";
import { range, type Node, type ReduceBy } from "../graph.js";
import { expandNode } from "./expand.js";
import type { Rule } from "./rule.js";
import { div, equal, mul } from "./scalar.js";

/** Reduces `axes` (and the examples where `batch`); terms in row-major order, examples outermost. */
export function reduceNode(
  by: ReduceBy,
  x: Node,
  axes: readonly number[] = range(x.shape.length),
  batch = false,
): Node {
  const sorted = [...axes].sort((a, b) => a - b);
  return makeNode(
    { kind: "reduce", by, axes: sorted, batch },
    [x],
    x.shape.filter((_, i) => !sorted.includes(i)),
    x.batched && !batch,
  );
}

/** Sum over the examples; an unbatched value counts once an example, so it has to be repeated first. */
export const batchReduce = (by: ReduceBy, x: Node): Node =>
  x.batched ? reduceNode(by, x, [], true) : x;

export const reduceRule: Rule<"reduce"> = {
  doc: "y = sum, max or min of x; dx = dy for a sum; ties of max and min share dy evenly, as PyTorch's amax",
  signature: (op, [x]) => ({
    shape: (x as Node).shape.filter((_, i) => !op.axes.includes(i)),
    batched: (x as Node).batched && !op.batch,
  }),
  vjp: (op, dy, node) => {
    const x = node.args[0] as Node;
    const kept = range(x.shape.length).filter((i) => !op.axes.includes(i));
    const spread = (v: Node): Node =>
      expandNode(v, kept, x.shape, op.batch && x.batched);
    if (op.by === "sum") return [spread(dy)];
    const tied = equal(x, spread(node));
    const share = div(dy, reduceNode("sum", tied, op.axes, op.batch));
    return [mul(spread(share), tied)];
  },
};
