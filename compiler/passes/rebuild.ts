import { makeNode } from "../../dsl/context.js";
import {
  NodeTable,
  type Node,
  type Program,
  orderOf,
} from "../../dsl/graph.js";

/** A pure function of a frozen graph. */
export interface Pass {
  readonly name: string;
  readonly run: (program: Program) => Program;
}

/** The same node with its arguments replaced, at its own place. */
export function withArgs(v: Node, to: (arg: Node) => Node): Node {
  for (const a of v.args)
    if (to(a) !== a)
      return makeNode(
        v.op,
        v.args.map(to),
        v.shape,
        v.batched,
        v.dtype,
        v.place,
      );
  return v;
}

/**
 * Rebuilds a program bottom-up: `change` sees each node with its new arguments, and the one it was. Where nothing
 * changes the program is returned as it is.
 */
export function rebuild(
  program: Program,
  change: (now: Node, old: Node) => Node,
): Program {
  // What is not there stays as it is.
  const now = new NodeTable<Node>();
  let changed = false;
  const to = (v: Node): Node => now.get(v) ?? v;
  for (const v of orderOf(program)) {
    const made = change(withArgs(v, to), v);
    if (made === v) continue;
    now.set(v, made);
    changed = true;
  }
  if (!changed) return program;
  const both = (m: ReadonlyMap<Node, Node>): Map<Node, Node> =>
    new Map([...m].map(([k, v]) => [to(k), to(v)]));
  return {
    outputs: new Map([...program.outputs].map(([k, v]) => [k, to(v)])),
    loss: program.loss === undefined ? undefined : to(program.loss),
    gradients: both(program.gradients),
    updates: both(program.updates),
  };
}

/** The number that every entry of a node is, if it is one. */
export function constantOf(v: Node): number | undefined {
  let x = v;
  while (
    x.op.kind === "expand" ||
    x.op.kind === "reshape" ||
    x.op.kind === "permute"
  )
    x = x.args[0] as Node;
  return x.op.kind === "constant" && x.op.data.length === 1
    ? x.op.data[0]
    : undefined;
}

/** True where two nodes can stand for each other. */
export const sameKind = (
  a: Pick<Node, "shape" | "batched">,
  b: Pick<Node, "shape" | "batched">,
): boolean =>
  a.batched === b.batched &&
  a.shape.length === b.shape.length &&
  a.shape.every((d, i) => d === b.shape[i]);
