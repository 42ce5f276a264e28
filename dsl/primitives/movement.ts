import { makeNode } from "../context.js";
import { range, type Node } from "../graph.js";
import { constant } from "./scalar.js";
import { broadcast } from "./expand.js";
import type { Rule } from "./rule.js";

const first = (args: readonly Node[]): Node => args[0] as Node;

/** The same entries, row-major, in another shape. */
export const reshapeNode = (x: Node, shape: readonly number[]): Node =>
  makeNode({ kind: "reshape" }, [x], shape, x.batched, x.dtype);

/** Axis i of the result is axis order[i] of x. */
export const permuteNode = (x: Node, order: readonly number[]): Node =>
  makeNode(
    { kind: "permute", order },
    [x],
    order.map((i) => x.shape[i] as number),
    x.batched,
    x.dtype,
  );

/** `length` entries start, start + step, ... along one axis. */
export const sliceNode = (
  x: Node,
  axis: number,
  start: number,
  length: number,
  step = 1,
): Node =>
  makeNode(
    { kind: "slice", axis, start, step },
    [x],
    x.shape.map((d, i) => (i === axis ? length : d)),
    x.batched,
    x.dtype,
  );

/** The parts one after the other along one axis. */
export function concatNode(parts: readonly Node[], axis: number): Node {
  const batched = parts.some((p) => p.batched);
  const total = parts.reduce((n, p) => n + (p.shape[axis] as number), 0);
  return makeNode(
    { kind: "concat", axis },
    parts.map((p) => broadcast(p, p.shape, batched)),
    (parts[0] as Node).shape.map((d, i) => (i === axis ? total : d)),
    batched,
  );
}

/** `x` with zeros before and after along one axis, up to `length`. */
export function padNode(
  x: Node,
  axis: number,
  before: number,
  length: number,
): Node {
  const zeros = (n: number): Node[] =>
    n === 0
      ? []
      : [
          broadcast(
            constant(0),
            x.shape.map((d, i) => (i === axis ? n : d)),
            x.batched,
          ),
        ];
  const after = length - before - (x.shape[axis] as number);
  const parts = [...zeros(before), x, ...zeros(after)];
  return parts.length === 1 ? x : concatNode(parts, axis);
}

export const reshapeRule: Rule<"reshape"> = {
  doc: "y has the entries of x, row-major, in another shape; dx is dy in the shape of x",
  signature: (_op, args, node) => ({
    shape: node.shape,
    batched: first(args).batched,
  }),
  vjp: (_op, dy, node) => [reshapeNode(dy, first(node.args).shape)],
};

export const permuteRule: Rule<"permute"> = {
  doc: "y is x with its axes in another order; dx is dy with the order undone",
  signature: (op, args) => ({
    shape: op.order.map((i) => first(args).shape[i] as number),
    batched: first(args).batched,
  }),
  vjp: (op, dy) => [
    permuteNode(
      dy,
      range(op.order.length).map((i) => op.order.indexOf(i)),
    ),
  ],
};

export const sliceRule: Rule<"slice"> = {
  doc: "y is a window of x; dx is dy inside of the window and absent outside (gradient.ts puts windows together)",
  signature: (op, args, node) => ({
    shape: first(args).shape.map((d, i) =>
      i === op.axis ? (node.shape[i] as number) : d,
    ),
    batched: first(args).batched,
  }),
  vjp: (op, dy, node) => {
    const x = first(node.args);
    const length = x.shape[op.axis] as number;
    if (op.step === 1) return [padNode(dy, op.axis, op.start, length)];
    // Entry by entry: a window with gaps is the concatenation of its entries and zeros.
    const parts = range(length).map((i) => {
      const k = (i - op.start) / op.step;
      const inside =
        Number.isInteger(k) && k >= 0 && k < (dy.shape[op.axis] as number);
      const shape = dy.shape.map((d, a) => (a === op.axis ? 1 : d));
      return inside
        ? sliceNode(dy, op.axis, k, 1)
        : broadcast(constant(0), shape, dy.batched);
    });
    return [concatNode(parts, op.axis)];
  },
};

export const concatRule: Rule<"concat"> = {
  doc: "y is the arguments one after the other; the cotangent of each is its window of dy",
  signature: (op, args) => ({
    shape: first(args).shape.map((d, i) =>
      i === op.axis ? args.reduce((n, a) => n + (a.shape[i] as number), 0) : d,
    ),
    batched: args.some((a) => a.batched),
  }),
  vjp: (op, dy, node) => {
    let start = 0;
    return node.args.map((a) => {
      const length = a.shape[op.axis] as number;
      start += length;
      return sliceNode(dy, op.axis, start - length, length);
    });
  },
};
