/** Values along an axis that is read at other places: nearest entries, and lines between them. */
import { makeNode } from "../context.js";
import { range, type Node } from "../graph.js";
import { expandNode } from "../primitives/expand.js";
import { gatherNode } from "../primitives/gather.js";
import { reshapeNode } from "../primitives/movement.js";
import { add, constantArray, mul } from "../primitives/scalar.js";

/** How one axis is resampled: its new length, and how many entries of the old one go with how many of the new one. */
export interface Resampling {
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

/** Entry indices[i] of x along `axis`, for each i. */
function entriesAt(x: Node, axis: number, indices: readonly number[]): Node {
  const letters = "abcdefghijklmnopq".slice(0, x.shape.length);
  const along = letters.charAt(axis);
  const places = makeNode(
    { kind: "constant", data: indices },
    [],
    [indices.length],
    false,
    "i32",
  );
  return gatherNode(
    letters,
    "z",
    letters.replace(along, "z"),
    along,
    x,
    places,
  );
}

/** Entry floor(i from / to), as PyTorch's "nearest": a ratio that is rounded first can fall below a whole number. Whole copies where the length is a multiple. */
export function nearest(x: Node, axis: number, to: Resampling): Node {
  const n = x.shape[axis] as number;
  const copies = to.length / n;
  if (Number.isInteger(copies) && to.to === copies * to.from) {
    const split = [
      ...x.shape.slice(0, axis),
      n,
      copies,
      ...x.shape.slice(axis + 1),
    ];
    const kept = range(split.length).filter((i) => i !== axis + 1);
    const whole = split.flatMap((d, i) =>
      i === axis ? [to.length] : i === axis + 1 ? [] : [d],
    );
    return reshapeNode(expandNode(x, kept, split, false), whole);
  }
  const indices = range(to.length).map((i) =>
    Math.min(Math.floor((i * to.from) / to.to), n - 1),
  );
  return entriesAt(x, axis, indices);
}

/**
 * The line between the entries around ratio (i + 1/2) - 1/2 for the ratio from / to, not before the first one; with
 * `corners` around ratio i, so that the outermost entries of both axes meet.
 */
export function between(
  x: Node,
  axis: number,
  to: Resampling,
  corners: boolean,
): Node {
  const n = x.shape[axis] as number;
  const ratio = to.from / to.to;
  const places = range(to.length).map((i) =>
    corners ? ratio * i : Math.max(ratio * (i + 0.5) - 0.5, 0),
  );
  const lower = places.map((s) => Math.min(Math.floor(s), n - 1));
  const upper = lower.map((i) => Math.min(i + 1, n - 1));
  const share = places.map((s, i) => s - (lower[i] as number));
  const shape = x.shape.map((d, i) => (i === axis ? to.length : d));
  const spread = (list: readonly number[]): Node =>
    expandNode(constantArray(list, [list.length]), [axis], shape, false);
  return add(
    mul(spread(share.map((s) => 1 - s)), entriesAt(x, axis, lower)),
    mul(spread(share), entriesAt(x, axis, upper)),
  );
}
