import { makeNode } from "../context.js";
import { range, sizeOf, type Node, type Window } from "../graph.js";
import { contract } from "./contract.js";
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

/** `length` entries start, start + step, ... along one axis; `fill` where x has none. */
export const sliceNode = (
  x: Node,
  axis: number,
  start: number,
  length: number,
  step = 1,
  fill = 0,
): Node =>
  makeNode(
    { kind: "slice", axis, start, step, fill },
    [x],
    x.shape.map((d, i) => (i === axis ? length : d)),
    x.batched,
    x.dtype,
  );

/** Entry stride * i + dilation * k + start of one axis at [i, k] of two; `fill` where x has none. */
export const windowNode = (
  x: Node,
  axis: number,
  o: {
    readonly count: number;
    readonly taps: number;
    readonly stride: number;
    readonly dilation: number;
    readonly start: number;
    readonly fill: number;
  },
): Node => {
  const { count, taps, stride, dilation, start, fill } = o;
  return makeNode(
    { kind: "window", axis, stride, dilation, start, fill },
    [x],
    x.shape.flatMap((d, i) => (i === axis ? [count, taps] : [d])),
    x.batched,
    x.dtype,
  );
};

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

export const reshapeRule: Rule<"reshape"> = {
  doc: "y has the entries of x, row-major, in another shape; dx is dy in the shape of x",
  text: (op) => op.kind,
  // Any shape of as many entries.
  signature: (_op, args, node) => ({
    shape:
      sizeOf(node.shape) === sizeOf(first(args).shape)
        ? node.shape
        : first(args).shape,
    batched: first(args).batched,
  }),
  vjp: (_op, dy, node) => [reshapeNode(dy, first(node.args).shape)],
};

export const permuteRule: Rule<"permute"> = {
  doc: "y is x with its axes in another order; dx is dy with the order undone",
  text: (op) => `permute [${op.order.join(", ")}]`,
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

/**
 * The transpose of a walk along one axis of `x`: the sum of the entries of dy that were read from each of its entries,
 * and absent (-0, the neutral element of addition) where there are none.
 */
function walkedBack(
  dy: Node,
  x: Node,
  axis: number,
  walk: Pick<Window, "tapLength" | "stride" | "dilation" | "start">,
  taps: boolean,
): Node {
  const letters = axisLetters.slice(0, x.shape.length);
  const own = letters.charAt(axis);
  const around = (middle: string): string =>
    letters.slice(0, axis) + middle + letters.slice(axis + 1);
  const window: Window = {
    ...walk,
    letter: "P",
    length: dy.shape[axis] as number,
    at: own,
    atLength: x.shape[axis] as number,
    tap: "T",
    inverse: true,
  };
  return contract(around(taps ? "PT" : "P"), "", letters, dy, constant(1), {
    windows: [window],
  });
}
const axisLetters = "abcdefghijklmnopqrstuvwxyz";

const fillText = (fill: number): string =>
  Object.is(fill, 0)
    ? ""
    : ` fill ${Object.is(fill, -0) ? "-0" : String(fill)}`;

export const sliceRule: Rule<"slice"> = {
  doc: "y is a window of x, and `fill` beyond its ends; dx is dy inside of the window and absent outside",
  text: (op) =>
    `slice axis ${String(op.axis)} from ${String(op.start)} step ${String(op.step)}${fillText(op.fill)}`,
  signature: (op, args, node) => ({
    shape: first(args).shape.map((d, i) =>
      i === op.axis ? (node.shape[i] as number) : d,
    ),
    batched: first(args).batched,
  }),
  vjp: (op, dy, node) => {
    const { axis, start, step } = op;
    const walk = { tapLength: 1, stride: step, dilation: 1, start };
    return [walkedBack(dy, first(node.args), axis, walk, false)];
  },
};

export const windowRule: Rule<"window"> = {
  doc: "y_ik = x at stride i + dilation k + start, and `fill` beyond its ends; dx is the sum of dy over the windows that have the entry",
  text: (op) =>
    `window axis ${String(op.axis)} stride ${String(op.stride)} dilation ${String(op.dilation)} from ${String(op.start)}${fillText(op.fill)}`,
  signature: (op, args, node) => ({
    shape: first(args).shape.flatMap((d, i) =>
      i === op.axis ? node.shape.slice(i, i + 2) : [d],
    ),
    batched: first(args).batched,
  }),
  vjp: (op, dy, node) => {
    const { axis, stride, dilation, start } = op;
    const tapLength = dy.shape[axis + 1] as number;
    const walk = { tapLength, stride, dilation, start };
    return [walkedBack(dy, first(node.args), axis, walk, true)];
  },
};

export const concatRule: Rule<"concat"> = {
  doc: "y is the arguments one after the other; the cotangent of each is its window of dy",
  text: (op) => `concat axis ${String(op.axis)}`,
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

/** Nodes of one shape along a new leading axis. */
export const stacked = (parts: readonly Node[]): Node =>
  concatNode(
    parts.map((x) => reshapeNode(x, [1, ...x.shape])),
    0,
  );
