import { makeNode } from "../../dsl/context.js";
import {
  boundsOf,
  emptyProgram,
  mapLoop,
  resultsOf,
  topological,
  type Loop,
  type Node,
  type Program,
  orderOf,
} from "../../dsl/graph.js";
import { rebuild } from "./rebuild.js";

/** The step of a scan as a program of its own: what it is given is kept, whether it is used or not. */
const stepProgram = (loop: Loop): Program => ({
  ...emptyProgram,
  outputs: new Map(
    [...boundsOf(loop), ...resultsOf(loop)].map((v, i) => [String(i), v]),
  ),
});

/** The program with every step of its scans changed. */
export function throughSteps(
  program: Program,
  change: (step: Program) => Program,
): Program {
  if (!orderOf(program).some((v) => v.op.kind === "scan")) return program;
  return rebuild(program, (v) => {
    if (v.op.kind !== "scan") return v;
    const { loop } = v.op;
    const before = stepProgram(loop);
    const after = change(before);
    const now = new Map<Node, Node>();
    for (const [key, old] of before.outputs)
      now.set(old, after.outputs.get(key) as Node);
    const changed = mapLoop(loop, (x) => now.get(x) ?? x);
    return withoutUnread(v, changed);
  });
}

/** The scan with this loop, which is given nothing that no step reads. */
function withoutUnread(v: Node, loop: Loop): Node {
  const read = new Set(topological(resultsOf(loop)));
  const isKept = (bound: Node): boolean =>
    loop.carries.includes(bound) || read.has(bound);
  const bounds = boundsOf(loop);
  const args = v.args.filter((_, i) => isKept(bounds[i] as Node));
  const kept: Loop = {
    ...loop,
    entries: loop.entries.filter(isKept),
    captures: loop.captures.filter(isKept),
  };
  const op = { kind: "scan", loop: kept } as const;
  return makeNode(op, args, v.shape, v.batched, v.dtype, v.place);
}
