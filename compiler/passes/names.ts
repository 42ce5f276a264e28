import { makeNode, placed } from "../../dsl/context.js";
import {
  NodeTable,
  rootsOf,
  type Label,
  type Leaf,
  type Node,
  type Op,
  orderOf,
} from "../../dsl/graph.js";
import { rebuild, type Pass } from "./rebuild.js";

/** Whoever uses a named value uses it by its name: h, not an unnamed copy, in 1 - h^2. */
export const adopt: Pass = {
  name: "adopt",
  run: (program) => {
    const labels = new NodeTable<Node>();
    for (const v of orderOf(program)) {
      const [x] = v.args;
      if (
        x === undefined ||
        v.op.kind !== "label" ||
        v.op.cotangentOf !== undefined
      )
        continue;
      if (x.op.kind !== "label" && x.op.kind !== "leaf" && !labels.get(x))
        labels.set(x, v);
    }
    return rebuild(program, (v, old) => {
      if (old.op.kind === "label" && labels.get(old.args[0] as Node) === old)
        return v.args[0] as Node;
      const label = labels.get(old);
      return label === undefined
        ? v
        : makeNode(label.op, [v], v.shape, v.batched, v.dtype, label.place);
    });
  },
};

/**
 * A cotangent that stays inside its layer and is used once is part of a formula, not a step of the derivation: it has a
 * name only where it must be stored.
 */
export const unname: Pass = {
  name: "unname",
  run: (program) => {
    const order = orderOf(program);
    const users = new NodeTable<Node[]>();
    for (const v of order)
      for (const a of v.args) {
        const list = users.get(a);
        if (list === undefined) users.set(a, [v]);
        else list.push(v);
      }
    const roots = new Set(rootsOf(program));
    const byOp = new Map<Op, Node>(order.map((v) => [v.op, v]));
    return rebuild(program, (v, old) => {
      if (old.op.kind !== "label" || old.op.cotangentOf === undefined) return v;
      if (roots.has(old) || (users.get(old)?.length ?? 0) > 1) return v;
      const of = byOp.get(old.op.cotangentOf);
      const crosses =
        of === undefined ||
        (users.get(of) ?? []).some(
          (u) => u.place.phase === "forward" && u.place.call !== of.place.call,
        );
      return crosses ? v : calledAfter(old.op.cotangentOf, v.args[0] as Node);
    });
  },
};

function calledAfter(of: Leaf | Label, v: Node): Node {
  if (v.op.kind === "label" || v.op.kind === "leaf") return v;
  return placed(v, {
    ...v.place,
    called: { word: "", of, cotangent: true },
  });
}
