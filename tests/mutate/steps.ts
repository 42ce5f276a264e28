/** Mutants of a loop: what each of its steps computes, keeps and is given, with one thing changed. */
import { makeNode } from "../../dsl/context.js";
import {
  boundsOf,
  resultsOf,
  topological,
  type Loop,
  type Node,
} from "../../dsl/graph.js";
import type { Roots } from "./graphs.js";

interface Changed {
  readonly change: string;
  readonly mutated: Node;
}

const alike = (a: Node, b: Node): boolean =>
  a.dtype === b.dtype &&
  a.batched === b.batched &&
  a.shape.join() === b.shape.join();

/**
 * Every loop that differs from that of `scan` in one thing.
 *
 * @param inside mutants of one node of a step, of which `given` are the placeholders
 * @param replaced roots with one node for another
 */
export function loopMutants(
  scan: Node,
  inside: (v: Node, given: readonly Node[]) => readonly Changed[],
  replaced: (roots: Roots, from: Node, to: Node) => Roots,
): Changed[] {
  if (scan.op.kind !== "scan") return [];
  const { loop } = scan.op;
  const found: Changed[] = [];
  const put = (change: string, mutated: Loop): void => {
    found.push({
      change: `step ${change}`,
      mutated: makeNode(
        { kind: "scan", loop: mutated },
        scan.args,
        scan.shape,
        scan.batched,
      ),
    });
  };
  put("order not", { ...loop, reverse: !loop.reverse });
  const given = boundsOf(loop);
  const argOf = (bound: Node): Node | undefined =>
    scan.args[given.indexOf(bound)];
  const roots = resultsOf(loop);
  const read = new Set(topological(roots));
  const counts = new Map<string, number>();
  for (const v of topological(roots)) {
    if (given.includes(v)) continue;
    for (const { change, mutated } of inside(v, given)) {
      const name = v.op.kind === "scalar" ? v.op.name : v.op.kind;
      const key = `${name}: ${change}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      const now = replaced(roots, v, mutated) as readonly Node[];
      put(`${key} ${String(counts.get(key))}`, withResults(loop, now));
    }
  }
  roots.forEach((root, i) => {
    const [what, place] = partOf(loop, i);
    const zero = makeNode(
      { kind: "scalar", name: "sub" },
      [root, root],
      root.shape,
      root.batched,
    );
    const change = `${what} ${String(place)}`;
    const negative = makeNode(
      { kind: "scalar", name: "neg" },
      [root],
      root.shape,
      root.batched,
    );
    put(`${change} neg`, withResults(loop, roots.with(i, negative)));
    put(`${change} dropped`, withResults(loop, roots.with(i, zero)));
    given.forEach((bound, k) => {
      if (bound !== root && alike(bound, root))
        put(
          `${change} is placeholder ${String(k)}`,
          withResults(loop, roots.with(i, bound)),
        );
    });
    roots.forEach((other, k) => {
      if (k > i && other !== root && alike(other, root))
        put(
          `${change} swapped with ${partOf(loop, k).join(" ")}`,
          withResults(loop, roots.with(i, other).with(k, root)),
        );
    });
  });
  for (const list of ["carries", "entries", "captures"] as const)
    loop[list].forEach((a, i) => {
      loop[list].slice(i + 1).forEach((b, k) => {
        if (!alike(a, b) || !(read.has(a) || read.has(b))) return;
        // Both may stand for the same value.
        if (argOf(a) === argOf(b)) return;
        const order = loop[list].with(i, b).with(i + 1 + k, a);
        put(`${list} swapped ${String(i)} and ${String(i + 1 + k)}`, {
          ...loop,
          [list]: order,
        });
      });
    });
  return found;
}

/** Which result of a step number `i` of all of them is. */
function partOf(loop: Loop, i: number): readonly [string, number] {
  const { next, outputs } = loop;
  if (i < next.length) return ["carry", i];
  if (i < next.length + outputs.length) return ["output", i - next.length];
  return ["sum", i - next.length - outputs.length];
}

function withResults(loop: Loop, roots: readonly Node[]): Loop {
  const { next, outputs, sums } = loop;
  const first = next.length + outputs.length;
  return {
    ...loop,
    next: roots.slice(0, next.length),
    outputs: roots.slice(next.length, first),
    sums: sums.map((s, i) => ({ ...s, node: roots[first + i] as Node })),
  };
}
