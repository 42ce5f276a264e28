import { sizeOf, type Node } from "../../dsl/graph.js";
import type { Access } from "./accesses.js";
import { groupsInPlace } from "./inPlace.js";
import { livenessOf, type Held } from "./liveness.js";
import { largestSum, pack } from "./pack.js";

/**
 * Where a value lies in memory with room for n examples: its first entry is perExample * n + fixed, and it has `size`
 * entries, for each example where it is batched.
 */
export interface Place {
  readonly perExample: number;
  readonly fixed: number;
  readonly size: number;
  readonly batched: boolean;
}

/** Places of values; two that are needed at the same time do not overlap, however many examples there is room for. */
export interface MemoryPlan<Key> {
  readonly places: ReadonlyMap<Key, Place>;
  /** Entries of the whole: perExample * n + fixed. */
  readonly perExample: number;
  readonly fixed: number;
  /** Entries of the largest set of values that are needed at the same time, with room for one example. */
  readonly least: number;
}

/** A program's accesses, and the values that have a place for one example alone. */
export interface Accessed {
  readonly accesses: readonly Access[];
  readonly local: ReadonlySet<Node>;
  /** Values of another type than the rest, which share no memory with it. */
  readonly doubles: ReadonlySet<Node>;
}

/** Entries of a value, of each example where `batched`. */
export interface ValueKind {
  readonly size: number;
  readonly batched: boolean;
}

/** What shares memory, and the values that have arrays of their own. */
export function apart<Key>(
  programs: readonly Accessed[],
  keyOf: (v: Node) => Key,
): {
  readonly shared: readonly Accessed[];
  readonly doubles: ReadonlyMap<Key, ValueKind>;
} {
  const keys = new Set(programs.flatMap((p) => [...p.doubles].map(keyOf)));
  if (keys.size === 0) return { shared: programs, doubles: new Map() };
  const isDouble = (v: Node): boolean => keys.has(keyOf(v));
  const without = (accesses: readonly Access[]): Access[] =>
    accesses.map((a) =>
      a.kind === "loop"
        ? { ...a, body: without(a.body) }
        : {
            ...a,
            reads: a.reads.filter((v) => !isDouble(v)),
            writes: a.writes.filter((v) => !isDouble(v)),
            inPlace: a.inPlace.filter(
              ({ from, to }) => !isDouble(from) && !isDouble(to),
            ),
          },
    );
  const kinds = [...kindsOf(programs, keyOf)];
  return {
    shared: programs.map((p) => ({ ...p, accesses: without(p.accesses) })),
    doubles: new Map(kinds.filter(([key]) => keys.has(key))),
  };
}

/**
 * Plans the memory of programs that run one after the other and give each other nothing there.
 *
 * @param keyOf what has a place: several nodes may be one value
 */
export function planMemory<Key>(
  programs: readonly Accessed[],
  keyOf: (v: Node) => Key,
): MemoryPlan<Key> {
  const liveness = livenessOf(
    programs.map((p) => p.accesses),
    keyOf,
  );
  const { times } = liveness;
  const kinds = kindsOf(programs, keyOf);
  const held = [...liveness.ranges].map(([key, ranges]): Held<Key> => ({
    key,
    ranges,
    ...(kinds.get(key) ?? { size: 0, batched: false }),
  }));
  const groups = groupsInPlace(held, liveness);
  const packing = pack(groups, times);
  const { size: whole, batchedSize } = packing;
  const fixedSize = whole - batchedSize;
  const places = new Map<Key, Place>();
  for (const group of groups) {
    const { size, batched } = group;
    // Upside down: the values of the examples lie above. What there is once may reach in among them, as many examples
    // leave it more room there, not less.
    const at = whole - size - (packing.places.get(group) as number);
    const fixed = Math.min(at, fixedSize);
    const place = { perExample: at - fixed, fixed, size, batched };
    for (const key of group.keys) places.set(key, place);
  }
  return {
    places,
    perExample: batchedSize,
    fixed: fixedSize,
    least: largestSum(groups, times),
  };
}

/** Entries of each value, and whether there is one for each example; one program that needs them all decides. */
function kindsOf<Key>(
  programs: readonly Accessed[],
  keyOf: (v: Node) => Key,
): Map<Key, ValueKind> {
  const kinds = new Map<Key, ValueKind>();
  for (const { accesses, local } of programs)
    for (const v of valuesIn(accesses)) {
      const key = keyOf(v);
      const known = kinds.get(key);
      kinds.set(key, {
        size: Math.max(sizeOf(v.shape), known?.size ?? 0),
        batched: (v.batched && !local.has(v)) || (known?.batched ?? false),
      });
    }
  return kinds;
}

/** The values that accesses read or write, again and again. */
export const valuesIn = (accesses: readonly Access[]): Node[] =>
  accesses.flatMap((a) =>
    a.kind === "loop" ? valuesIn(a.body) : [...a.writes, ...a.reads],
  );
