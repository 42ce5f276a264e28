import { isLeaf, sizeOf, topological, type Node } from "../../dsl/graph.js";
import { InternalError } from "../diagnostics.js";
import { interpret, type Values } from "../interpret.js";
import type { LeafNode } from "../programs.js";

/** What the leaves of every program read, for one example. */
export interface Memory {
  readonly inputs: ReadonlyMap<string, Values>;
  readonly params: Float64Array;
  readonly gradients: Float64Array;
  readonly state: Float64Array;
  /** `lr`, `steps` and `seed`. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** Evaluates programs of one example by the interpreter; `given` has the leaves that are no part of the memory. */
export function valuesOf(
  roots: readonly Node[],
  memory: Memory,
  given: ReadonlyMap<Node, Values> = new Map(),
): Map<Node, Values> {
  const leaves = new Map<Node, Values>();
  for (const v of topological(roots))
    if (isLeaf(v)) leaves.set(v, given.get(v) ?? contentsOf(v, memory));
  return interpret(roots, leaves, 1);
}

function contentsOf(v: LeafNode, m: Memory): Values {
  const { space, name, offset } = v.op;
  const part = (vector: Float64Array): Values =>
    vector.subarray(offset, offset + sizeOf(v.shape));
  switch (space) {
    case "param":
      return part(m.params);
    case "gradient":
      return part(m.gradients);
    case "state":
      return part(m.state);
    case "number":
      return [m.numbers[name] ?? 0];
    case "input": {
      const values = m.inputs.get(name);
      if (values === undefined)
        throw new InternalError(`explain has no value for input ${name}`);
      return values;
    }
  }
}
