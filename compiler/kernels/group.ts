import type { Node } from "../../dsl/graph.js";
import { executedBytes, loopedBytes, preferredBytes } from "./cost.js";
import type { Kernel } from "./fuse.js";
import { isSlice, type Style } from "./slice.js";

/** Kernels that one function runs. */
export interface Group {
  /** The layer that the function is named after. */
  readonly place: Node["place"] | undefined;
  readonly list: readonly Kernel[];
  readonly bytes: number;
  /** Bytecode that a call for one example runs through. */
  readonly executed: number;
}

interface Measured extends Group {
  /** False where it only calls loops over slices, which allocates nothing. */
  readonly computes: boolean;
}

/** Neighbouring kernels of one layer and phase, as many as V8 likes in a function. */
export const groupsOf = (kernels: readonly Kernel[], style: Style): Group[] =>
  byLayer(kernels, style);

/**
 * The same, where no function stays in V8's interpreter for long. V8 optimises a function that has run through a certain
 * amount of bytecode; until then each number that is no integer is allocated. What is done once a step, beside loops over
 * thousands of entries, would take minutes: it joins a neighbour.
 */
export function busyGroupsOf(
  kernels: readonly Kernel[],
  style: Style,
): Group[] {
  const groups = byLayer(kernels, style);
  const all = groups.reduce((sum, g) => sum + g.executed, 0);
  const isIdle = (g: Measured): boolean => {
    const calls = ((ticks + g.bytes / bytesOfTick) * budget) / g.executed;
    return g.computes && calls > mostCalls && calls * all > mostExecuted;
  };
  const joined: Measured[] = [];
  for (const g of groups) {
    const last = joined.at(-1);
    if (
      last !== undefined &&
      (isIdle(g) || isIdle(last)) &&
      last.bytes + g.bytes <= preferredBytes
    )
      joined.splice(-1, 1, union(last, g));
    else joined.push(g);
  }
  return joined;
}

/**
 * Node 20's V8 looks at a function each time that it has run through `budget` bytes of bytecode, and optimises it the
 * fourth time, later by one time for each `bytesOfTick` bytes of its length.
 */
const [budget, ticks, bytesOfTick] = [67_584, 4, 150];

/** True for what V8 would not look at during a call for one example. */
export const isBrief = (executed: number): boolean => executed <= budget;

/** Calls, and bytecode of the whole body (a tenth of a second), that a function may take until V8 optimises it. */
const [mostCalls, mostExecuted] = [400, 1e9];

const union = (a: Measured, b: Measured): Measured => ({
  place: (b.executed > a.executed ? b : a).place,
  list: [...a.list, ...b.list],
  bytes: a.bytes + b.bytes,
  executed: a.executed + b.executed,
  computes: a.computes || b.computes,
});

function byLayer(kernels: readonly Kernel[], style: Style): Measured[] {
  const groups: Measured[] = [];
  for (const k of kernels) {
    const place = k.statements[0]?.value.place;
    // A loop over a slice is a function of its own.
    const computes = !k.statements.some((s) => isSlice(s, style));
    const own: Measured = {
      place,
      list: [k],
      bytes: loopedBytes([k], style.math),
      executed: computes ? executedBytes([k], style.math) : 0,
      computes,
    };
    const last = groups.at(-1);
    if (
      last !== undefined &&
      last.bytes + own.bytes <= preferredBytes &&
      last.place?.phase === place?.phase &&
      last.place?.call === place?.call
    )
      groups.splice(-1, 1, { ...union(last, own), place: last.place });
    else groups.push(own);
  }
  return groups;
}
