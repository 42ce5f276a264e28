import { makeNode } from "../context.js";
import { range, type Node } from "../graph.js";
import { reshapeNode } from "./movement.js";
import { reduceNode } from "./reduce.js";
import type { Rule } from "./rule.js";

/** Repeats `x`: its axis i becomes axis axes[i] of `shape`, the other axes (and the examples) are copies. */
export function expandNode(
  x: Node,
  axes: readonly number[],
  shape: readonly number[],
  batch: boolean,
): Node {
  return makeNode(
    { kind: "expand", axes, batch },
    [x],
    shape,
    x.batched || batch,
    x.dtype,
  );
}

/** Repeats `x` along new leading axes and axes of length 1, as NumPy does, and over the examples. */
export function broadcast(
  x: Node,
  shape: readonly number[],
  batched: boolean = x.batched,
): Node {
  const lead = shape.length - x.shape.length;
  const kept = range(x.shape.length).filter(
    (i) => x.shape[i] === shape[lead + i],
  );
  if (kept.length === shape.length && batched === x.batched) return x;
  const core =
    kept.length === x.shape.length
      ? x
      : reshapeNode(
          x,
          kept.map((i) => x.shape[i] as number),
        );
  return expandNode(
    core,
    kept.map((i) => lead + i),
    shape,
    batched && !x.batched,
  );
}

/** Repeats `x` along one new axis. */
export const alongAxis = (
  x: Node,
  axis: number,
  shape: readonly number[],
): Node =>
  expandNode(
    x,
    range(shape.length).filter((i) => i !== axis),
    shape,
    false,
  );

export const expandRule: Rule<"expand"> = {
  doc: "y repeats x; dx is the sum of dy over the copies, as one sum over examples and axes",
  text: (op) =>
    `expand to [${op.axes.join(", ")}]${op.batch ? " and examples" : ""}`,
  signature: (op, [x], node) => ({
    shape: node.shape.map((d, i) => {
      const from = op.axes.indexOf(i);
      return from < 0 ? d : ((x as Node).shape[from] as number);
    }),
    batched: (x as Node).batched || op.batch,
  }),
  vjp: (op, dy, node) => {
    const copies = range(node.shape.length).filter((i) => !op.axes.includes(i));
    return [
      copies.length > 0 || op.batch
        ? reduceNode("sum", dy, copies, op.batch)
        : dy,
    ];
  },
};
