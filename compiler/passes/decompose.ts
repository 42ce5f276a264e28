import { placed, within } from "../../dsl/context.js";
import type { Node } from "../../dsl/graph.js";
import { alongAxis } from "../../dsl/primitives/expand.js";
import { calledNode } from "../../dsl/primitives/leaf.js";
import { reduceNode } from "../../dsl/primitives/reduce.js";
import {
  add,
  applyScalar,
  constant,
  div,
  less,
  sub,
  where,
} from "../../dsl/primitives/scalar.js";
import { rebuild, type Pass } from "./rebuild.js";

/** Stable softmax and logsumexp as the same maximum, exponentials and sum, which `share` then merges. */
function expanded(x: Node, axis: number, want: "softmax" | "logsumexp"): Node {
  const largest = calledNode("max", x, reduceNode("max", x, [axis]));
  // What is taken out of the exponents is finite: infinities keep their meaning.
  const finite = less(applyScalar("abs", largest), constant(Infinity));
  const shift = calledNode("shift", x, where(finite, largest, constant(0)));
  const shifted = sub(x, alongAxis(shift, axis, x.shape));
  const e = calledNode(
    "exp",
    x,
    applyScalar("exp", calledNode("shifted", x, shifted)),
  );
  const sum = calledNode("expSum", x, reduceNode("sum", e, [axis]));
  return want === "softmax"
    ? div(e, alongAxis(sum, axis, x.shape))
    : add(shift, calledNode("logSum", x, applyScalar("log", sum)));
}

export const decompose: Pass = {
  name: "decompose",
  run: (program) =>
    rebuild(program, (v) => {
      const { op } = v;
      if (op.kind !== "softmax" && op.kind !== "logsumexp") return v;
      const { phase, call } = v.place;
      const y = within({ phase, call }, () =>
        expanded(v.args[0] as Node, op.axis, op.kind),
      );
      return placed(y, v.place);
    }),
};
