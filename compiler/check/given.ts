/** What a module and the interpreter are given in a check. */
import {
  isLeaf,
  orderOf,
  sizeOf,
  topological,
  type Node,
  type Program,
} from "../../dsl/graph.js";
import { inputName } from "../emit/inputs.js";
import type { ModulePlan } from "../emit/module.js";
import type { Values } from "../interpret.js";
import type { LeafNode, Programs } from "../programs.js";
import type {
  Creates,
  Floats,
  HandleOf,
  Module,
  TieredHandle,
} from "./emitted.js";

/** Numbers between -1 and 1 that are the same everywhere (Park & Miller 1988). */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647) * 2 - 1;
  };
}

/** Numbers in a model above which it is not checked: the interpreter would take too long. */
export const mostWork = 3e6;

/** A handle with numbers in its inputs. */
export function filledHandle<A extends Floats>(
  plan: ModulePlan,
  module: Creates<A>,
  n: number,
): TieredHandle<A> {
  const net = module.create({ seed, maxBatch: n });
  const next = numbersFrom(7);
  for (const x of plan.model.inputs)
    fillInput(net.inputs[x.op.name] as Floats, x.op.classes, next);
  return net;
}

/** What the leaves of the forward and backward programs hold. */
export function leavesOf(
  { model, programs }: ModulePlan,
  net: HandleOf<Floats>,
): Map<Node, Values> {
  const all = new Map<Node, Values>();
  for (const x of model.inputs) all.set(x, net.inputs[x.op.name] as Values);
  for (const p of model.params) all.set(p, windowOf(p, net.params));
  for (const program of [programs.forward, programs.backward])
    for (const v of numberLeaves(program))
      all.set(v, [v.op.name === "seed" ? seed : net.steps]);
  return all;
}

/** Single numbers that training and prediction read: what random numbers are made of. */
export const numberLeaves = (program: Program): LeafNode[] =>
  orderOf(program)
    .filter(isLeaf)
    .filter((v) => v.op.space === "number");

/** The seed of the parameters that a module is checked with. */
export const seed = 1;

/** A leaf's part of the flat vector it lies in. */
export const windowOf = (leaf: Node, vector: Floats): Floats =>
  leaf.op.kind === "leaf"
    ? vector.slice(leaf.op.offset, leaf.op.offset + sizeOf(leaf.shape))
    : new Float64Array(0);

/** What plain functions are given of the first example, by name, and the memory that they work in. */
export const firstExample = (
  model: ModulePlan["model"],
  { workspace }: Module,
  leaves: ReadonlyMap<Node, Values>,
): (readonly [string, Values])[] => [
  ...model.inputs.map(
    (x) =>
      [
        inputName(x.op.name),
        Array.from(leaves.get(x) as Values).slice(0, sizeOf(x.shape)),
      ] as const,
  ),
  ...(workspace === undefined ? [] : [["work", workspace()] as const]),
];

/** The optimizer's state before the first update. */
export function startingState(states: Programs["states"]): Float64Array {
  const state = new Float64Array(states.reduce((s, v) => s + v.size, 0));
  for (const s of states) state.fill(s.initial, s.offset, s.offset + s.size);
  return state;
}

/** What the leaves of an update hold before the next one. */
export function leavesOfUpdate(
  { update }: Programs,
  { lr, steps }: Pick<HandleOf<Floats>, "lr" | "steps">,
  vectors: Readonly<Record<"param" | "gradient" | "state", Floats>>,
): Map<Node, Values> {
  const leaves = new Map<Node, Values>();
  for (const v of topological([...update.updates.values()])) {
    if (v.op.kind !== "leaf") continue;
    const { space } = v.op;
    if (space === "number") leaves.set(v, [v.op.name === "lr" ? lr : steps]);
    else if (space !== "input") leaves.set(v, windowOf(v, vectors[space]));
  }
  return leaves;
}

export function fillInput(
  array: Floats | Int32Array,
  classes: number | undefined,
  next: () => number,
): void {
  for (let i = 0; i < array.length; i++)
    array[i] =
      classes === undefined ? next() : Math.floor(((next() + 1) / 2) * classes);
}

/** What the programs of training and prediction make. */
export const rootsToCheck = ({ forward, backward }: Programs): Node[] => [
  ...forward.outputs.values(),
  ...(backward.loss === undefined ? [] : [backward.loss]),
  ...backward.gradients.values(),
  ...backward.updates.values(),
];
