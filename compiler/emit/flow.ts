import type { Node } from "../../dsl/graph.js";
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
  /** Values that have to live in memory: they cross loops over the examples, or are read by loops over slices. */
  readonly memory: ReadonlySet<Node>;
  /** Values that a statement other than a loop over a slice reads. */
  readonly read: ReadonlySet<Node>;
  /** True where the function loops over examples. */
  readonly looped: boolean;
  /** True where it only updates vectors in place. */
  readonly updating: boolean;
}

/** Follows the values of arranged statements, definitions first. */
export function flowOf(
  statements: readonly Statement[],
  isSlice: (s: Statement) => boolean,
  form: "plain" | "rows",
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
  const read = new Set<Node>();
  for (const s of statements) {
    const slice = isSlice(s);
    if (slice) memory.add(s.value);
    for (const { value } of loadsOf(s.expr)) {
      if (!slice) read.add(value);
      if (!made.has(value)) continue;
      const crosses = value.batched && stageOf(value) < stageOf(s.value);
      if (slice || crosses) memory.add(value);
    }
  }
  return {
    made,
    stage,
    memory,
    read,
    looped: form === "rows" && statements.some(isBatched),
    updating: statements.every(
      ({ value: { place } }) =>
        place.phase === "update" ||
        place.phase === "init" ||
        place.call === undefined,
    ),
  };
}
