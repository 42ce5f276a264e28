import { makeNode } from "../context.js";
import { range, sizeOf, type Node, type ReduceBy } from "../graph.js";
import { expandNode } from "./expand.js";
import { permuteNode, reshapeNode } from "./movement.js";
import type { Rule } from "./rule.js";
import { constant, div, equal, iota, less, mul, where } from "./scalar.js";

/** Reduces `axes` (and the examples where `batch`); terms in row-major order, examples outermost. */
export function reduceNode(
  by: ReduceBy,
  x: Node,
  axes: readonly number[] = range(x.shape.length),
  batch = false,
  ties: "share" | "first" = "share",
): Node {
  const sorted = [...axes].sort((a, b) => a - b);
  return makeNode(
    { kind: "reduce", by, axes: sorted, batch, ties },
    [x],
    x.shape.filter((_, i) => !sorted.includes(i)),
    x.batched && !batch,
  );
}

/** Sum over the examples; an unbatched value counts once an example, so it has to be repeated first. */
export const batchReduce = (by: ReduceBy, x: Node): Node =>
  x.batched ? reduceNode(by, x, [], true) : x;

/** 0, 1, 2, ... along `axes` of `shape`, row-major; the same along the others. */
function placesOver(axes: readonly number[], shape: readonly number[]): Node {
  const own = axes.map((i) => shape[i] as number);
  return expandNode(reshapeNode(iota(sizeOf(own)), own), axes, shape, false);
}

const spreadOver = (
  v: Node,
  axes: readonly number[],
  shape: Node["shape"],
): Node =>
  expandNode(
    v,
    range(shape.length).filter((i) => !axes.includes(i)),
    shape,
    false,
  );

/**
 * Place of the first of the largest (or smallest) entries over `axes`, row-major from 0; 0 where one is not a number.
 * `extreme` is that entry, where it is known.
 */
export function firstPlace(
  by: "max" | "min",
  x: Node,
  axes: readonly number[],
  extreme: Node = reduceNode(by, x, axes),
): Node {
  const best = spreadOver(extreme, axes, x.shape);
  const worse = by === "max" ? less(x, best) : less(best, x);
  const places = placesOver(axes, x.shape);
  return reduceNode("min", where(worse, constant(Infinity), places), axes);
}

/** The product of the other entries over `axes`, without division: exact with zeros. */
function othersOf(x: Node, axes: readonly number[]): Node {
  const kept = range(x.shape.length).filter((i) => !axes.includes(i));
  const order = [...kept, ...axes];
  const count = sizeOf(axes.map((i) => x.shape[i] as number));
  const lead = kept.map((i) => x.shape[i] as number);
  const flat = reshapeNode(permuteNode(x, order), [...lead, count]);
  const square = [...lead, count, count];
  const [row, column] = [lead.length, lead.length + 1];
  const along = (axis: number): Node =>
    expandNode(iota(count), [axis], square, false);
  const entries = expandNode(flat, [...range(row), column], square, false);
  const others = reduceNode(
    "prod",
    where(equal(along(row), along(column)), constant(1), entries),
    [column],
  );
  const back = reshapeNode(
    others,
    order.map((i) => x.shape[i] as number),
  );
  return permuteNode(
    back,
    range(order.length).map((i) => order.indexOf(i)),
  );
}

export const reduceRule: Rule<"reduce"> = {
  doc: "y = sum, product, max or min of x; dx = dy for a sum, dy times the other entries for a product; ties of max and min share dy evenly, as PyTorch's amax, or the first takes it, as PyTorch's max",
  text: (op) =>
    `${op.by} over [${op.axes.join(", ")}]${op.batch ? " and examples" : ""}${op.ties === "first" ? ", first of ties" : ""}`,
  signature: (op, [x]) => ({
    shape: (x as Node).shape.filter((_, i) => !op.axes.includes(i)),
    batched: (x as Node).batched && !op.batch,
  }),
  vjp: (op, dy, node) => {
    const x = node.args[0] as Node;
    const kept = range(x.shape.length).filter((i) => !op.axes.includes(i));
    const spread = (v: Node): Node =>
      expandNode(v, kept, x.shape, op.batch && x.batched);
    switch (op.by) {
      case "sum":
        return [spread(dy)];
      case "prod":
        return [mul(spread(dy), othersOf(x, op.axes))];
      case "max":
      case "min": {
        if (op.ties === "first") {
          const first = spread(firstPlace(op.by, x, op.axes, node));
          const taken = equal(placesOver(op.axes, x.shape), first);
          return [where(taken, spread(dy), constant(0))];
        }
        const tied = equal(x, spread(node));
        const share = div(dy, reduceNode("sum", tied, op.axes, op.batch));
        return [mul(spread(share), tied)];
      }
    }
  },
};
