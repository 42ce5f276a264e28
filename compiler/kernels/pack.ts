import type { Range } from "./liveness.js";

/** Something that lies in one piece while it is needed. */
export interface Piece {
  readonly size: number;
  /** Needed once for each example. */
  readonly batched: boolean;
  readonly ranges: readonly Range[];
}

/** Places for pieces, with room for one example: two that are needed at the same time do not overlap. */
export interface Packing {
  readonly places: ReadonlyMap<Piece, number>;
  /** Where the last piece ends, and the last one of the examples. */
  readonly size: number;
  readonly batchedSize: number;
}

/** The sizes of pieces that are needed at the same time, at their most. */
export function largestSum(pieces: readonly Piece[], times: number): number {
  const change = new Float64Array(times + 1);
  for (const { size, ranges } of pieces)
    for (const { first, last } of ranges) {
      change[first] = (change[first] as number) + size;
      change[last + 1] = (change[last + 1] as number) - size;
    }
  let [sum, most] = [0, 0];
  for (const c of change) most = Math.max(most, (sum += c));
  return most;
}

/** Rounds of one order: many where there are few pieces, so that the time grows with the pieces. */
const roundsFor = (pieces: number): number =>
  Math.max(8, Math.min(100, Math.floor(10_000 / pieces)));

/**
 * Finds places: piece by piece, each the lowest that is free. Pieces that end above the largest sum come first in the next
 * round, until none does; else the best round counts.
 */
export function pack(pieces: readonly Piece[], times: number): Packing {
  const least = largestSum(pieces, times);
  const batched = pieces.filter((p) => p.batched);
  const leastBatched = largestSum(batched, times);
  let best: Packing | undefined;
  const excess = ({ size, batchedSize }: Packing): number =>
    Math.max(size / least, batchedSize / leastBatched || 0);
  const rounds = roundsFor(pieces.length);
  for (const before of orders) {
    let order = [...pieces].sort(before);
    for (let round = 0; round < rounds; round++) {
      const found = inOrder(order, times);
      if (best === undefined || excess(found) < excess(best)) best = found;
      const isHigh = (p: Piece): boolean =>
        (found.places.get(p) as number) + p.size >
        (p.batched ? leastBatched : least);
      const high = order.filter(isHigh);
      if (high.length === 0) return found;
      // One of them, or all: each alone may end in a circle.
      const moved = new Set(round % 2 === 0 ? high : high.slice(0, 1));
      order = [...moved, ...order.filter((p) => !moved.has(p))];
    }
  }
  return best ?? { places: new Map(), size: 0, batchedSize: 0 };
}

type Order = (a: Piece, b: Piece) => number;

const duration = ({ ranges }: Piece): number =>
  ranges.reduce((n, r) => n + r.last - r.first + 1, 0);
const start = ({ ranges }: Piece): number => ranges[0]?.first ?? 0;
const ofExamplesFirst: Order = (a, b) => Number(b.batched) - Number(a.batched);

/** What is needed for long lies at the bottom, or what is large, or what is both. */
const orders: readonly Order[] = [
  (a, b) =>
    ofExamplesFirst(a, b) ||
    duration(b) - duration(a) ||
    b.size - a.size ||
    start(a) - start(b),
  (a, b) =>
    ofExamplesFirst(a, b) ||
    b.size - a.size ||
    duration(b) - duration(a) ||
    start(a) - start(b),
  (a, b) => b.size * duration(b) - a.size * duration(a) || start(a) - start(b),
];

function inOrder(order: readonly Piece[], times: number): Packing {
  const places = new Map<Piece, number>();
  const arena = new Arena(times);
  let [size, batchedSize] = [0, 0];
  for (const piece of order) {
    const at = arena.take(piece);
    places.set(piece, at);
    size = Math.max(size, at + piece.size);
    if (piece.batched) batchedSize = Math.max(batchedSize, at + piece.size);
  }
  return { places, size, batchedSize };
}

/**
 * What is taken when. A tree over time: a node stands for a stretch of it and knows the places that are taken in all of
 * it, and those that are taken in some of it, as ranges. Neighbouring ranges are one, so that there are few of them.
 */
class Arena {
  readonly #leaves: number;
  readonly #all = new Map<number, Taken>();
  readonly #some = new Map<number, Taken>();

  /** @param times how many kernels there are */
  constructor(times: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, times)));
  }

  /** Takes the lowest place that is free whenever the piece is needed. */
  take({ size, ranges }: Piece): number {
    const taken: Taken[] = [];
    for (const range of ranges)
      this.#walk(range, (node, isWhole) => {
        const found = (isWhole ? this.#some : this.#all).get(node);
        if (found !== undefined) taken.push(found);
      });
    let at = 0;
    for (let free = 0, i = 0; free < taken.length; i = (i + 1) % taken.length) {
      const next = (taken[i] as Taken).above(at, size);
      free = next === at ? free + 1 : 1;
      at = next;
    }
    const add = (to: Map<number, Taken>, node: number): void => {
      const known = to.get(node) ?? new Taken();
      to.set(node, known);
      known.add(at, at + size);
    };
    for (const range of ranges)
      this.#walk(range, (node, isWhole) => {
        if (isWhole) add(this.#all, node);
        add(this.#some, node);
      });
    return at;
  }

  /** The nodes over a range of time: those inside of it, of which no smaller ones are visited, and those that overlap. */
  #walk(
    { first, last }: Range,
    visit: (node: number, isWhole: boolean) => void,
  ): void {
    const down = (node: number, from: number, width: number): void => {
      const isWhole = first <= from && from + width - 1 <= last;
      visit(node, isWhole);
      if (isWhole) return;
      const half = width / 2;
      if (first < from + half) down(2 * node, from, half);
      if (last >= from + half) down(2 * node + 1, from + half, half);
    };
    down(1, 0, this.#leaves);
  }
}

/** Ranges of places, disjoint and ascending: from, to, from, to. */
class Taken {
  readonly #ends: number[] = [];

  /** The lowest place from `at` on that has room below the next range. */
  above(at: number, size: number): number {
    const ends = this.#ends;
    let lowest = at;
    for (let i = 2 * this.#rangeAt(at); i < ends.length; i += 2) {
      if ((ends[i] as number) >= lowest + size) break;
      lowest = Math.max(lowest, ends[i + 1] as number);
    }
    return lowest;
  }

  add(from: number, to: number): void {
    const ends = this.#ends;
    let first = this.#rangeAt(from);
    // A range that ends where this one begins is one with it.
    if (first > 0 && ends[2 * first - 1] === from) first--;
    let end = first;
    let [low, high] = [from, to];
    while (2 * end < ends.length && (ends[2 * end] as number) <= high) {
      low = Math.min(low, ends[2 * end] as number);
      high = Math.max(high, ends[2 * end + 1] as number);
      end++;
    }
    ends.splice(2 * first, 2 * (end - first), low, high);
  }

  /** The number of the first range that ends above a place. */
  #rangeAt(at: number): number {
    const ends = this.#ends;
    let [low, high] = [0, ends.length / 2];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[2 * middle + 1] as number) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
