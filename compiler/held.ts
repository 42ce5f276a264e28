import {
  emptyProgram,
  topological,
  withSteps,
  type Node,
} from "../dsl/graph.js";
import { leafNode } from "../dsl/primitives/leaf.js";
import type { Values } from "./interpret.js";
import { rebuild } from "./passes/rebuild.js";

/** A loss without stopGradient, and the values of the leaves that took its places. */
export interface Held {
  readonly loss: Node;
  readonly leaves: ReadonlyMap<Node, Values>;
}

const isStopped = (v: Node): boolean =>
  v.op.kind === "scalar" && v.op.name === "stopGradient";

/** True where central differences of the loss are not its gradient. */
export const stopsGradients = (loss: Node): boolean =>
  withSteps(topological([loss])).some(isStopped);

/**
 * The loss as a function whose slope is the gradient: what stopGradient hides from the derivation is a constant of it,
 * held at its value.
 */
export function heldLoss(
  loss: Node,
  values: (roots: readonly Node[]) => ReadonlyMap<Node, Values>,
): Held {
  const known = values([loss]);
  const leaves = new Map<Node, Values>();
  const changed = rebuild({ ...emptyProgram, loss }, (v, old) => {
    if (!isStopped(old)) return v;
    const leaf = leafNode("input", "held", v.shape, { batched: v.batched });
    leaves.set(leaf, known.get(old) as Values);
    return leaf;
  });
  return { loss: changed.loss as Node, leaves };
}
