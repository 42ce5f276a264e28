import type { Node } from "../../dsl/graph.js";
import type { Access } from "./accesses.js";

/** From the first to the last kernel that needs a value, both included: kernels are counted over all programs. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** What has a place of its own in memory. */
export interface Held<Key> {
  readonly key: Key;
  /** Entries, for each example where `batched`. */
  readonly size: number;
  readonly batched: boolean;
  /** When it is needed, ascending: once in each program that has it. */
  readonly ranges: readonly Range[];
}

/** A value may take the place of another one at a kernel. */
interface Handover<Key> {
  readonly time: number;
  readonly from: Key;
  readonly to: Key;
}

export interface Liveness<Key> {
  /** Number of kernels of all programs. */
  readonly times: number;
  readonly ranges: ReadonlyMap<Key, readonly Range[]>;
  readonly handovers: readonly Handover<Key>[];
}

/**
 * When values in memory are needed. No program is given anything by another one.
 *
 * @param keyOf what has a place: several nodes may be one value
 */
export function livenessOf<Key>(
  programs: readonly (readonly Access[])[],
  keyOf: (v: Node) => Key,
): Liveness<Key> {
  const ranges = new Map<Key, Range[]>();
  const handovers: Handover<Key>[] = [];
  let time = 0;
  for (const program of programs) {
    const own = new ProgramRanges(time, keyOf, handovers);
    own.visit(program);
    time = own.time;
    for (const [key, range] of own.ranges) {
      const list = ranges.get(key);
      if (list === undefined) ranges.set(key, [range]);
      else list.push(range);
    }
  }
  return { times: time, ranges, handovers };
}

class ProgramRanges<Key> {
  time: number;
  readonly ranges = new Map<Key, { first: number; last: number }>();
  readonly #keyOf: (v: Node) => Key;
  readonly #handovers: Handover<Key>[];
  /** The beginning of the outermost loop, of those that are over, that a value was used in. */
  readonly #loop = new Map<Key, number>();

  constructor(
    time: number,
    keyOf: (v: Node) => Key,
    handovers: Handover<Key>[],
  ) {
    this.time = time;
    this.#keyOf = keyOf;
    this.#handovers = handovers;
  }

  /** Visits the accesses of a turn of a loop, or of a program, in their order and returns what they use. */
  visit(accesses: readonly Access[]): Set<Key> {
    const used = new Set<Key>();
    const start = this.time;
    for (const a of accesses) {
      if (a.kind === "loop") {
        const first = this.time;
        for (const key of this.visit(a.body)) {
          const range = this.ranges.get(key);
          // What a loop is given is read by its last turn.
          if (range !== undefined && range.first < first)
            range.last = this.time - 1;
          this.#loop.set(key, first);
          used.add(key);
        }
        continue;
      }
      for (const v of [...a.reads, ...a.writes]) {
        const key = this.#keyOf(v);
        this.#use(key);
        used.add(key);
      }
      for (const pair of a.inPlace) {
        const [from, to] = [this.#keyOf(pair.from), this.#keyOf(pair.to)];
        // The next turn reads what comes from outside of the loop again.
        const first = this.ranges.get(from)?.first;
        if (first !== undefined && first >= start)
          this.#handovers.push({ time: this.time, from, to });
      }
      this.time++;
    }
    return used;
  }
  #use(key: Key): void {
    const range = this.ranges.get(key);
    if (range === undefined) {
      this.ranges.set(key, { first: this.time, last: this.time });
      return;
    }
    range.last = this.time;
    // What a loop leaves is written from its first turn on.
    range.first = Math.min(range.first, this.#loop.get(key) ?? range.first);
  }
}
