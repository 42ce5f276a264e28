import { range, type Node } from "../graph.js";
import { expandNode } from "../primitives/expand.js";
import { labelNode } from "../primitives/leaf.js";
import { reduceNode } from "../primitives/reduce.js";
import {
  applyScalar,
  constant,
  div,
  equal,
  less,
  mul,
  sub,
  where,
} from "../primitives/scalar.js";
import { powerNode } from "./arithmetic.js";

/** The number of entries along `axes`. */
export const countOver = (x: Node, axes: readonly number[]): number =>
  axes.reduce((n, axis) => n * (x.shape[axis] as number), 1);

/** Sum over `axes`, ascending and counted from the front; the reduced axes disappear. */
export const sumOver = (x: Node, axes: readonly number[]): Node =>
  axes.length === 0 ? x : reduceNode("sum", x, axes);

/** Mean over `axes`. */
export const meanOver = (x: Node, axes: readonly number[]): Node =>
  div(sumOver(x, axes), constant(countOver(x, axes)));

/** What was reduced over `axes` of a value of `shape`, repeated along them again. */
export const spreadOver = (
  x: Node,
  axes: readonly number[],
  shape: readonly number[],
): Node =>
  axes.length === 0
    ? x
    : expandNode(
        x,
        range(shape.length).filter((i) => !axes.includes(i)),
        shape,
        false,
      );

/** x minus its mean over `axes`: the first pass of a stable variance. */
export function centeredOver(x: Node, axes: readonly number[]): Node {
  const mean = labelNode(meanOver(x, axes), "mean");
  return labelNode(sub(x, spreadOver(mean, axes, x.shape)), "centered");
}

/** Sum of squares over `axes` divided by `count`: the second pass. */
export const meanSquare = (
  x: Node,
  axes: readonly number[],
  count: number = countOver(x, axes),
): Node => div(sumOver(applyScalar("square", x), axes), constant(count));

/** The p-norm over `axes`; divided by the largest entry first, so that no power overflows. */
export function normOver(x: Node, axes: readonly number[], p = 2): Node {
  const size = applyScalar("abs", x);
  if (axes.length === 0) return size;
  if (p === 1) return sumOver(size, axes);
  const largest = reduceNode("max", size, axes);
  if (p === Infinity) return largest;
  // The norm is the same for every scale: nothing flows through it.
  const one = constant(1);
  const finite = where(less(largest, constant(Infinity)), largest, one);
  const usable = where(less(constant(0), largest), finite, one);
  const scale = applyScalar("stopGradient", usable);
  const scaled = div(p === 2 ? x : size, spreadOver(scale, axes, x.shape));
  return mul(scale, rootOf(sumOver(powerNode(scaled, p), axes), p));
}

/** The p-th root of x >= 0 with gradient 0 at 0, where a norm ends and its derivative is taken as 0. */
export function rootOf(x: Node, p: number): Node {
  const zero = equal(x, constant(0));
  const root = powerNode(where(zero, constant(1), x), 1 / p);
  return where(zero, constant(0), root);
}
