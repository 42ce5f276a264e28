import type { Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import {
  applyScalar,
  constant,
  equal as equalNode,
  less as lessNode,
  sub,
  where as whereNode,
} from "../primitives/scalar.js";
import { checkSetting } from "../settings.js";
import type {
  Broadcast,
  BroadcastError,
  Guard,
  Shape,
  WhereError,
  WhereShape,
} from "../shape/rules.js";
import { broadcastShape, whereShape } from "../shape/rules.js";
import type { IndexTensor, Tensor } from "../tensor.js";
import { numbers, operand, tensorNode } from "./elementwise.js";

/** Entry by entry 1 where the comparison holds, else 0: a tensor of numbers without a gradient. NaN compares as false. */
export type Comparison<Op extends string> = <
  A extends Shape = [],
  B extends Shape = [],
>(
  a: Tensor<A> | IndexTensor<A> | number,
  b: Guard<Tensor<B> | IndexTensor<B> | number, BroadcastError<Op, A, B>>,
  options?: NameOptions,
) => Tensor<Broadcast<A, B>>;

const comparison =
  <const Op extends string>(
    op: Op,
    build: (a: Node, b: Node) => Node,
  ): Comparison<Op> =>
  (a, b, options) =>
    value(op, options, () => {
      const [left, right] = [comparable(op, a), comparable(op, b)];
      // Under this name and in this order, whatever it is built from.
      broadcastShape(op, left.shape, right.shape);
      return build(left, right);
    });

/** Indices may be compared: `equal(label, 3)`. */
const comparable = (op: string, x: unknown): Node =>
  typeof x === "number" ? constant(x) : tensorNode(op, x);

/**
 * y = 1 where a < b, else 0. PyTorch: torch.lt.
 *
 * @example const y = less(x, 0);
 */
export const less: Comparison<"less"> = comparison("less", lessNode);

/**
 * y = 1 where a <= b, else 0. PyTorch: torch.le.
 *
 * @example const y = lessEqual(x, 0);
 */
export const lessEqual: Comparison<"lessEqual"> = comparison(
  "lessEqual",
  (a, b) => applyScalar("lessEqual", a, b),
);

/**
 * y = 1 where a > b, else 0. PyTorch: torch.gt.
 *
 * @example const y = greater(x, 0);
 */
export const greater: Comparison<"greater"> = comparison("greater", (a, b) =>
  lessNode(b, a),
);

/**
 * y = 1 where a >= b, else 0. PyTorch: torch.ge.
 *
 * @example const y = greaterEqual(x, 0);
 */
export const greaterEqual: Comparison<"greaterEqual"> = comparison(
  "greaterEqual",
  (a, b) => applyScalar("lessEqual", b, a),
);

/**
 * y = 1 where a = b, else 0. PyTorch: torch.eq.
 *
 * @example const isThree = equal(label, 3);
 */
export const equal: Comparison<"equal"> = comparison("equal", equalNode);

/**
 * y = 1 where a and b differ, else 0; NaN differs from everything. PyTorch: torch.ne.
 *
 * @example const kept = notEqual(label, 0);
 */
export const notEqual: Comparison<"notEqual"> = comparison("notEqual", (a, b) =>
  sub(constant(1), equalNode(a, b)),
);

/**
 * y = a where the condition is not 0, else b. The gradient goes to the chosen operand; the other gets exactly 0, whatever
 * its value. PyTorch: torch.where.
 *
 * @example const y = where(less(x, 0), 0, x);
 */
export function where<
  C extends Shape,
  A extends Shape = [],
  B extends Shape = [],
>(
  condition: Tensor<C>,
  a: Guard<Tensor<A> | number, BroadcastError<"where", C, A>>,
  b: Guard<Tensor<B> | number, WhereError<C, A, B>>,
  options?: NameOptions,
): Tensor<WhereShape<C, A, B>> {
  return value("where", options, () => {
    const c = numbers("where", condition);
    const [yes, no] = [operand("where", a), operand("where", b)];
    whereShape(c.shape, yes.shape, no.shape);
    return whereNode(c, yes, no);
  });
}

/**
 * y = the number `fill` where the mask is not 0, else x, which gets no gradient there. PyTorch: Tensor.masked_fill.
 *
 * @example const scores = maskedFill(x, mask, -Infinity);
 */
export function maskedFill<S extends Shape, M extends Shape>(
  x: Tensor<S>,
  mask: Guard<Tensor<M>, BroadcastError<"maskedFill", S, M>>,
  fill: number,
  options?: NameOptions,
): Tensor<Broadcast<S, M>> {
  checkSetting("maskedFill", "fill", fill, "number");
  return value("maskedFill", options, () => {
    const [v, m] = [numbers("maskedFill", x), numbers("maskedFill", mask)];
    broadcastShape("maskedFill", v.shape, m.shape);
    return whereNode(m, constant(fill), v);
  });
}
