/** Tiles whose points side by side are the lanes of vectors. */
import { isLeaf } from "../../dsl/graph.js";
import {
  loadsOf,
  type Axis,
  type Load,
  type Reduce,
  type Statement,
} from "./ir.js";
import { differs, pointsIn, product, sizesFor, type Tile } from "./tile.js";

/** A sum whose points are done side by side. */
interface Sum {
  readonly sum: Reduce;
  readonly loads: readonly Load[];
  /** Axes that a tile may have. */
  readonly free: readonly Axis[];
  /** What is made of it at each point. */
  readonly statements: readonly Statement[];
}

/**
 * Terms side by side from which on they are lanes: below, points side by side save more, as lanes have to be added up. That
 * is done once for all rows of terms, and a rest of a row is added term by term; where points are apart, fewer terms do.
 */
const [fewestTerms, fewestAtAll, inVector] = [16, 8, 4];

interface Arrangement {
  /** True for terms of each of several rows. */
  readonly inRows: boolean;
  /** True where what several sums read does not lie side by side: points are no lanes then. */
  readonly areApart: boolean;
}

/** True where so many terms are lanes. */
export const areEnough = (
  terms: number,
  { inRows, areApart }: Arrangement,
): boolean =>
  terms >= fewestTerms ||
  (terms >= fewestAtAll && (inRows ? terms % inVector === 0 : areApart));

/**
 * True where the terms of a sum lie side by side: lanes hold terms then, not points. Of fewer terms, the loops of a tile tell
 * whether its points are apart (`emit/wasm/laneSums.ts`): no tile has such points as lanes.
 */
export function areTermsBeside(
  { over }: Reduce,
  loads: readonly Load[],
): boolean {
  const last = over.at(-1);
  if (last === undefined || last.extent === "batch") return false;
  if (!areEnough(last.extent, { inRows: over.length > 1, areApart: false }))
    return false;
  const steps = loads.map((l) => l.index.terms.get(last) ?? 0);
  return steps.includes(1) && steps.every((k) => k === 0 || k === 1);
}

/** Vectors that a tile adds to, and those beside what several of them read. */
const [mostSums, mostRegisters] = [8, 15];

/** Examples that a loop over them is taken to have. */
const someExamples = 32;

/** Instructions of a turn beside loads, products and sums; of a tile beside its turns; of an entry that is written by itself. */
const [ofTurn, ofTile, ofEntry] = [4, 16, 2];

/** Instructions that a processor does while one sum waits for the one before it. */
const ofWait = 16;

/**
 * The tile with the fewest instructions a point; undefined where no points lie side by side. Its last axis is the one of
 * the lanes, which may be longer than a multiple of them.
 *
 * @param room how many points a function has room for
 */
export function laneTile(
  { sum, loads, free, statements }: Sum,
  lanes: number,
  room: number,
): Tile | undefined {
  const turns = sum.over.reduce((n, a) => n * lengthOf(a), 1);
  const mayRepeat = statements.every(isRepeatable);
  let best: Tile | undefined;
  let least = Infinity;
  const consider = (tile: Tile, along: Axis, waste: number): void => {
    const points = pointsIn(tile);
    const sums = points / lanes;
    if (sums > mostSums || points > room) return;
    const read = loads.map((l) => {
      const entries = product(tile, (a) => differs(l, a));
      return differs(l, along) ? entries / lanes : entries;
    });
    const shared = read.filter((n) => n < sums).reduce((a, b) => a + b, 0);
    if (sums + shared > mostRegisters) return;
    const loaded = read.reduce((a, b) => a + b, 0);
    const turn = Math.max(2 * sums + loaded + ofTurn, ofWait);
    const isRow = statements.every((s) => (s.at.terms.get(along) ?? 1) === 1);
    const written = sums * (isRow ? 1 : lanes * ofEntry);
    const own = ((turns * turn + written + ofTile) * waste) / points;
    if (own < least) [best, least] = [tile, own];
  };
  const isBeside = (a: Axis): boolean =>
    a.extent !== "batch" &&
    a.extent >= lanes &&
    loads.every((l) => !differs(l, a) || l.index.terms.get(a) === 1);
  for (const along of free.filter(isBeside)) {
    const extent = along.extent as number;
    const others = free.filter((a) => a !== along);
    for (const m of [lanes, 2 * lanes, 4 * lanes]) {
      const waste = (Math.ceil(extent / m) * m) / extent;
      if (m > extent || (waste > 1 && !mayRepeat)) continue;
      for (const rest of tilesOf(others))
        consider(new Map([...rest, [along, m]]), along, waste);
    }
  }
  return best;
}

/**
 * Loops over tiles in another order: outermost those along which the largest of what is read changes, so that it is read
 * once, and what is small again and again.
 */
export function largestOutermost(
  axes: readonly Axis[],
  sum: Reduce,
): readonly Axis[] {
  const all = [...axes, ...sum.over];
  const loads = loadsOf(sum.body);
  const entries = (l: Load): number =>
    all.reduce((n, a) => (differs(l, a) ? n * lengthOf(a) : n), 1);
  const largest = (a: Axis): number =>
    Math.max(0, ...loads.filter((l) => differs(l, a)).map(entries));
  return [...axes].sort((a, b) => largest(b) - largest(a));
}

const lengthOf = ({ extent }: Axis): number =>
  extent === "batch" ? someExamples : extent;

/** Five vectors are few enough, and the only way to several for five classes. */
const fives = ({ extent }: Axis): readonly number[] =>
  extent !== "batch" && extent % 5 === 0 ? [5] : [];

/** Tiles of at most two axes. */
function tilesOf(axes: readonly Axis[]): Tile[] {
  const single = axes.map((a) =>
    [1, ...sizesFor(a), ...fives(a)].map((n) => [a, n] as const),
  );
  const all: Tile[] = [new Map()];
  single.forEach((list, i) => {
    for (const [a, n] of list.slice(1)) {
      all.push(new Map([[a, n]]));
      for (const further of single.slice(i + 1))
        for (const [b, m] of further.slice(1))
          all.push(
            new Map([
              [a, n],
              [b, m],
            ]),
          );
    }
  });
  return all;
}

/** True where a point may be done again: it does not read what it has written. */
export const isRepeatable = ({ targets, expr }: Statement): boolean =>
  targets.every(
    (t) =>
      !("leaf" in t) ||
      !isLeaf(t.leaf) ||
      loadsOf(expr).every((l) => l.value !== t.leaf),
  );
