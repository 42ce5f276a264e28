import { sizeOf, type Node } from "../../dsl/graph.js";

/**
 * Cotangent of the argument of a maximum or minimum where entries tie, written from the convention: those that tie share
 * dy evenly, or the first one, examples outermost, takes all. Undefined for everything else.
 */
export function tiedCotangent(
  { op, args, shape, batched }: Node,
  x: readonly number[],
  dy: readonly number[],
): number[] | undefined {
  const [arg] = args;
  if (op.kind !== "reduce" || arg === undefined) return undefined;
  if (op.by !== "max" && op.by !== "min") return undefined;
  const size = sizeOf(arg.shape);
  /** Where the entry at `flat` goes to. */
  const targetOf = (flat: number): number => {
    const example = Math.floor(flat / size);
    let rest = flat % size;
    const index = arg.shape.map(() => 0);
    for (let axis = arg.shape.length - 1; axis >= 0; axis--) {
      const d = arg.shape[axis] as number;
      index[axis] = rest % d;
      rest = Math.floor(rest / d);
    }
    const kept = index.filter((_, axis) => !op.axes.includes(axis));
    const place = kept.reduce((s, i, k) => s * (shape[k] as number) + i, 0);
    return (batched ? example * sizeOf(shape) : 0) + place;
  };
  const groups = new Map<number, number[]>();
  x.forEach((_, flat) => {
    const target = targetOf(flat);
    groups.set(target, [...(groups.get(target) ?? []), flat]);
  });
  const out = x.map(() => 0);
  for (const [target, group] of groups) {
    const values = group.map((flat) => x[flat] as number);
    const best = op.by === "max" ? Math.max(...values) : Math.min(...values);
    const ties = group.filter((flat) => x[flat] === best);
    const winners = op.ties === "first" ? ties.slice(0, 1) : ties;
    for (const flat of winners)
      out[flat] = (dy[target] as number) / winners.length;
  }
  return out;
}
