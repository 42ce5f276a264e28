/** Arrays of numbers on a tape, row-major: what a tensor of one example means. */
import type { Id, Tape } from "./tape.js";

export interface Grid {
  readonly shape: readonly number[];
  readonly ids: readonly Id[];
}

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((n, d) => n * d, 1);

/** Every multi-index of a shape, row-major. */
export function pointsOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, d) =>
      all.flatMap((p) => Array.from({ length: d }, (_, i) => [...p, i])),
    [[]],
  );
}

/** Row-major place of a multi-index. */
export const placeOf = (
  point: readonly number[],
  shape: readonly number[],
): number => point.reduce((s, i, axis) => s * (shape[axis] as number) + i, 0);

export const at = (x: Grid, point: readonly number[]): Id =>
  x.ids[placeOf(point, x.shape)] as Id;

/** A grid of `shape` whose entries are made one by one. */
export function gridOf(
  shape: readonly number[],
  entry: (point: readonly number[]) => Id,
): Grid {
  return { shape, ids: pointsOf(shape).map(entry) };
}

/** f of each entry. */
export const mapGrid = (x: Grid, f: (id: Id) => Id): Grid => ({
  shape: x.shape,
  ids: x.ids.map(f),
});

/** The shape that several broadcast to. */
export function broadcastShapes(
  shapes: readonly (readonly number[])[],
): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, i) =>
    shapes.reduce((d, s) => {
      const own = s[i - rank + s.length] ?? 1;
      return own === 1 ? d : own;
    }, 1),
  );
}

/** The entry that broadcasting puts at a point of a larger shape. */
export const broadcastAt = (x: Grid, point: readonly number[]): Id =>
  at(
    x,
    x.shape.map((d, i) =>
      d === 1 ? 0 : (point[point.length - x.shape.length + i] as number),
    ),
  );

/** f of the entries of several grids, which broadcast. */
export function zipGrids(
  grids: readonly Grid[],
  f: (...ids: Id[]) => Id,
): Grid {
  return gridOf(broadcastShapes(grids.map((g) => g.shape)), (point) =>
    f(...grids.map((g) => broadcastAt(g, point))),
  );
}

/** An axis counted from the front. */
export const fromFront = (axis: number, rank: number): number =>
  axis < 0 ? axis + rank : axis;

/** Makes one number of all entries along `axes`. */
export function reduceGrid(
  x: Grid,
  axes: readonly number[],
  keepdims: boolean,
  f: (ids: Id[]) => Id,
): Grid {
  const kept = x.shape.map((d, i) => (axes.includes(i) ? 1 : d));
  const over = pointsOf(x.shape.map((d, i) => (axes.includes(i) ? d : 1)));
  const ids = pointsOf(kept).map((p) =>
    f(
      over.map((q) =>
        at(
          x,
          p.map((i, k) => i + (q[k] as number)),
        ),
      ),
    ),
  );
  return {
    shape: keepdims ? kept : x.shape.filter((_, i) => !axes.includes(i)),
    ids,
  };
}

/** Replaces the entries along `axes` by as many others. */
export function alongGrid(
  x: Grid,
  axes: readonly number[],
  f: (ids: Id[]) => Id[],
): Grid {
  const ids: Id[] = [...x.ids];
  const starts = pointsOf(x.shape.map((d, i) => (axes.includes(i) ? 1 : d)));
  const over = pointsOf(x.shape.map((d, i) => (axes.includes(i) ? d : 1)));
  for (const p of starts) {
    const places = over.map((q) =>
      placeOf(
        p.map((i, k) => i + (q[k] as number)),
        x.shape,
      ),
    );
    f(places.map((place) => x.ids[place] as Id)).forEach((id, i) => {
      ids[places[i] as number] = id;
    });
  }
  return { shape: x.shape, ids };
}

/** What is taken out of exponents: the largest where it is finite, else nothing, so that infinities keep their meaning. */
function shiftOf(t: Tape, ids: readonly Id[]): Id {
  const top = t.extreme("largest", ids);
  return Number.isFinite(t.value(top)) ? t.apply("hold", top) : t.constant(0);
}

/** ln sum e^x, with the largest taken out first. */
export function logSumExp(t: Tape, ids: readonly Id[]): Id {
  const shift = shiftOf(t, ids);
  const powers = ids.map((x) => t.apply("exp", t.sub(x, shift)));
  return t.add(shift, t.apply("log", t.sum(powers)));
}

/** e^x / sum e^x, with the largest taken out first. */
export function softmaxOf(t: Tape, ids: readonly Id[]): Id[] {
  const shift = shiftOf(t, ids);
  const powers = ids.map((x) => t.apply("exp", t.sub(x, shift)));
  const sum = t.sum(powers);
  return powers.map((p) => t.div(p, sum));
}
