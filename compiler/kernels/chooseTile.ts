/** Which points of a kernel are done side by side. */
import {
  countOf,
  loadsOf,
  staticAxes,
  type Axis,
  type Statement,
} from "./ir.js";
import { areTermsBeside, laneTile } from "./laneTile.js";
import type { Style } from "./slice.js";
import {
  differs,
  pointsIn,
  product,
  sizesFor,
  sumOf,
  untiled,
  type Tile,
} from "./tile.js";

/**
 * Multiply-adds below which single points read better, where nothing is said, and below which points of several examples do:
 * they ask for a second loop, for the rest of the examples. Vectors pay much earlier.
 */
const [fewest, fewestOfSeveral] = [1000, 10_000];
const fewestInLanes = 32;

/**
 * Points of a tile: their sums and what they read have to fit into the registers of a processor. Sizes that divide an
 * axis leave no rest.
 */
const most = 8;

/**
 * The tile with the most sums for each load; empty where there is little to compute, nothing to share, or a choice that
 * differs between the points.
 *
 * @param room how many points a function has room for.
 */
export function tileOf(
  axes: readonly Axis[],
  statements: readonly Statement[],
  room: number,
  { lanes, tilesFrom }: Pick<Style, "lanes" | "tilesFrom">,
): Tile {
  const sum = sumOf(statements);
  if (sum === undefined || statements.some(continues)) return untiled;
  const isShort = lanes === undefined && tilesFrom === undefined;
  const enough = lanes === undefined ? (tilesFrom ?? fewest) : fewestInLanes;
  const work = countOf(axes) * countOf(sum.over);
  if (work < enough) return untiled;
  const loads = loadsOf(sum.body);
  if (loads.some((l) => l.picked !== undefined)) return untiled;
  const tests = sum.body.kind === "guard" ? sum.body.tests : [];
  const points = Math.min(most, room);
  // The last examples of an odd number need a second loop: any other axis is as good.
  const inOrder =
    lanes !== undefined
      ? [...staticAxes(axes), ...batchAxes(axes)]
      : isShort && work < fewestOfSeveral
        ? staticAxes(axes)
        : axes;
  const free = inOrder.filter(
    (a) =>
      tests.every((t) => !t.index.terms.has(a)) &&
      loads.some((l) => differs(l, a)),
  );
  if (lanes !== undefined && !areTermsBeside(sum, loads)) {
    const own = laneTile({ sum, loads, free, statements }, lanes, room);
    if (own !== undefined) return own;
  }
  const reuse = (tile: Tile): number => {
    const read = loads.reduce(
      (n, l) => n + product(tile, (a) => differs(l, a)),
      0,
    );
    return pointsIn(tile) / read;
  };
  let best = untiled;
  const consider = (tile: Tile): void => {
    if (pointsIn(tile) > points) return;
    if (reuse(tile) > reuse(best)) best = tile;
  };
  for (const [i, a] of free.entries()) {
    // Vectors of one sum each: as many keep the processor from waiting for one.
    if (lanes !== undefined && isMultiple(a, most))
      consider(new Map([[a, most]]));
    for (const n of sizesFor(a)) {
      consider(new Map([[a, n]]));
      for (const b of free.slice(i + 1))
        for (const m of sizesFor(b))
          consider(
            new Map([
              [a, n],
              [b, m],
            ]),
          );
    }
  }
  return lanes === undefined ? best : inMemoryOrder(best, statements);
}

/** Points that lie side by side follow each other: their results are one vector. */
function inMemoryOrder(tile: Tile, [first]: readonly Statement[]): Tile {
  const step = (a: Axis): number =>
    a.extent === "batch" ? Infinity : (first?.at.terms.get(a) ?? 0);
  return new Map([...tile].sort(([a], [b]) => step(b) - step(a)));
}

const batchAxes = (axes: readonly Axis[]): Axis[] =>
  axes.filter((a) => a.extent === "batch");

const isMultiple = ({ extent }: Axis, of: number): boolean =>
  extent !== "batch" && extent % of === 0;

/** A sum over steps is added where it lies. */
const continues = (s: Statement): boolean =>
  s.targets.some((t) => t.space === "memory" && t.adds);
