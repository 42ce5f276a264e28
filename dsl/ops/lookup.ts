import { range, type Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { expandNode } from "../primitives/expand.js";
import { gatherNode } from "../primitives/gather.js";
import { sliceNode } from "../primitives/movement.js";
import {
  applyScalar,
  constant,
  equal,
  iota,
  where,
} from "../primitives/scalar.js";
import { found } from "../found.js";
import { refuseSettings } from "../settings.js";
import {
  checkDtype,
  checkGather,
  checkIndexList,
  checkIndexRange,
  checkMinimumRank,
  normalizeAxis,
  type AppendShape,
  type AxisError,
  type GatherError,
  type Guard,
  type IndexListError,
  type IndexSelectShape,
  type IndicesError,
  type LookupShape,
  type Mutable,
  type PositiveError,
  type Shape,
  type TableError,
} from "../shape/rules.js";
import type { AnyTensor, Tensor } from "../tensor.js";
import { numbers, tensorNode } from "./elementwise.js";
import { countOver } from "./statistics.js";

const first = "abcdefgh";
const second = "jklmnopq";

/** The node of indices that were given to `op`. */
export function indicesNode(op: string, x: unknown): Node {
  const node = tensorNode(op, x);
  checkDtype(op, "i32", node);
  return node;
}

/** One more than the largest index there can be, where that is known. */
export function classesOf({ op, args }: Node): number | undefined {
  if (op.kind === "leaf") return op.classes;
  // Places along axes: argmax.
  if (op.kind === "reduce") return countOver(args[0] as Node, op.axes);
  if (op.kind === "constant")
    return op.data.reduce((most, k) => Math.max(most, k + 1), 0);
  return args[0] === undefined ? undefined : classesOf(args[0]);
}

/** Rows of a table: table[ids], with the axes of the indices first. */
export function rowsOf(table: Node, ids: Node): Node {
  const own = first.slice(0, ids.shape.length);
  const row = second.slice(0, table.shape.length - 1);
  return gatherNode(`v${row}`, own, own + row, "v", table, ids);
}

/**
 * Entries of x at indices along one axis: y[i][j] = x[i][index[i][j]] for axis 1 of two. The indices have as many axes
 * as x and, but for that axis, at most its entries. PyTorch: torch.gather.
 *
 * @throws ShapeError for indices that were declared with more classes than the axis has entries.
 * @example const q = gather(values, -1, action);
 */
export function gather<
  S extends Shape,
  const X extends number,
  T extends AnyTensor,
>(
  x: Tensor<S>,
  axis: Guard<X, AxisError<"gather", S, X>>,
  index: Guard<T, GatherError<S, X, T["shape"], T["dtype"]>>,
  options?: NameOptions,
): Tensor<Mutable<T["shape"]>> {
  return value("gather", options, () => {
    const node = numbers("gather", x);
    const at = normalizeAxis("gather", node.shape, axis as number);
    const ids = indicesNode("gather", index);
    checkGather(node.shape, axis as number, ids.shape);
    checkIndexRange("gather", classesOf(ids), node.shape[at] as number);
    const within = range(node.shape.length).reduce(
      (y, i) =>
        i === at || y.shape[i] === ids.shape[i]
          ? y
          : sliceNode(y, i, 0, ids.shape[i] as number),
      node,
    );
    const letters = first.slice(0, ids.shape.length);
    const source = letters.replace(letters.charAt(at), "v");
    return gatherNode(source, letters, letters, "v", within, ids);
  });
}

/**
 * The entries of one axis that a list of indices names, in its order. PyTorch: torch.index_select.
 *
 * @throws ShapeError for indices that were declared with more classes than the axis has entries.
 * @example const y = indexSelect(x, 0, constantIndices([3], [2, 0, 2]));
 */
export function indexSelect<
  S extends Shape,
  const X extends number,
  T extends AnyTensor,
>(
  x: Tensor<S>,
  axis: Guard<X, AxisError<"indexSelect", S, X>>,
  index: Guard<T, IndexListError<T["shape"], T["dtype"]>>,
  options?: NameOptions,
): Tensor<IndexSelectShape<S, X, T["shape"][0] & number>> {
  return value("indexSelect", options, () => {
    const node = numbers("indexSelect", x);
    const at = normalizeAxis("indexSelect", node.shape, axis as number);
    const ids = indicesNode("indexSelect", index);
    checkIndexList(ids.shape);
    checkIndexRange("indexSelect", classesOf(ids), node.shape[at] as number);
    const letters = first.slice(0, node.shape.length);
    const own = letters.charAt(at);
    const source = letters.replace(own, "v");
    return gatherNode(source, own, letters, "v", node, ids);
  });
}

/**
 * 1 at the index along a new last axis of `classes` entries, else 0. PyTorch: nn.functional.one_hot, as numbers.
 *
 * @throws ShapeError for indices that were declared with more classes.
 * @example const y = oneHot(label, 10);
 */
export function oneHot<T extends AnyTensor, const Classes extends number>(
  indices: Guard<T, IndicesError<"oneHot", T["shape"], T["dtype"]>>,
  classes: Guard<Classes, PositiveError<"oneHot", "count", Classes>>,
  options?: NameOptions,
): Tensor<AppendShape<T["shape"], Classes>> {
  return value("oneHot", options, () => {
    const ids = indicesNode("oneHot", indices);
    const count = classes as number;
    checkIndexRange("oneHot", classesOf(ids), count);
    const shape = [...ids.shape, count];
    const last = ids.shape.length;
    return equal(
      expandNode(ids, range(last), shape, false),
      expandNode(iota(count), [last], shape, false),
    );
  });
}

export interface LookupOptions {
  /** This row has no gradient from here; negative from the end. None by default. */
  readonly paddingIndex?: number;
}

/**
 * The rows of a table that indices name: table[indices]. PyTorch: nn.functional.embedding.
 *
 * @throws ShapeError for indices that were declared with more classes than the table has rows.
 * @example const h = lookup(table, token);
 */
export function lookup<S extends Shape, T extends AnyTensor>(
  table: Guard<Tensor<S>, TableError<S>>,
  indices: Guard<T, IndicesError<"lookup", T["shape"], T["dtype"]>>,
  options: LookupOptions & NameOptions = {},
): Tensor<LookupShape<S, T["shape"]>> {
  return value("lookup", options, () => {
    const node = numbers("lookup", table);
    checkMinimumRank("lookup", node.shape, 1);
    const ids = indicesNode("lookup", indices);
    return paddedRows("lookup", node, ids, options.paddingIndex);
  });
}

/** Rows of a table; that of `paddingIndex` passes no cotangent. */
export function paddedRows(
  op: string,
  table: Node,
  ids: Node,
  paddingIndex: number | undefined,
): Node {
  const count = table.shape[0] as number;
  checkIndexRange(op, classesOf(ids), count);
  const rows = rowsOf(table, ids);
  if (paddingIndex === undefined) return rows;
  const padding = constant(paddingRow(op, paddingIndex, count));
  const isPadding = expandNode(
    equal(ids, padding),
    range(ids.shape.length),
    rows.shape,
    false,
  );
  return where(isPadding, applyScalar("stopGradient", rows), rows);
}

/** A padding index counted from the front; throws where the table has no such row. */
export function paddingRow(op: string, index: number, count: number): number {
  if (!Number.isInteger(index) || index < -count || index >= count)
    refuseSettings(
      `${op}: paddingIndex is ${found(index)}, expected one of ${String(count)} rows`,
    );
  return index < 0 ? index + count : index;
}
