import { range, type Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { contract } from "../primitives/contract.js";
import { permuteNode, reshapeNode } from "../primitives/movement.js";
import {
  checkMinimumRank,
  matmulShape,
  normalizeAxis,
  normalizeOrder,
  swapOrder,
  type AxisError,
  type Guard,
  type MatmulError,
  type MatmulShape,
  type PermuteError,
  type PermuteShape,
  type Shape,
  type SwapShape,
  type TransposeError,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { numbers } from "./elementwise.js";

/**
 * The product of matrices: y_ij = sum_k a_ik b_kj over the last two axes; axes before them broadcast. A vector on the
 * left is a row, on the right a column, and its axis disappears. PyTorch: torch.matmul.
 *
 * @example const y = matmul(a, b);
 */
export function matmul<A extends Shape, B extends Shape>(
  a: Tensor<A>,
  b: Guard<Tensor<B>, MatmulError<A, B>>,
  options?: NameOptions,
): Tensor<MatmulShape<A, B>> {
  return value("matmul", options, () =>
    matmulNode(numbers("matmul", a), numbers("matmul", b)),
  );
}

const lead = "abcdefghlmnopqrstuvwxyz";

/** matmul of nodes, as one contraction: letters i, j, k for rows, columns and the inner axis, the others for the lead. */
export function matmulNode(a: Node, b: Node): Node {
  const shape = matmulShape(a.shape, b.shape);
  const rank = Math.max(a.shape.length, b.shape.length, 2) - 2;
  const left = spelled(a, a.shape.length === 1 ? "k" : "ik", rank);
  const right = spelled(b, b.shape.length === 1 ? "k" : "kj", rank);
  const own = `${a.shape.length === 1 ? "" : "i"}${b.shape.length === 1 ? "" : "j"}`;
  const shared = lead.slice(0, rank);
  const letters = shared
    .split("")
    .filter((c) => left.letters.includes(c) || right.letters.includes(c))
    .join("");
  const y = contract(
    left.letters,
    right.letters,
    letters + own,
    left.node,
    right.node,
  );
  return y.shape.length === shape.length ? y : reshapeNode(y, shape);
}

/** Letters of an operand; a leading axis of length 1 loses its letter: it is repeated, not multiplied along. */
function spelled(
  x: Node,
  last: string,
  rank: number,
): { readonly node: Node; readonly letters: string } {
  const count = x.shape.length - last.length;
  const kept = range(count).filter((i) => x.shape[i] !== 1);
  const letters =
    kept.map((i) => lead.charAt(rank - count + i)).join("") + last;
  const shape = [
    ...kept.map((i) => x.shape[i] as number),
    ...x.shape.slice(count),
  ];
  return {
    node: kept.length === count ? x : reshapeNode(x, shape),
    letters,
  };
}

/**
 * x with two axes swapped, the last two by default: y[j, i] = x[i, j]. PyTorch: torch.transpose, Tensor.mT.
 *
 * @example const scores = matmul(q, transpose(k));
 */
export function transpose<
  S extends Shape,
  const A extends number = -2,
  const B extends number = -1,
>(
  x: Guard<Tensor<S>, TransposeError<S>>,
  a?: Guard<A, AxisError<"transpose", S, A>>,
  b?: Guard<B, AxisError<"transpose", S, B>>,
  options?: NameOptions,
): Tensor<SwapShape<S, A, B>> {
  return value("transpose", options, () => {
    const node = numbers("transpose", x);
    checkMinimumRank("transpose", node.shape, 2);
    const axis = (given: unknown, standard: number): number =>
      normalizeAxis(
        "transpose",
        node.shape,
        typeof given === "number" ? given : standard,
      );
    return permuteNode(
      node,
      swapOrder(node.shape.length, axis(a, -2), axis(b, -1)),
    );
  });
}

/**
 * x with its axes in another order: axis i of the result is axis order[i] of x, y[k, i, j] = x[i, j, k] for [2, 0, 1].
 * PyTorch: torch.permute.
 *
 * @example const y = permute(x, [2, 0, 1]);
 */
export function permute<S extends Shape, const P extends Shape>(
  x: Tensor<S>,
  order: Guard<P, PermuteError<S, P>>,
  options?: NameOptions,
): Tensor<PermuteShape<S, P>> {
  return value("permute", options, () => {
    const node = numbers("permute", x);
    return permuteNode(node, normalizeOrder(node.shape, order as Shape));
  });
}
