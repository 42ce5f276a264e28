import {
  combine,
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

export const untiled: Tile = new Map();

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
export const differs = (l: Load, axis: Axis): boolean =>
  axis.extent === "batch" ? l.example === axis : l.index.terms.has(axis);

export const product = (tile: Tile, which: (axis: Axis) => boolean): number =>
  [...tile].reduce((n, [axis, size]) => (which(axis) ? n * size : n), 1);

/** True where an axis is no multiple of its size: the last tile of a row does points of the one before it again. */
export const repeats = (tile: Tile): boolean =>
  [...tile].some(
    ([{ extent }, size]) => extent !== "batch" && extent % size > 0,
  );

/** Number of points of a tile. */
export const pointsIn = (tile: Tile): number => product(tile, () => true);

const sizes = [4, 3, 2] as const;

/** The rest of the examples is done one by one. */
export const sizesFor = (a: Axis): readonly number[] =>
  a.extent === "batch"
    ? [2]
    : sizes.filter((n) => (a.extent as number) % n === 0);

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
