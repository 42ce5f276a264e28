import { makeNode } from "../../dsl/context.js";
import type { Node } from "../../dsl/graph.js";
import { rebuild, sameKind, type Pass } from "./rebuild.js";

/** The program for exactly one example: the batch axis disappears, its size is the number 1. */
export const single: Pass = {
  name: "single",
  run: (program) => rebuild(program, withoutBatch),
};

function withoutBatch(v: Node): Node {
  const { op, args } = v;
  const as = (changed: Node["op"]): Node =>
    makeNode(changed, args, v.shape, false, v.dtype, v.place);
  switch (op.kind) {
    case "batchSize":
      return as({ kind: "constant", data: [1] });
    case "exampleIndex":
      return as({ kind: "constant", data: [0] });
    case "scatter":
      return op.batch || v.batched ? as({ ...op, batch: false }) : v;
    case "reduce":
      if (op.batch && op.axes.length === 0) return args[0] as Node;
      return op.batch || v.batched ? as({ ...op, batch: false }) : v;
    case "contract":
      return op.batch || v.batched ? as({ ...op, batch: false }) : v;
    case "expand":
      if (
        op.batch &&
        sameKind(args[0] as Node, { shape: v.shape, batched: false })
      )
        return args[0] as Node;
      return op.batch || v.batched ? as({ ...op, batch: false }) : v;
    default:
      return v.batched ? as(op) : v;
  }
}
