/** The room that values must have, counted kernel by kernel: slow and plain, to hold the planner against. */
import type { Access } from "../../compiler/kernels/accesses.js";
import type { Accessed } from "../../compiler/kernels/memoryPlan.js";
import { sizeOf, type Node } from "../../dsl/graph.js";

type Kernel = Extract<Access, { kind: "kernel" }>;

/** A kernel and the loops around it, outermost first: their first and last kernels. */
interface Run {
  readonly kernel: Kernel;
  readonly loops: readonly (readonly [first: number, last: number])[];
}

function runsOf(
  accesses: readonly Access[],
  start: number,
  loops: Run["loops"],
): Run[] {
  const runs: Run[] = [];
  for (const a of accesses) {
    const first = start + runs.length;
    if (a.kind === "kernel") runs.push({ kernel: a, loops });
    else {
      const last = first + lengthOf(a.body) - 1;
      runs.push(...runsOf(a.body, first, [...loops, [first, last]]));
    }
  }
  return runs;
}

const lengthOf = (accesses: readonly Access[]): number =>
  accesses.reduce(
    (n, a) => n + (a.kind === "kernel" ? 1 : lengthOf(a.body)),
    0,
  );

/** Entries of the values that are needed at the same kernel, at their most, with room for one example. */
export function leastRoom(
  programs: readonly Accessed[],
  keyOf: (v: Node) => unknown,
): number {
  const sizes = new Map<unknown, number>();
  for (const { accesses } of programs)
    for (const { kernel } of runsOf(accesses, 0, []))
      for (const v of [...kernel.reads, ...kernel.writes])
        sizes.set(
          keyOf(v),
          Math.max(sizes.get(keyOf(v)) ?? 0, sizeOf(v.shape)),
        );
  const size = (key: unknown): number => sizes.get(key) ?? 0;
  return Math.max(
    0,
    ...programs.flatMap(({ accesses, local }) => {
      const runs = runsOf(accesses, 0, []);
      const needed = neededAt(runs, keyOf);
      return runs.map(({ kernel }, time) => {
        const here = [...(needed[time] ?? [])];
        const all = here.reduce<number>((n, key) => n + size(key), 0);
        const kind = (v: Node): string =>
          `${String(size(keyOf(v)))} ${String(v.batched && !local.has(v))}`;
        const isNeeded = (v: Node, at: number): boolean =>
          needed[at]?.has(keyOf(v)) === true;
        // One value may take the place of one other.
        const [given, taken] = [new Set<Node>(), new Set<Node>()];
        let shared = 0;
        for (const { from, to } of kernel.inPlace) {
          if (given.has(from) || taken.has(to) || kind(from) !== kind(to))
            continue;
          if (isNeeded(from, time + 1) || isNeeded(to, time - 1)) continue;
          given.add(from);
          taken.add(to);
          shared += size(keyOf(from));
        }
        return all - shared;
      });
    }),
  );
}

/** The values that are needed at each kernel: from their first to their last one, and in all turns of a loop that they enter or leave. */
function neededAt(
  runs: readonly Run[],
  keyOf: (v: Node) => unknown,
): Set<unknown>[] {
  const uses = new Map<unknown, number[]>();
  runs.forEach(({ kernel }, time) => {
    for (const v of [...kernel.reads, ...kernel.writes])
      uses.set(keyOf(v), [...(uses.get(keyOf(v)) ?? []), time]);
  });
  const needed = runs.map(() => new Set<unknown>());
  for (const [key, times] of uses) {
    let [first, last] = [Math.min(...times), Math.max(...times)];
    for (const time of times)
      for (const [from, to] of runs[time]?.loops ?? [])
        if (times.some((t) => t < from || t > to)) {
          first = Math.min(first, from);
          last = Math.max(last, to);
        }
    for (let time = first; time <= last; time++) needed[time]?.add(key);
  }
  return needed;
}
