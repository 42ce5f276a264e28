import { within } from "../../dsl/context.js";
import type { Node } from "../../dsl/graph.js";
import { alongAxis } from "../../dsl/primitives/expand.js";
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
  const largest = reduceNode("max", x, [axis]);
  // What is taken out of the exponents is finite: infinities keep their meaning.
  const finite = less(applyScalar("abs", largest), constant(Infinity));
  const top = where(finite, largest, constant(0));
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
