import type { Node, Op } from "../../dsl/graph.js";
import { textOf } from "../../dsl/primitives/index.js";
import { rebuild, type Pass } from "./rebuild.js";

/** Never equal to another: names, and what is computed once more on purpose. */
const single: ReadonlySet<Op["kind"]> = new Set([
  "leaf",
  "label",
  "custom",
  "again",
  "random",
  // Each placeholder stands for what its own argument is, and the steps of loops are not compared.
  "bound",
  "scan",
]);

/** Equal expressions become one value, the earliest one; labels never merge, so that every name survives. */
export const share: Pass = {
  name: "share",
  run: (program) => {
    const seen = new Map<string, Node>();
    return rebuild(program, (v) => {
      if (single.has(v.op.kind)) return v;
      const key = `${textOf(v.op)}:${v.shape.join()}:${String(v.batched)}:${v.args.map((a) => a.id).join()}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, v);
      return first ?? v;
    });
  },
};
