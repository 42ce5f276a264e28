import { makeNode } from "../context.js";
import type { Node } from "../graph.js";
import { alongAxis } from "./expand.js";
import { reduceNode } from "./reduce.js";
import type { Rule } from "./rule.js";
import { mul, sub } from "./scalar.js";

/** e^x / sum e^x along one axis, stable. */
export const softmaxNode = (x: Node, axis: number): Node =>
  makeNode({ kind: "softmax", axis }, [x], x.shape, x.batched);

/** ln sum e^x along one axis, stable. */
export const logsumexpNode = (x: Node, axis: number): Node =>
  makeNode(
    { kind: "logsumexp", axis },
    [x],
    x.shape.filter((_, i) => i !== axis),
    x.batched,
  );

export const softmaxRule: Rule<"softmax"> = {
  doc: "y = e^x / sum e^x; dx = y (dy - sum dy y)",
  text: (op) => `softmax axis ${String(op.axis)}`,
  signature: (_op, [x]) => ({
    shape: (x as Node).shape,
    batched: (x as Node).batched,
  }),
  vjp: (op, dy, y) => {
    const along = reduceNode("sum", mul(dy, y), [op.axis]);
    return [mul(y, sub(dy, alongAxis(along, op.axis, y.shape)))];
  },
};

export const logsumexpRule: Rule<"logsumexp"> = {
  doc: "y = ln sum e^x; dx = dy softmax(x)",
  text: (op) => `logsumexp axis ${String(op.axis)}`,
  signature: (op, [x]) => ({
    shape: (x as Node).shape.filter((_, i) => i !== op.axis),
    batched: (x as Node).batched,
  }),
  vjp: (op, dy, node) => {
    const x = node.args[0] as Node;
    return [mul(alongAxis(dy, op.axis, x.shape), softmaxNode(x, op.axis))];
  },
};
