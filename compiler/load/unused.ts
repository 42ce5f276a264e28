/** Warnings of what a model declares and does not use, or does not train. */
import {
  isLeaf,
  topological,
  type Call,
  type Leaf,
  type Node,
  type Op,
} from "../../dsl/graph.js";
import type { Diagnostic } from "../diagnostics.js";
import { shown } from "./identifiers.js";
import type { NamedModel } from "./name.js";
import { positionOf, type FindSite, type Site } from "./site.js";

/** Layers and parameters that are declared and have no part in the model. */
export function unused(
  declared: readonly Leaf[],
  order: readonly Node[],
  siteOf: (call: Call) => Site,
  findSite: FindSite,
): Diagnostic[] {
  const used = new Set<unknown>(order.flatMap(({ op }) => ownersOf(op)));
  const warned = new Set<unknown>();
  return declared.flatMap((op) => {
    const [owner] = ownersOf(op);
    if (used.has(owner) || warned.has(owner)) return [];
    warned.add(owner);
    const { call } = op;
    const site =
      call !== undefined
        ? siteOf(call)
        : op.site === undefined
          ? undefined
          : findSite(op.site);
    const what =
      call === undefined
        ? `parameter ${shown(op.name)}`
        : `layer ${shown(call.explicit ?? site?.name ?? call.callee)}`;
    return [
      {
        severity: "warning",
        code: "GC1313",
        message: `${what} is not used: neither the loss nor an output depends on it`,
        ...positionOf(site ?? {}),
        remedy: "use it, or take it out",
      } as const,
    ];
  });
}

/** What a parameter belongs to: the call of a layer, or the parameter itself. */
const ownersOf = (op: Op): readonly [] | readonly [Call | Leaf] =>
  op.kind === "leaf" && op.space === "param" ? [op.call ?? op] : [];

/**
 * Parameters without a derivative: they keep their initial values.
 *
 * @param gradients those that the loss was derived with respect to
 */
export function ungradiented(
  { params, loss, positionOf: at }: NamedModel,
  gradients: ReadonlyMap<Node, Node>,
): Diagnostic[] {
  const without = params.filter(
    (p) => p.op.trainable !== false && !gradients.has(p),
  );
  if (without.length === 0) return [];
  const reached = new Set(topological([loss]));
  return without.map((p) => ({
    severity: "warning",
    code: "GC1311",
    message: reached.has(p)
      ? `parameter ${shown(p.op.name)} gets no gradient: whatever reads it has no derivative, or stops it`
      : `parameter ${shown(p.op.name)} gets no gradient: the loss does not depend on it`,
    ...at(p),
    remedy: reached.has(p)
      ? "take out what stops its gradient, such as stopGradient or a comparison, or declare it frozen"
      : "use it in the loss, or declare it frozen",
  }));
}

/** A model whose steps change nothing: a gradient may be all that is wanted of it. */
export function untrained(
  params: readonly Node[],
  loss: Node,
  siteOf: (call: Call) => Site,
): Diagnostic[] {
  if (params.some((p) => isLeaf(p) && p.op.trainable !== false)) return [];
  const { call } = loss.place;
  return [
    {
      severity: "warning",
      code: "GC1312",
      message: "model: no parameter is trained, trainStep changes nothing",
      ...(call === undefined ? {} : positionOf(siteOf(call))),
      remedy: "give it a layer with parameters, or do not freeze all of them",
    },
  ];
}
