import type { Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { broadcast } from "../primitives/expand.js";
import { reshapeNode } from "../primitives/movement.js";
import {
  checkDims,
  expandShape,
  flattenShape,
  insertShape,
  reshapeShape,
  squeezeShape,
  type DropAxisShape,
  type ExpandError,
  type FlattenError,
  type FlattenShape,
  type Guard,
  type InsertError,
  type InsertShape,
  type Mutable,
  type ReshapeError,
  type Shape,
  type SqueezeError,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { numbers } from "./elementwise.js";

const reshaped = (
  op: string,
  x: unknown,
  shape: (from: Shape) => readonly number[],
): Node => {
  const node = numbers(op, x);
  return reshapeNode(node, shape(node.shape));
};

/**
 * The same entries, row-major, in another shape. PyTorch: torch.reshape.
 *
 * @example const y = reshape(x, [2, 16]);
 */
export function reshape<S extends Shape, const T extends Shape>(
  x: Tensor<S>,
  shape: Guard<T, ReshapeError<S, T>>,
  options?: NameOptions,
): Tensor<Mutable<T>> {
  return value("reshape", options, () =>
    reshaped("reshape", x, (from) => reshapeShape(from, shape as Shape)),
  );
}

/**
 * The axes from `start` on as one; all of them by default. PyTorch: torch.flatten.
 *
 * @example const y = flatten(x);
 */
export function flatten<S extends Shape, const X extends number = 0>(
  x: Tensor<S>,
  start?: Guard<X, FlattenError<S, X>>,
  options?: NameOptions,
): Tensor<FlattenShape<S, X>> {
  return value("flatten", options, () =>
    reshaped("flatten", x, (from) =>
      flattenShape(from, start as number | undefined),
    ),
  );
}

/**
 * x without an axis of length 1. PyTorch: torch.squeeze with a dimension.
 *
 * @example const y = squeeze(sum(x, -1, { keepdims: true }), -1);
 */
export function squeeze<S extends Shape, const X extends number>(
  x: Tensor<S>,
  axis: Guard<X, SqueezeError<S, X>>,
  options?: NameOptions,
): Tensor<DropAxisShape<S, X>> {
  return value("squeeze", options, () =>
    reshaped("squeeze", x, (from) => squeezeShape(from, axis as number)),
  );
}

/**
 * x with a new axis of length 1, which is axis `axis` of the result. PyTorch: torch.unsqueeze.
 *
 * @example const y = unsqueeze(x, 0);
 */
export function unsqueeze<S extends Shape, const X extends number>(
  x: Tensor<S>,
  axis: Guard<X, InsertError<"unsqueeze", S, X>>,
  options?: NameOptions,
): Tensor<InsertShape<S, X, 1>> {
  return value("unsqueeze", options, () =>
    reshaped("unsqueeze", x, (from) =>
      insertShape("unsqueeze", from, axis as number),
    ),
  );
}

/**
 * x repeated along new leading axes and axes of length 1, up to `shape`. PyTorch: Tensor.expand.
 *
 * @example const y = expand(x, [3, 4, 8]);
 */
export function expand<S extends Shape, const T extends Shape>(
  x: Tensor<S>,
  shape: Guard<T, ExpandError<S, T>>,
  options?: NameOptions,
): Tensor<Mutable<T>> {
  return value("expand", options, () => {
    const node = numbers("expand", x);
    const to = checkDims(shape as Shape);
    return broadcast(node, expandShape(node.shape, to));
  });
}
