import { range, type Node, type Window } from "../graph.js";
import { lettersOf } from "./contract.js";
import { expandNode } from "./expand.js";
import type { OpOf } from "./rule.js";
import { constant, constantArray, iota, less, where } from "./scalar.js";

/** Which entries of a value have a term: a fact of their places along some axes. */
interface Reach {
  readonly axes: readonly number[];
  /** @param at the entry's place along every axis of the value; those that are not in `axes` are not looked at */
  readonly holds: (at: readonly number[]) => boolean;
}

/**
 * A value that is a sum, or adds up several, with +0 where none of them has a term: PyTorch has it so. Sums start at -0,
 * the neutral element of addition, so that what is absent from one of several changes nothing; a sum of nothing would be
 * -0. Shapes and attributes say which entries these are: where a kernel lies in the padding alone, and the cotangent of
 * what nobody reads. A value that has terms everywhere stays as it is.
 *
 * @param total what `sums` add up to
 */
export function orZero(total: Node, sums: readonly Node[] = [total]): Node {
  const reaches = sums.map(reachesOf);
  if (reaches.some((r) => r.length === 0)) return total;
  const [only = [], ...others] = reaches;
  const all = others.length === 0 ? only : [anyOf(reaches)];
  return all.reduce(chosen, total);
}

/** `total` where it has a term, else +0. */
function chosen(total: Node, { axes, holds }: Reach): Node {
  const { shape } = total;
  const points = axes.reduce<number[][]>(
    (list, axis) =>
      list.flatMap((at) =>
        range(shape[axis] as number).map((i) => at.with(axis, i)),
      ),
    [shape.map(() => 0)],
  );
  const held = points.map(holds);
  if (!held.includes(false)) return total;
  const none = constant(0);
  const [axis, second] = axes;
  const [from, to] = [held.indexOf(true), held.lastIndexOf(true) + 1];
  const isStretch = !held.slice(from, to).includes(false);
  if (axis === undefined || second !== undefined || !isStretch) {
    const table = constantArray(
      held.map(Number),
      axes.map((i) => shape[i] as number),
    );
    return where(expandNode(table, axes, shape, false), total, none);
  }
  const place = expandNode(iota(held.length), axes, shape, false);
  const ended =
    to < held.length ? where(less(place, constant(to)), total, none) : total;
  return from > 0 ? where(less(place, constant(from)), none, ended) : ended;
}

/** What limits the entries of a sum that have a term: those have one where all of it holds. */
function reachesOf(v: Node): readonly Reach[] {
  const { op, args } = v;
  const [x] = args;
  if (op.kind === "contract") return op.windows.map((w) => reachOf(op, w));
  if (op.kind === "expand" && x !== undefined)
    return reachesOf(x).map(({ axes, holds }) => ({
      axes: axes.map((i) => op.axes[i] as number),
      holds: (at) => holds(op.axes.map((i) => at[i] as number)),
    }));
  if (op.kind === "result" && op.of === "sum" && x?.op.kind === "scan") {
    // A sum over steps has the terms of each.
    const sum = x.op.loop.sums[op.index];
    return sum === undefined ? [] : reachesOf(sum.node);
  }
  return [];
}

/** Each of a window's place and tap is an axis of the result, or summed. */
function reachOf({ out }: OpOf<"contract">, w: Window): Reach {
  const found = (place: number, tap: number): boolean => {
    const shift = w.dilation * tap + w.start;
    const entry = w.inverse
      ? (place - shift) / w.stride
      : w.stride * place + shift;
    return Number.isInteger(entry) && entry >= 0 && entry < w.length;
  };
  const letters = lettersOf(out);
  const ends = [
    { axis: letters.indexOf(w.at), all: range(w.atLength) },
    { axis: letters.indexOf(w.tap), all: range(w.tapLength) },
  ] as const;
  return {
    axes: ends.flatMap(({ axis }) => (axis < 0 ? [] : [axis])),
    holds: (at) => {
      const [places, taps] = ends.map(({ axis, all }) =>
        axis < 0 ? all : [at[axis] as number],
      ) as [number[], number[]];
      return places.some((place) => taps.some((tap) => found(place, tap)));
    },
  };
}

/** Where one of several sums has a term. */
function anyOf(sums: readonly (readonly Reach[])[]): Reach {
  return {
    axes: [...new Set(sums.flat().flatMap((r) => r.axes))].sort(
      (a, b) => a - b,
    ),
    holds: (at) => sums.some((s) => s.every((r) => r.holds(at))),
  };
}
