import type { Node, Op } from "../../dsl/graph.js";
import { rebuild, type Pass } from "./rebuild.js";

/** What two nodes must have in common, besides arguments and shape, to be the same value. */
function keyOf(op: Op): string {
  switch (op.kind) {
    case "scalar":
      return op.name;
    case "constant":
      return op.data.map((x) => (Object.is(x, -0) ? "-0" : String(x))).join();
    case "contract":
      return [op.left, op.right, op.out, op.over, String(op.batch)].join();
    case "reduce":
      return [op.by, String(op.batch), ...op.axes].join();
    case "expand":
      return [String(op.batch), ...op.axes].join();
    case "permute":
      return op.order.join();
    case "slice":
      return [op.axis, op.start, op.step].join();
    case "softmax":
    case "logsumexp":
    case "concat":
      return String(op.axis);
    case "iota":
      return String(op.start);
    case "batchSize":
    case "reshape":
      return "";
    case "leaf":
    case "label":
      return op.name;
  }
}

/** Equal expressions become one value, the earliest one; labels never merge, so that every name survives. */
export const share: Pass = {
  name: "share",
  run: (program) => {
    const seen = new Map<string, Node>();
    return rebuild(program, (v) => {
      if (v.op.kind === "leaf" || v.op.kind === "label") return v;
      const key = `${v.op.kind}:${keyOf(v.op)}:${v.shape.join()}:${String(v.batched)}:${v.args.map((a) => a.id).join()}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, v);
      return first ?? v;
    });
  },
};
