import type { Node } from "../../dsl/graph.js";
import {
  isWhole,
  kernelsOf,
  pointwise,
  standsAlone,
  type Kernel,
} from "./fuse.js";
import { loadsOf, type Statement, type StepLoop } from "./ir.js";
import { isSlice, type Style } from "./slice.js";
import { repeats } from "./tile.js";
import { filledOf } from "./writeOut.js";

/** What a kernel does with values in memory, or a loop that runs kernels again and again. */
export type Access =
  | {
      readonly kind: "kernel";
      readonly reads: readonly Node[];
      readonly writes: readonly Node[];
      readonly inPlace: readonly Successor[];
    }
  | { readonly kind: "loop"; readonly body: readonly Access[] };

/** A value of which every entry is written after its point has read that entry of another one: it may take its place. */
export interface Successor {
  readonly from: Node;
  readonly to: Node;
}

export interface AccessOptions {
  /** Values in memory. */
  readonly memory: ReadonlySet<Node>;
  readonly style: Style;
  /** "plain": one example, so that there are no loops over the examples. */
  readonly form: "plain" | "rows";
}

/** What kernels do with values in memory, in the order in which they run. */
export const accessesOf = (
  kernels: readonly Kernel[],
  o: AccessOptions,
): Access[] =>
  kernels.flatMap((k) => {
    const [only] = k.statements;
    return only?.expr.kind === "scan"
      ? ofSteps(only.expr.loop, o)
      : [ofKernel(k, o)];
  });

function ofKernel(k: Kernel, { memory, style }: AccessOptions): Access {
  const reads = new Set<Node>();
  const writes = new Set<Node>();
  for (const s of k.statements) {
    for (const { value } of loadsOf(s.expr))
      if (memory.has(value)) reads.add(value);
    if (memory.has(s.value)) writes.add(s.value);
    for (const t of s.targets)
      if (t.space === "memory" && memory.has(t.value)) writes.add(t.value);
  }
  return {
    kind: "kernel",
    reads: [...reads],
    writes: [...writes],
    inPlace:
      k.statements.every((s) => isDoneByPoint(s, style)) &&
      filledOf(k.statements, style) === undefined &&
      !repeats(k.tile) &&
      !repeats(k.tileOfOne)
        ? successors(k.statements, reads, writes)
        : [],
  };
}

const isDoneByPoint = (s: Statement, style: Style): boolean =>
  isSlice(s, style) || !standsAlone(s, style);

/** Every statement is done at a point before any is done at the next one. A copy in place would copy nothing. */
function successors(
  statements: readonly Statement[],
  reads: ReadonlySet<Node>,
  writes: ReadonlySet<Node>,
): Successor[] {
  const last = new Map<Node, number>();
  const elsewhere = new Set<Node>();
  statements.forEach((s, i) => {
    const isOwn = pointwise(s);
    for (const l of loadsOf(s.expr)) {
      last.set(l.value, i);
      if (!isOwn(l)) elsewhere.add(l.value);
    }
  });
  const candidates = [...reads].filter(
    (v) => !elsewhere.has(v) && !writes.has(v),
  );
  return statements.flatMap((s, i) =>
    writes.has(s.value) && isWhole(s) && s.expr.kind !== "load"
      ? candidates
          .filter((from) => (last.get(from) as number) <= i)
          .map((from) => ({ from, to: s.value }))
      : [],
  );
}

/** Sums start at nothing; then, for each example, the steps. */
function ofSteps(loop: StepLoop, o: AccessOptions): Access[] {
  const cleared = (batched: boolean): Access => ({
    kind: "kernel",
    reads: [],
    writes: loop.sums.map((s) => s.value).filter((v) => v.batched === batched),
    inPlace: [],
  });
  const of = (list: readonly Statement[]): Access[] =>
    accessesOf(kernelsOf(list, o.style), o);
  const example: readonly Access[] = [
    cleared(true),
    ...of(loop.start),
    { kind: "loop", body: [...of(loop.body), ...of(loop.end)] },
    ...of(loop.last),
  ];
  return loop.row === undefined || o.form === "plain"
    ? [cleared(false), ...example]
    : [cleared(false), { kind: "loop", body: example }];
}
