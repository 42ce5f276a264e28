import { within } from "../../dsl/context.js";
import type { Node } from "../../dsl/graph.js";
import { alongAxis } from "../../dsl/primitives/expand.js";
import { reduceNode } from "../../dsl/primitives/reduce.js";
import { add, applyScalar, div, sub } from "../../dsl/primitives/scalar.js";
import { rebuild, type Pass } from "./rebuild.js";

/** Stable softmax and logsumexp as the same maximum, exponentials and sum, which `share` then merges. */
function expanded(x: Node, axis: number, want: "softmax" | "logsumexp"): Node {
  const top = reduceNode("max", x, [axis]);
  const e = applyScalar("exp", sub(x, alongAxis(top, axis, x.shape)));
  const sum = reduceNode("sum", e, [axis]);
  return want === "softmax"
    ? div(e, alongAxis(sum, axis, x.shape))
    : add(top, applyScalar("log", sum));
}

export const decompose: Pass = {
  name: "decompose",
  run: (program) =>
    rebuild(program, (v) => {
      const { op } = v;
      if (op.kind !== "softmax" && op.kind !== "logsumexp") return v;
      return within(v.place, () =>
        expanded(v.args[0] as Node, op.axis, op.kind),
      );
    }),
};
