import type { Held, Liveness, Range } from "./liveness.js";

/** Values that have one place, one after the other. */
export interface Group<Key> {
  readonly keys: readonly Key[];
  readonly size: number;
  readonly batched: boolean;
  readonly ranges: readonly Range[];
}

/** Gives a value the place of one that is read for the last time where it is made, wherever that is possible. */
export function groupsInPlace<Key>(
  held: readonly Held<Key>[],
  { handovers }: Liveness<Key>,
): Group<Key>[] {
  const groups = new Groups(held);
  const open = new Map<number, (typeof handovers)[number][]>();
  for (const h of handovers) {
    const list = open.get(h.time);
    if (list === undefined) open.set(h.time, [h]);
    else list.push(h);
  }
  for (const { from, to } of handovers) {
    const [a, b] = [groups.of(from), groups.of(to)];
    if (a === b || a.size !== b.size || a.batched !== b.batched) continue;
    const passed: (typeof handovers)[number][] = [];
    const ranges = joined(a.ranges, b.ranges, (time, older) => {
      const [x, y] = older === a.ranges ? [a, b] : [b, a];
      const found = open
        .get(time)
        ?.find(
          (h) =>
            groups.of(h.from) === x &&
            groups.of(h.to) === y &&
            groups.ends(h.from, time) &&
            groups.begins(h.to, time),
        );
      if (found !== undefined) passed.push(found);
      return found !== undefined;
    });
    if (ranges === undefined) continue;
    groups.join(a, b, ranges);
    // A place is handed over once.
    for (const p of passed)
      open.set(
        p.time,
        (open.get(p.time) ?? []).filter(
          (h) => h.from !== p.from && h.to !== p.to,
        ),
      );
  }
  return groups.all();
}

/** The union of two lists of ranges; undefined where they are needed together, but for a kernel that hands over. */
function joined(
  a: readonly Range[],
  b: readonly Range[],
  handsOver: (time: number, older: readonly Range[]) => boolean,
): Range[] | undefined {
  const all: Range[] = [];
  let [i, j] = [0, 0];
  let owner: readonly Range[] | undefined;
  while (i < a.length || j < b.length) {
    const [x, y] = [a[i], b[j]];
    const isA =
      y === undefined ||
      (x !== undefined &&
        (x.first < y.first || (x.first === y.first && x.last <= y.last)));
    const next = (isA ? x : y) as Range;
    const own = isA ? a : b;
    if (isA) i++;
    else j++;
    const before = all.at(-1);
    if (before === undefined || before.last < next.first || owner === own) {
      all.push(next);
    } else {
      const meets = before.last === next.first;
      if (!meets || !handsOver(next.first, owner ?? own)) return undefined;
      all[all.length - 1] = { first: before.first, last: next.last };
    }
    owner = own;
  }
  return all;
}

/** A group that still grows. */
interface Growing<Key> extends Group<Key> {
  readonly keys: Key[];
  ranges: readonly Range[];
}

class Groups<Key> {
  readonly #groups = new Map<Key, Growing<Key>>();
  readonly #held = new Map<Key, Held<Key>>();

  constructor(held: readonly Held<Key>[]) {
    for (const h of held) {
      this.#held.set(h.key, h);
      this.#groups.set(h.key, { ...h, keys: [h.key] });
    }
  }
  of(key: Key): Growing<Key> {
    return this.#groups.get(key) as Growing<Key>;
  }
  ends(key: Key, time: number): boolean {
    return this.#held.get(key)?.ranges.some((r) => r.last === time) === true;
  }
  begins(key: Key, time: number): boolean {
    return this.#held.get(key)?.ranges.some((r) => r.first === time) === true;
  }
  join(a: Growing<Key>, b: Growing<Key>, ranges: readonly Range[]): void {
    // The smaller one moves: n values move at most n log n times.
    const [large, small] = a.keys.length < b.keys.length ? [b, a] : [a, b];
    large.ranges = ranges;
    for (const key of small.keys) {
      large.keys.push(key);
      this.#groups.set(key, large);
    }
  }
  all(): Group<Key>[] {
    return [...new Set(this.#groups.values())];
  }
}
