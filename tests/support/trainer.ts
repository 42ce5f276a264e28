import { leafNode } from "../../dsl/primitives/leaf.js";
import { add, constant, mul } from "../../dsl/primitives/scalar.js";
import type { Node } from "../../dsl/graph.js";
import type { Optimizer } from "../../dsl/optimizers/optimizer.js";
import { asNode, asTensor, type Tensor } from "../../dsl/tensor.js";
import { valuesOf, type Contents } from "./values.js";

/** An optimizer's graph over leaves of its own, one run for each parameter, stepped by the interpreter. */
export interface Trainer {
  readonly params: Contents;
  /** One update; the rate that it used. */
  readonly step: (gradients: Contents) => number;
}

export function trainer(optimizer: Optimizer, start: Contents): Trainer {
  const names = Object.keys(start);
  const size = (name: string): number[] => [start[name]?.length ?? 0];
  const lr = leafNode("number", "lr", []);
  const k = leafNode("number", "steps", []);
  const scheduled = optimizer.schedule?.(asTensor(lr), asTensor(k));
  const rate = scheduled === undefined ? lr : asNode(scheduled);
  const gradients = names.map((n) => leafNode("gradient", `g ${n}`, size(n)));
  const given = gradients.map((g) => asTensor<Tensor>(g));
  const clipped = (optimizer.clip?.(given) ?? given).map(asNode);
  const values: Record<string, readonly number[]> = {};
  const updates = new Map<string, Node>();
  names.forEach((name, i) => {
    const group = optimizer.groups?.find((g) => g.params.includes(name));
    const param = leafNode("param", name, size(name));
    values[name] = start[name] ?? [];
    const states = new Map<Node, string>();
    const next = optimizer.update(
      {
        param,
        gradient: clipped[i] as Node,
        lr: mul(rate, constant((group?.lr ?? optimizer.lr) / optimizer.lr)),
        step: add(k, constant(1)),
        state: (of, shape = "like", initial = 0) => {
          const key = `${name} ${of}`;
          const own = shape === "like" ? size(name) : [];
          const leaf = leafNode("state", key, own);
          values[key] = Array.from({ length: own[0] ?? 1 }, () => initial);
          states.set(leaf, key);
          return leaf;
        },
      },
      group?.weightDecay,
    );
    updates.set(name, next.param);
    for (const [leaf, value] of next.state ?? [])
      updates.set(states.get(leaf) ?? "", value);
  });
  let made = 0;
  return {
    get params() {
      return Object.fromEntries(names.map((n) => [n, values[n] ?? []]));
    },
    step: (found) => {
      const roots = [rate, ...updates.values()];
      const [used, ...next] = valuesOf(roots, {
        ...values,
        ...Object.fromEntries(names.map((n) => [`g ${n}`, found[n] ?? []])),
        lr: [optimizer.lr],
        steps: [made],
      });
      [...updates.keys()].forEach((key, i) => {
        values[key] = next[i] ?? [];
      });
      made += 1;
      return used?.[0] ?? NaN;
    },
  };
}
