/** What a model's author says of the optimizer: values that its groups and its own schedule and clipping name. */
import { makeNode, within } from "../../dsl/context.js";
import { topological, type Node, type Place } from "../../dsl/graph.js";
import { isTensor } from "../../dsl/ops/elementwise.js";
import type { Optimizer } from "../../dsl/optimizers/optimizer.js";
import { asNode, asTensor, type Tensor } from "../../dsl/tensor.js";
import type { FindSite } from "./site.js";

/** The optimizer of a model whose values are now other nodes. */
export function ownRule(
  optimizer: Optimizer,
  now: ReadonlyMap<Node, Node>,
  findSite: FindSite,
): Optimizer {
  const { schedule, clip, groups } = optimizer;
  // What returned something else is refused where it is applied.
  const named = (given: readonly Tensor[]): readonly Tensor[] =>
    given.every((t) => isTensor(t))
      ? namedByText(given.map(asNode), now, findSite).map((v) =>
          asTensor<Tensor>(v),
        )
      : given;
  return {
    ...optimizer,
    ...(schedule !== undefined && {
      schedule: (lr, k) => named([schedule(lr, k)])[0] as Tensor<[]>,
    }),
    ...(clip !== undefined && {
      clip: (gradients) => {
        const clipped: readonly Tensor[] = clip(gradients);
        return Array.isArray(clipped)
          ? named(clipped as readonly Tensor[])
          : clipped;
      },
    }),
    ...(groups !== undefined && {
      groups: groups.map((g) => ({
        ...g,
        params: g.params.map((q) =>
          typeof q === "string" ? q : (now.get(asNode(q as never)) ?? q),
        ),
      })),
    }),
  };
}

const update: Place = { phase: "update", call: undefined };

/**
 * Formulas of an author's own, as some of the optimizer's: only what their text calls by a name has one, and nothing in
 * them is a layer. What they share they share afterwards.
 */
function namedByText(
  roots: readonly Node[],
  now: ReadonlyMap<Node, Node>,
  findSite: FindSite,
): readonly Node[] {
  const own = new Map<Node, Node>();
  const to = (v: Node): Node => own.get(v) ?? v;
  within(update, () => {
    for (const v of topological(roots)) own.set(v, rebuilt(v));
  });
  return roots.map(to);

  function rebuilt(v: Node): Node {
    const { op, args } = v;
    if (args.length === 0) return now.get(v) ?? v;
    const [x] = args;
    if (op.kind === "label" && op.call !== undefined && x !== undefined) {
      const name = op.call.explicit ?? findSite(op.call.site)?.name;
      if (name === undefined) return to(x);
      return makeNode(
        { kind: "label", name },
        [to(x)],
        v.shape,
        v.batched,
        v.dtype,
      );
    }
    const called = v.place.called;
    return makeNode(
      op,
      args.map(to),
      v.shape,
      v.batched,
      v.dtype,
      called === undefined ? update : { ...update, called },
    );
  }
}
