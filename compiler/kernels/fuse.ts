import { isLeaf, sizeOf, type Node } from "../../dsl/graph.js";
import { isElementary, type Style } from "./choose.js";
import { loopedBytes, preferredBytes } from "./cost.js";
import {
  countOf,
  isAccumulation,
  linear,
  loadsOf,
  staticAxes,
  variableOf,
  type Axis,
  type Expr,
  type Load,
  type Reduce,
  type Statement,
} from "./ir.js";

/** Statements over the same axes, done one after the other at each point. */
export interface Kernel {
  readonly axes: readonly Axis[];
  readonly statements: readonly Statement[];
}

/** Tells whether a load reads the very element that a point of the statement stands for. */
function pointwise(s: Statement): (load: Load) => boolean {
  const own = staticAxes(s.axes);
  const here = linear(
    own.map(variableOf),
    own.map((a) => a.extent as number),
  );
  const example = s.axes.find((a) => a.extent === "batch");
  return (load) => {
    const { constant, terms } = load.index;
    if (load.picked !== undefined) return false;
    if (load.example !== example || constant !== 0) return false;
    if (terms.size !== here.terms.size) return false;
    for (const [a, k] of here.terms) if (terms.get(a) !== k) return false;
    return true;
  };
}

/** A sum that is accumulated in memory: of many entries over the examples, or where indices say. */
export const isInMemory = (e: Expr, axes: readonly Axis[]): e is Reduce =>
  e.kind === "reduce" &&
  ((isAccumulation(e) && countOf(axes) > 1) || e.scatter !== undefined);

/** A loop over a slice of memory is a kernel of its own; so is a sum that is accumulated there. */
export const standsAlone = (s: Statement, style: Style): boolean =>
  isInMemory(s.expr, s.axes) ||
  (s.expr.kind === "apply" &&
    style.slices &&
    isElementary(s.expr.op, style.math));

/** Not a part of a concatenation. */
const isWhole = (s: Statement): boolean =>
  countOf(s.axes) === sizeOf(s.value.shape);

const overwrites = (s: Statement): Node[] =>
  s.targets.flatMap((t) =>
    "leaf" in t && isLeaf(t.leaf) && t.leaf.op.space === t.space
      ? [t.leaf]
      : [],
  );

/** A kernel that may grow, and what decides whether the next statement joins it. */
interface Open {
  readonly axes: readonly Axis[];
  readonly statements: Statement[];
  readonly place: Node["place"];
  readonly closed: boolean;
  readonly made: Set<Node>;
  /** Values that some statement reads at another point than its own. */
  readonly scattered: Set<Node>;
  bytes: number;
}

/**
 * Groups neighbouring statements over equal axes where each reads the others only at its own point. A fused value that
 * nobody else reads never reaches memory. A kernel is never longer than V8 likes a function to be.
 */
export function fuse(statements: readonly Statement[], style: Style): Kernel[] {
  const kernels: Open[] = [];
  for (const s of statements) {
    const { place } = s.value;
    const loads = loadsOf(s.expr);
    const bytes = loopedBytes([{ axes: [], statements: [s] }], style.math);
    const isPointwise = pointwise(s);
    const closed = standsAlone(s, style) || !isWhole(s);
    const last = kernels.at(-1);
    const fits =
      last !== undefined &&
      !closed &&
      !last.closed &&
      last.bytes + bytes <= preferredBytes &&
      last.place.phase === place.phase &&
      last.place.call === place.call &&
      last.axes.length === s.axes.length &&
      last.axes.every((a, i) => a === s.axes[i]) &&
      loads.every((l) => !last.made.has(l.value) || isPointwise(l)) &&
      overwrites(s).every((leaf) => !last.scattered.has(leaf));
    const home: Open = fits
      ? last
      : {
          axes: s.axes,
          statements: [],
          place,
          closed,
          made: new Set(),
          scattered: new Set(),
          bytes: 0,
        };
    if (!fits) kernels.push(home);
    home.statements.push(s);
    home.made.add(s.value);
    home.bytes += bytes;
    if (!closed)
      for (const l of loads) if (!isPointwise(l)) home.scattered.add(l.value);
  }
  return kernels;
}

/** Values that a later kernel reads, or that a loop over a slice reads or writes. */
export function memoryOf(kernels: readonly Kernel[], style: Style): Set<Node> {
  const home = new Map<Node, Kernel>();
  for (const k of kernels)
    for (const s of k.statements) if (!home.has(s.value)) home.set(s.value, k);
  const memory = new Set<Node>();
  for (const k of kernels)
    for (const s of k.statements) {
      // A gradient is accumulated where it belongs.
      const inPlace = s.targets.some((t) => t.space === "gradient");
      if (!isWhole(s) || (isInMemory(s.expr, s.axes) && !inPlace))
        memory.add(s.value);
      if (standsAlone(s, style) && s.expr.kind === "apply") memory.add(s.value);
      for (const l of loadsOf(s.expr))
        if (home.has(l.value) && home.get(l.value) !== k) memory.add(l.value);
    }
  return memory;
}
