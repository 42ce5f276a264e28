import type { Node } from "../../dsl/graph.js";
import { pointwise } from "../kernels/fuse.js";
import type { Access, Successor } from "../kernels/accesses.js";
import {
  isAccumulation,
  isBatched,
  loadsOf,
  type Statement,
} from "../kernels/ir.js";

/** How values flow through the straight-line form of a function. */
export interface Flow {
  /** Values that a statement makes. */
  readonly made: ReadonlySet<Node>;
  /** Number of finished sums over the examples that must come before a value: its loop over the examples. */
  readonly stage: ReadonlyMap<Node, number>;
  /** Values that have to live in memory: they cross loops over the examples, other functions make or read them, or loops over slices do. */
  readonly memory: ReadonlySet<Node>;
  /** Those that cross loops or functions: each example has a place of its own, others leave theirs to the next example. */
  readonly crossing: ReadonlySet<Node>;
  /** Values that a statement other than a loop over a slice reads. */
  readonly read: ReadonlySet<Node>;
  /** True where the function loops over examples. */
  readonly looped: boolean;
  /** True where it only updates vectors in place. */
  readonly updating: boolean;
  /** Values that another function made. */
  readonly given: ReadonlySet<Node>;
}

/**
 * Follows the values of arranged statements, definitions first.
 *
 * @param shared values that several functions make or read: they live in memory
 */
export function flowOf(
  statements: readonly Statement[],
  isSlice: (s: Statement) => boolean,
  form: "plain" | "rows",
  shared: ReadonlySet<Node>,
): Flow {
  const made = new Set(statements.map((s) => s.value));
  const accumulated = new Set(
    statements.filter((s) => isAccumulation(s.expr)).map((s) => s.value),
  );
  const stage = new Map<Node, number>();
  const stageOf = (v: Node): number => stage.get(v) ?? 0;
  for (const s of statements) {
    const needs = loadsOf(s.expr).map(
      (l) => stageOf(l.value) + (accumulated.has(l.value) ? 1 : 0),
    );
    stage.set(s.value, Math.max(stageOf(s.value), ...needs));
  }
  const memory = new Set<Node>();
  const crossing = new Set<Node>();
  const read = new Set<Node>();
  const given = new Set<Node>();
  const share = (v: Node): void => {
    memory.add(v);
    if (v.batched) crossing.add(v);
  };
  for (const s of statements) {
    const slice = isSlice(s);
    if (slice) memory.add(s.value);
    if (shared.has(s.value)) share(s.value);
    for (const { value } of loadsOf(s.expr)) {
      if (!slice) read.add(value);
      if (!made.has(value)) {
        if (!shared.has(value)) continue;
        given.add(value);
        share(value);
        continue;
      }
      const crosses = value.batched && stageOf(value) < stageOf(s.value);
      if (crosses) crossing.add(value);
      if (slice || crosses) memory.add(value);
    }
  }
  return {
    made,
    stage,
    memory,
    crossing,
    read,
    looped: form === "rows" && statements.some(isBatched),
    updating: statements.every(
      ({ value: { place } }) =>
        place.phase === "update" ||
        place.phase === "init" ||
        place.call === undefined,
    ),
    given,
  };
}

/**
 * What the straight-line form does with values in memory. Only loops over slices read them there, and at the head of its
 * own what a loop over the examples is given by an earlier one, or by another function: everything else has names.
 */
export function accessesIn(
  statements: readonly Statement[],
  flow: Flow,
  isSlice: (s: Statement) => boolean,
): Access[] {
  const { memory, crossing, stage, looped } = flow;
  const isGiven = (v: Node, at: number): boolean =>
    flow.given.has(v) || (crossing.has(v) && (stage.get(v) as number) < at);
  const stages = new Map<number, Statement[]>();
  for (const s of statements) {
    const at = stage.get(s.value) as number;
    const list = stages.get(at);
    if (list === undefined) stages.set(at, [s]);
    else list.push(s);
  }
  const kernel = (
    reads: readonly Node[],
    writes: readonly Node[],
    inPlace: readonly Successor[] = [],
  ): Access => ({ kind: "kernel", reads, writes, inPlace });
  const ofStatement = (s: Statement): Access[] => {
    const writes = memory.has(s.value) ? [s.value] : [];
    if (!isSlice(s)) return writes.length === 0 ? [] : [kernel([], writes)];
    const loads = loadsOf(s.expr).filter((l) => memory.has(l.value));
    const isOwn = pointwise(s);
    return [
      kernel(
        loads.map((l) => l.value),
        writes,
        loads.filter(isOwn).map((l) => ({ from: l.value, to: s.value })),
      ),
    ];
  };
  const inOrder = [...stages].sort(([a], [b]) => a - b);
  return inOrder.flatMap(([at, here]): Access[] => {
    const inLoop = looped ? here.filter(isBatched) : [];
    const sums = inLoop.filter((s) => isAccumulation(s.expr));
    const givenTo = (list: readonly Statement[]): Node[] =>
      list
        .flatMap((s) => loadsOf(s.expr).map((l) => l.value))
        .filter((v) => isGiven(v, at));
    const outside = here.filter((s) => !inLoop.includes(s));
    return [
      kernel(givenTo(outside), []),
      ...outside.flatMap(ofStatement),
      {
        kind: "loop",
        body: [
          kernel(givenTo(inLoop), []),
          ...inLoop.filter((s) => !sums.includes(s)).flatMap(ofStatement),
        ],
      },
      ...sums.flatMap(ofStatement),
    ];
  });
}
