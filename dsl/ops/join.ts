import { layer } from "../context.js";
import type { Node } from "../graph.js";
import { labelled, value, type NameOptions } from "../naming.js";
import { concatNode, reshapeNode, sliceNode } from "../primitives/movement.js";
import {
  concatShape,
  insertShape,
  normalizeAxis,
  selectIndex,
  selectShape,
  sliceShape,
  splitShapes,
  stackShape,
  type AxisError,
  type ConcatError,
  type ConcatShape,
  type DropAxisShape,
  type First,
  type Guard,
  type PositiveError,
  type SelectError,
  type Shape,
  type SliceError,
  type SliceShape,
  type SplitError,
  type SplitShapes,
  type StackAxisError,
  type StackError,
  type StackShape,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import { numbers } from "./elementwise.js";

/**
 * Tensors one after the other along one axis, the first by default. PyTorch: torch.cat.
 *
 * @example const y = concat([a, b], -1);
 */
export function concat<
  const L extends readonly Shape[],
  const X extends number = 0,
>(
  tensors: readonly [
    ...{
      [K in keyof L]: Guard<Tensor<L[K]>, ConcatError<First<L>, L[K], X>>;
    },
  ],
  axis?: Guard<X, AxisError<"concat", First<L>, X>>,
  options?: NameOptions,
): Tensor<ConcatShape<L, X>> {
  return value("concat", options, () => {
    const parts = nodesOf("concat", tensors);
    const at = (axis ?? 0) as number;
    const shapes = parts.map((p) => p.shape);
    const shape = concatShape(shapes, at);
    return concatNode(parts, normalizeAxis("concat", shape, at));
  });
}

/**
 * Tensors of one shape along a new axis, the first of the result by default. PyTorch: torch.stack.
 *
 * @example const y = stack([a, b]);
 */
export function stack<
  const L extends readonly Shape[],
  const X extends number = 0,
>(
  tensors: readonly [
    ...{ [K in keyof L]: Guard<Tensor<L[K]>, StackError<First<L>, L[K]>> },
  ],
  axis?: Guard<X, StackAxisError<L, X>>,
  options?: NameOptions,
): Tensor<StackShape<L, X>> {
  return value("stack", options, () => {
    const parts = nodesOf("stack", tensors);
    const at = (axis ?? 0) as number;
    const shapes = parts.map((p) => p.shape);
    const shape = stackShape(shapes, at);
    const layers = parts.map((p) =>
      reshapeNode(p, insertShape("stack", p.shape, at)),
    );
    return concatNode(layers, normalizeAxis("stack", shape, at));
  });
}

const nodesOf = (op: string, tensors: unknown): Node[] =>
  [...(tensors as readonly unknown[])].map((t) => numbers(op, t));

/**
 * Entries start, start + step, ... before `end` along one axis. PyTorch: x[start:end:step].
 *
 * @example const y = slice(x, 0, 0, 2);
 */
export function slice<
  S extends Shape,
  const X extends number,
  const Start extends number,
  const End extends number,
  const Step extends number = 1,
>(
  x: Tensor<S>,
  axis: Guard<X, AxisError<"slice", S, X>>,
  start: Start,
  end: Guard<End, SliceError<S, X, Start, End>>,
  step?: Guard<Step, PositiveError<"slice", "step", Step>>,
  options?: NameOptions,
): Tensor<SliceShape<S, X, Start, End, Step>> {
  return value("slice", options, () => {
    const node = numbers("slice", x);
    const [at, to] = [axis as number, end as number];
    const stride = (step ?? 1) as number;
    const shape = sliceShape(node.shape, at, start, to, stride);
    const along = normalizeAxis("slice", node.shape, at);
    return sliceNode(node, along, start, shape[along] as number, stride);
  });
}

/**
 * Entry `index` of one axis, which disappears; -1 is the last entry. PyTorch: torch.select.
 *
 * @example const last = select(x, 0, -1);
 */
export function select<
  S extends Shape,
  const X extends number,
  const I extends number,
>(
  x: Tensor<S>,
  axis: Guard<X, AxisError<"select", S, X>>,
  index: Guard<I, SelectError<S, X, I>>,
  options?: NameOptions,
): Tensor<DropAxisShape<S, X>> {
  return value("select", options, () => {
    const node = numbers("select", x);
    const [at, entry] = [axis as number, index as number];
    const chosen = selectIndex(node.shape, at, entry);
    return reshapeNode(
      sliceNode(node, chosen.axis, chosen.index, 1),
      selectShape(node.shape, at, entry),
    );
  });
}

/**
 * x cut along one axis, the first by default, into parts of the given sizes. PyTorch: torch.split.
 *
 * @example const [head, tail] = split(x, [1, 3]);
 */
export function split<
  S extends Shape,
  const Z extends Shape,
  const X extends number = 0,
>(
  x: Tensor<S>,
  sizes: Guard<Z, SplitError<S, Z, X>>,
  axis?: Guard<X, AxisError<"split", S, X>>,
  options?: Pick<NameOptions, "name">,
): Parts<SplitShapes<S, Z, X>> {
  const parts = layer("split", { name: options?.name }, (call) => {
    const node = numbers("split", x);
    const at = (axis ?? 0) as number;
    const shapes = splitShapes(node.shape, sizes as Shape, at);
    const along = normalizeAxis("split", node.shape, at);
    let start = 0;
    return shapes.map((shape) => {
      const length = shape[along] as number;
      const part = sliceNode(node, along, start, length);
      start += length;
      return shapes.length === 1 ? labelled(call, part, undefined) : part;
    });
  });
  return parts.map((p) => asTensor<Tensor>(p)) as unknown as Parts<
    SplitShapes<S, Z, X>
  >;
}

/** A tensor for each shape of a list. */
export type Parts<L extends readonly Shape[]> = {
  -readonly [K in keyof L]: Tensor<L[K]>;
};
