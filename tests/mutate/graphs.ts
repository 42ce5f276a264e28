/** Mutants of what a derivative rule returns: its graph with one thing changed. */
import { makeNode } from "../../dsl/context.js";
import { topological, type Node } from "../../dsl/graph.js";
import { expandNode } from "../../dsl/primitives/expand.js";
import { scalars, signatureOf } from "../../dsl/primitives/index.js";
import { reshapeNode, sliceNode } from "../../dsl/primitives/movement.js";
import { constant } from "../../dsl/primitives/scalar.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import { attributeMutants } from "./attributes.js";
import { comparisons, scalarAlternatives, symmetric } from "./functions.js";
import { loopMutants } from "./steps.js";

export type Roots = readonly (Node | undefined)[];

export interface Mutant<T> {
  /** What was changed: "neg", "dropped factor", ... */
  readonly change: string;
  /** Where: a node as text. */
  readonly place: string;
  readonly mutated: T;
}

const alike = (a: Node, b: Node): boolean =>
  a.dtype === b.dtype &&
  a.batched === b.batched &&
  a.shape.join() === b.shape.join();

const scalarOf = (v: Node, name: ScalarName, args: readonly Node[]): Node =>
  makeNode({ kind: "scalar", name }, args, v.shape, v.batched);

/** True where the value is 1 or 0, whose sign says nothing. */
const isComparison = ({ op }: Node): boolean =>
  op.kind === "scalar" && comparisons.has(op.name);
const not = (v: Node): Node => scalarOf(v, "sub", [filled(v, 1), v]);

/** 0, repeated or not: it has no sign as a cotangent. */
const isZero = (v: Node): boolean =>
  v.op.kind === "constant"
    ? v.op.data.every((x) => x === 0)
    : v.op.kind === "expand" && isZero(v.args[0] as Node);

/** True for a movement that leaves every entry where it is. */
const changesNothing = ({ op, shape, args }: Node): boolean => {
  const same = args[0]?.shape.join() === shape.join();
  if (op.kind === "reshape") return same;
  const order =
    op.kind === "permute" ? op.order : op.kind === "expand" ? op.axes : [1];
  return same && order.every((i, k) => i === k);
};

/** One number in the shape of a node. */
const filled = (v: Node, x: number): Node =>
  v.shape.length === 0 && !v.batched
    ? constant(x)
    : expandNode(constant(x), [], v.shape, v.batched);

/**
 * Every mutant of a rule's cotangents.
 *
 * @param given what the rule got: the cotangent of the result, the result, its arguments
 * @param before everything that was there before the rule
 */
export function rootMutants(
  roots: Roots,
  given: readonly Node[],
  before: ReadonlySet<Node> = new Set(given),
): Mutant<Roots>[] {
  const mutants: Mutant<Roots>[] = [];
  roots.forEach((root, i) => {
    const put = (change: string, r: Node | undefined): void => {
      mutants.push({
        change,
        place: `cotangent ${String(i)}`,
        mutated: roots.with(i, r),
      });
    };
    const [dy] = given;
    if (root === undefined) {
      const x = given[i + 2];
      if (dy !== undefined && x !== undefined && alike(dy, x))
        put("cotangent where none is", dy);
      return;
    }
    put("neg", scalarOf(root, "neg", [root]));
    put("factor 2", scalarOf(root, "add", [root, root]));
    put("cotangent dropped", undefined);
    roots.forEach((other, k) => {
      if (other === undefined || k <= i || !alike(root, other)) return;
      mutants.push({
        change: "swapped cotangents",
        place: `cotangents ${String(i)} and ${String(k)}`,
        mutated: roots.with(i, other).with(k, root),
      });
    });
  });
  const inner = topological(roots.filter((r) => r !== undefined)).filter(
    (v) => !before.has(v),
  );
  const seen = new Map<string, number>();
  for (const v of inner) {
    const count = (seen.get(placeOf(v)) ?? 0) + 1;
    seen.set(placeOf(v), count);
    for (const { change, mutated } of nodeMutants(v, given))
      mutants.push({
        change,
        place: `${placeOf(v)} ${String(count)}`,
        mutated: replaced(roots, v, mutated),
      });
  }
  return mutants;
}

const placeOf = (v: Node): string =>
  v.op.kind === "scalar"
    ? v.op.name
    : v.op.kind === "constant"
      ? `constant ${String(v.op.data[0])}`
      : v.op.kind;

/** What could stand for a node by mistake. */
export function nodeMutants(
  v: Node,
  given: readonly Node[],
): { readonly change: string; readonly mutated: Node }[] {
  const found: { readonly change: string; readonly mutated: Node }[] = [];
  const put = (change: string, mutated: Node): void => {
    if (alike(mutated, v)) found.push({ change, mutated });
  };
  const { op, args } = v;
  if (op.kind === "constant") {
    const [x = 0] = op.data;
    if (op.data.length === 1)
      for (const other of [-x, x + 1, x - 1, 2 * x])
        if (!Object.is(other, x) && other !== x)
          put(`constant -> ${String(other)}`, constant(other));
    return found;
  }
  if (isComparison(v)) put("not", not(v));
  else if (!isZero(v)) put("neg", scalarOf(v, "neg", [v]));
  // A name computes nothing.
  if (op.kind === "label") return found;
  args.forEach((a, i) => {
    if (changesNothing(v)) return;
    put(args.length === 1 ? `dropped ${placeOf(v)}` : "dropped operand", a);
    for (const other of given)
      if (other !== a && alike(other, a) && given.includes(a))
        put(
          "other value",
          makeNode(op, args.with(i, other), v.shape, v.batched, v.dtype),
        );
    args.forEach((b, k) => {
      if (k <= i || (op.kind === "scalar" && symmetric.has(op.name))) return;
      if (op.kind !== "concat" && !alike(a, b)) return;
      const swapped = args.with(i, b).with(k, a);
      put(
        "swapped operands",
        makeNode(op, swapped, v.shape, v.batched, v.dtype),
      );
    });
  });
  if (op.kind === "scalar") {
    for (const name of scalarAlternatives(op.name))
      put(
        `${op.name} -> ${name}`,
        scalarOf(v, name, args.slice(0, scalars[name].body.length)),
      );
    return found;
  }
  if (op.kind === "scan") {
    for (const m of loopMutants(v, nodeMutants, replaced))
      put(m.change, m.mutated);
    return found;
  }
  if (op.kind === "reduce") put("missing reduction", firstOf(v));
  for (const { change, mutated } of attributeMutants(op)) {
    const other = makeNode(mutated, args, v.shape, v.batched, v.dtype);
    // What verify refuses after every pass needs no further test.
    if (wellFormed(other)) put(change, other);
  }
  return found;
}

function wellFormed(v: Node): boolean {
  try {
    const { shape, batched } = signatureOf(v);
    return shape.join() === v.shape.join() && batched === v.batched;
  } catch {
    return false;
  }
}

/** The first of the terms of a reduction: nothing is summed. */
function firstOf(v: Node): Node {
  const { op, args } = v;
  const x = args[0] as Node;
  if (op.kind !== "reduce" || op.batch) return filled(v, 0);
  const one = op.axes.reduce((y, axis) => sliceNode(y, axis, 0, 1), x);
  return reshapeNode(one, v.shape);
}

/** Roots in which one node is another. */
function replaced(roots: Roots, from: Node, to: Node): Roots {
  const now = new Map<Node, Node>([[from, to]]);
  const order = topological(roots.filter((r) => r !== undefined));
  for (const v of order) {
    if (v === from) continue;
    const args = v.args.map((a) => now.get(a) ?? a);
    if (args.some((a, i) => a !== v.args[i]))
      now.set(v, makeNode(v.op, args, v.shape, v.batched, v.dtype));
  }
  return roots.map((r) => (r === undefined ? r : (now.get(r) ?? r)));
}
