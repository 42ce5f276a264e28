/** Windows that never leave what they walk along: zeros lie around it. */
import { makeNode, within } from "../../dsl/context.js";
import {
  isPadding,
  orderOf,
  type Node,
  type Program,
  type Window,
} from "../../dsl/graph.js";
import { extents } from "../../dsl/primitives/contract.js";
import { sliceNode } from "../../dsl/primitives/movement.js";
import type { OpOf } from "../../dsl/primitives/rule.js";
import { rebuild } from "./rebuild.js";

/** Multiply-adds of a contraction below which its loops are no matter. */
const fewest = 1000;

/**
 * The program with zeros around what windows leave: vectors of neighbouring points have no test then. It is another sum
 * where a weight is not finite, as 0 times infinity is no number, and -0 may become 0.
 */
export const padded = (program: Program): Program =>
  rebuild(program, (v) => (v.op.kind === "contract" ? widened(v, v.op) : v));

/** True where a contraction reads zeros that lie around an axis. */
export const readsPadding = (program: Program): boolean =>
  orderOf(program).some(
    ({ op, args }) => op.kind === "contract" && args.some(isPadding),
  );

function widened(v: Node, op: OpOf<"contract">): Node {
  const count = [...extents(op, v.args)]
    .filter(([c]) => !op.windows.some((w) => w.letter === c))
    .reduce((n, [, extent]) => n * extent, 1);
  if (count < fewest) return v;
  const args = [...v.args];
  const windows = op.windows.map((w) => {
    const [low, high] = reach(w);
    const isInside = low >= 0 && high < w.length;
    if (isInside || (w.inverse && Math.abs(w.stride) !== 1)) return w;
    const length = high - low + 1;
    [op.left, op.right].forEach((letters, i) => {
      const axis = letters.indexOf(w.letter);
      if (axis < 0) return;
      args[i] = within(v.place, () =>
        sliceNode(args[i] as Node, axis, low, length),
      );
    });
    const start = w.inverse ? w.start + w.stride * low : w.start - low;
    return { ...w, start, length };
  });
  if (windows.every((w, i) => w === op.windows[i])) return v;
  return makeNode(
    { ...op, windows },
    args,
    v.shape,
    v.batched,
    v.dtype,
    v.place,
  );
}

/** The first and the last entry that a window asks for. */
function reach(w: Window): readonly [low: number, high: number] {
  const { stride, dilation, start, atLength, tapLength, inverse } = w;
  // Where it is walked the other way, at = stride * e + dilation * tap + start, and stride is 1 or -1.
  const [at, tap, from] = inverse
    ? [stride, -stride * dilation, -stride * start]
    : [stride, dilation, start];
  const ends = [0, at * (atLength - 1)].flatMap((a) =>
    [0, tap * (tapLength - 1)].map((b) => from + a + b),
  );
  return [Math.min(...ends), Math.max(...ends)];
}
