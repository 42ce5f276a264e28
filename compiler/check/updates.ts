import { isLeaf } from "../../dsl/graph.js";
import type { ModulePlan } from "../emit/module.js";
import { interpret } from "../interpret.js";
import type { Handle, Module } from "./emitted.js";
import { leavesOfUpdate, startingState, windowOf } from "./given.js";
import { plainStep } from "./plain.js";
import { same } from "./same.js";

/** Two steps of the optimizer: the second one reads the state that the first one wrote. */
export function checkUpdates(
  plan: ModulePlan,
  module: Module,
  net: Handle,
  n: number,
): void {
  const { update, states } = plan.programs;
  const state = startingState(states);
  const params = net.params.slice();
  const vectors = { param: params, state, gradient: net.grads };
  const roots = [...update.updates.values()];
  for (let k = 0; k < 2; k++) {
    net.backward(n);
    for (const leaf of plan.programs.backward.updates.keys())
      if (isLeaf(leaf)) params.set(windowOf(leaf, net.params), leaf.op.offset);
    const leaves = leavesOfUpdate(
      plan.programs,
      { lr: net.lr, steps: k },
      vectors,
    );
    const truth = interpret(roots, leaves, n, plan.math);
    const stepped = plainStep(plan, module, {
      p: net.params.slice(),
      g: net.grads.slice(),
      s: state.slice(),
      steps: k,
      lr: net.lr,
    });
    net.update();
    if (stepped !== undefined)
      same(`parameters after step ${String(k + 1)}`, stepped, net.params);
    for (const [leaf, v] of update.updates)
      if (
        leaf.op.kind === "leaf" &&
        (leaf.op.space === "param" || leaf.op.space === "state")
      )
        vectors[leaf.op.space].set(
          truth.get(v) as Float64Array,
          leaf.op.offset,
        );
    same(`parameters after update ${String(k + 1)}`, net.params, params);
  }
}
