import {
  combine,
  countOf,
  loadsOf,
  mapIndices,
  type Affine,
  type Axis,
  type Expr,
  type Load,
  type Reduce,
  type Statement,
} from "./ir.js";

/**
 * How many neighbouring points of an axis a loop computes side by side. Their sums stand in local variables, and what
 * several of them read is loaded once: a loop over single points waits for memory.
 */
export type Tile = ReadonlyMap<Axis, number>;

const untiled: Tile = new Map();

/** Multiply-adds below which single points are fast enough, and read better. */
const fewest = 1000;

/**
 * Points of a tile: their sums and what they read have to fit into the registers of a processor. Sizes that divide an
 * axis leave no rest.
 */
const most = 8;
const sizes = [4, 3, 2] as const;

/** The one sum of a kernel's points, where there is one. */
export function sumOf(statements: readonly Statement[]): Reduce | undefined {
  const sums = statements.flatMap((s) => reductions(s.expr));
  const [sum] = sums;
  return sums.length === 1 && sum?.by === "sum" && sum.scatter === undefined
    ? sum
    : undefined;
}
function reductions(e: Expr): Reduce[] {
  switch (e.kind) {
    case "reduce":
      return [e, ...reductions(e.body)];
    case "apply":
      return e.args.flatMap(reductions);
    case "guard":
      return reductions(e.body);
    default:
      return [];
  }
}

/** Loads of a sum that differ from point to point of an axis. */
const differs = (l: Load, axis: Axis): boolean =>
  axis.extent === "batch" ? l.example === axis : l.index.terms.has(axis);

/**
 * The tile with the most sums for each load; empty where there is little to compute, nothing to share, or a choice that
 * differs between the points.
 *
 * @param room how many points a function has room for.
 * @param lanes numbers of a vector, where points side by side in memory become one
 */
export function tileOf(
  axes: readonly Axis[],
  statements: readonly Statement[],
  room: number,
  lanes?: number,
): Tile {
  const sum = sumOf(statements);
  if (sum === undefined || statements.some(continues)) return untiled;
  if (countOf(axes) * countOf(sum.over) < fewest) return untiled;
  const loads = loadsOf(sum.body);
  if (loads.some((l) => l.picked !== undefined)) return untiled;
  const tests = sum.body.kind === "guard" ? sum.body.tests : [];
  const points = Math.min(most, room);
  const free = axes.filter(
    (a) =>
      tests.every((t) => !t.index.terms.has(a)) &&
      loads.some((l) => differs(l, a)),
  );
  if (lanes !== undefined && !isAlong(sum, loads))
    return laneTile(free, loads, lanes, room);
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
  for (const [i, a] of free.entries())
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
  return best;
}

/** True where the terms of a sum lie side by side: lanes hold terms then, not points. */
function isAlong(sum: Reduce, loads: readonly Load[]): boolean {
  const last = sum.over.at(-1);
  if (last === undefined) return false;
  const steps = loads.map((l) => l.index.terms.get(last) ?? 0);
  return steps.includes(1) && steps.every((k) => k === 0 || k === 1);
}

/** Vectors that a tile adds to: more, and what it reads does not fit into the registers beside them. */
const mostVectors = 8;

/**
 * The tile with the most sums for each load, where points side by side along one axis are lanes; that axis is the last one.
 */
function laneTile(
  free: readonly Axis[],
  loads: readonly Load[],
  lanes: number,
  room: number,
): Tile {
  const reuse = (tile: Tile, along: Axis): number => {
    const read = loads.reduce((n, l) => {
      const vectors = product(tile, (a) => differs(l, a));
      return n + (differs(l, along) ? vectors / lanes : vectors);
    }, 0);
    return pointsIn(tile) / read;
  };
  let [best, most] = [untiled, 0];
  const consider = (tile: Tile, along: Axis): void => {
    const points = pointsIn(tile);
    if (points > Math.min(mostVectors * lanes, room)) return;
    const own = reuse(tile, along);
    if (own > most) [best, most] = [tile, own];
  };
  const isBeside = (a: Axis): boolean =>
    a.extent !== "batch" &&
    loads.every((l) => !differs(l, a) || l.index.terms.get(a) === 1);
  for (const along of free.filter(isBeside))
    for (const m of [2 * lanes, lanes]) {
      if ((along.extent as number) % m !== 0) continue;
      consider(new Map([[along, m]]), along);
      for (const other of free)
        if (other !== along)
          for (const n of sizesFor(other))
            consider(
              new Map([
                [other, n],
                [along, m],
              ]),
              along,
            );
    }
  return best;
}

const product = (tile: Tile, which: (axis: Axis) => boolean): number =>
  [...tile].reduce((n, [axis, size]) => (which(axis) ? n * size : n), 1);

/** Number of points of a tile. */
export const pointsIn = (tile: Tile): number => product(tile, () => true);

/** The rest of the examples is done one by one. */
const sizesFor = (a: Axis): readonly number[] =>
  a.extent === "batch"
    ? [2]
    : sizes.filter((n) => (a.extent as number) % n === 0);

/** A sum over steps is added where it lies. */
const continues = (s: Statement): boolean =>
  s.targets.some((t) => t.space === "memory" && t.adds);

/** One point of a tile. */
export interface TilePoint {
  /** Its statements, in terms of the first point. */
  readonly statements: readonly Statement[];
  /** Examples after the first one. */
  readonly example: number;
}

export function tiled(
  statements: readonly Statement[],
  tile: Tile,
): TilePoint[] {
  let offsets: ReadonlyMap<Axis, number>[] = [new Map()];
  for (const [axis, size] of tile)
    offsets = offsets.flatMap((o) =>
      Array.from({ length: size }, (_, i) => new Map(o).set(axis, i)),
    );
  return offsets.map((o) => ({
    statements: statements.map((s) => moved(s, o)),
    example: [...o].find(([axis]) => axis.extent === "batch")?.[1] ?? 0,
  }));
}

/** The tile without its axis of examples. */
export const ofOneExample = (tile: Tile): Tile =>
  new Map([...tile].filter(([axis]) => axis.extent !== "batch"));

function moved(s: Statement, by: ReadonlyMap<Axis, number>): Statement {
  const change = (index: Affine): Affine => {
    const further = [...index.terms].reduce(
      (n, [axis, k]) => n + k * (by.get(axis) ?? 0),
      0,
    );
    return combine([[index, 1]], further);
  };
  return {
    ...s,
    at: change(s.at),
    expr: mapIndices(s.expr, change),
    targets: s.targets.map((t) =>
      t.space === "memory" ? { ...t, index: change(t.index) } : t,
    ),
  };
}
