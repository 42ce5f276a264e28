import { gradientNodes } from "../dsl/gradient.js";
import {
  emptyProgram,
  range,
  topological,
  withSteps,
  type Node,
} from "../dsl/graph.js";
import { vjpOf } from "../dsl/primitives/index.js";
import { leafNode } from "../dsl/primitives/leaf.js";
import { batchReduce, reduceNode } from "../dsl/primitives/reduce.js";
import { add, mul } from "../dsl/primitives/scalar.js";
import type { Values } from "./interpret.js";
import { rebuild } from "./passes/rebuild.js";
import { unrollSteps } from "./passes/unrollSteps.js";

/** A loss whose slope is the gradient, summed over the examples where it is of each, and the values of the leaves that took the places of what is held. */
export interface Held {
  readonly loss: Node;
  readonly leaves: ReadonlyMap<Node, Values>;
}

const isStopped = ({ op }: Node): boolean =>
  op.kind === "scalar" && op.name === "stopGradient";

/** True for a function whose derivative is what its author says, be it its slope or not. */
const isAuthors = ({ op }: Node): boolean => op.kind === "custom" && !op.exact;

/** True for a function that is computed again for its derivative, which is that of its result in any case. */
const isExact = ({ op }: Node): boolean => op.kind === "custom" && op.exact;

const isHeld = (v: Node): boolean => isStopped(v) || isAuthors(v);

/** True where central differences of the loss are not its gradient. */
export const holdsValues = (loss: Node): boolean =>
  withSteps(topological([loss])).some(isHeld);

/** What of the model says itself what its derivative is: `customGradient`, `stopGradient`. */
export function declaredDerivatives(loss: Node): readonly string[] {
  const all = withSteps(topological([loss]));
  return [
    ...(all.some(isAuthors) ? ["customGradient"] : []),
    // Layers stop gradients too, where that is no matter of opinion.
    ...(all.some((v) => isStopped(v) && v.place.call?.callee === "stopGradient")
      ? ["stopGradient"]
      : []),
  ];
}

/**
 * The loss as a function whose slope is the gradient. What stopGradient hides from the derivation is a constant of it, held
 * at its value. So is the result of a function with a derivative of its author's: what the rule says of an argument x is
 * the sum of x times its cotangent, which is held too. A rule sees the cotangents of one example, not their share of a mean:
 * it may be no linear function of them.
 */
export function heldLoss(
  loss: Node,
  values: (roots: readonly Node[]) => ReadonlyMap<Node, Values>,
): Held {
  const whole = computedOnce(withoutSteps(loss));
  const rules = authorsRules(whole);
  const known = values([whole, ...rules.map(({ cotangent }) => cotangent)]);
  const leaves = new Map<Node, Values>();
  const hold = (v: Node): Node => {
    const leaf = leafNode("input", "held", v.shape, { batched: v.batched });
    leaves.set(leaf, known.get(v) as Values);
    return leaf;
  };
  const outputs = new Map(rules.map(({ x }, i) => [String(i), x]));
  const changed = rebuild(
    { ...emptyProgram, outputs, loss: whole },
    (v, old) => (isHeld(old) ? hold(old) : v),
  );
  const terms = rules.map(({ cotangent }, i) => {
    const x = changed.outputs.get(String(i)) as Node;
    const product = mul(hold(cotangent), x);
    const axes = range(product.shape.length);
    return reduceNode("sum", product, axes, product.batched);
  });
  const total = batchReduce("sum", changed.loss as Node);
  return { loss: terms.reduce(add, total), leaves };
}

/** A loop's steps written out where one of them holds a value: each step has its own. */
function withoutSteps(loss: Node): Node {
  const order = topological([loss]);
  const inside = withSteps(order).filter((v) => !order.includes(v));
  return inside.some(isHeld)
    ? (unrollSteps({ ...emptyProgram, loss }).loss as Node)
    : loss;
}

/** Without what derives a function by computing it again, so that derivations go by all that is in it. */
const computedOnce = (loss: Node): Node =>
  rebuild({ ...emptyProgram, loss }, (v) =>
    isExact(v) ? (v.args[0] as Node) : v,
  ).loss as Node;

interface AuthorsRule {
  /** An argument of the function. */
  readonly x: Node;
  /** dL/dx by way of the function, as its author says. */
  readonly cotangent: Node;
}

function authorsRules(loss: Node): AuthorsRule[] {
  const customs = topological([loss]).filter(isAuthors);
  if (customs.length === 0) return [];
  const upstream = gradientNodes(loss, customs);
  return customs.flatMap((v, i) => {
    const dy = upstream[i];
    if (dy === undefined) return [];
    return vjpOf(v, dy).flatMap((cotangent, k) =>
      cotangent === undefined ? [] : [{ x: v.args[k] as Node, cotangent }],
    );
  });
}
