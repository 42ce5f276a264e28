/** Maximum and mean of windows. */
import type { Node } from "../graph.js";
import { contract } from "../primitives/contract.js";
import { expandNode } from "../primitives/expand.js";
import { reshapeNode, sliceNode, windowNode } from "../primitives/movement.js";
import { reduceNode } from "../primitives/reduce.js";
import { constant, constantArray, div, mul } from "../primitives/scalar.js";
import type { Movement, Pooling } from "../shape/rules.js";
import { lettersFor, windowsOf } from "./convolve.js";

/** The largest entry of each window: every axis is split into windows and their entries, and these are reduced. */
export function largest(x: Node, windows: Pooling): Node {
  const { entries, split } = intoWindows(x, windows, -Infinity);
  return reduceNode("max", split, entries, false, "first");
}

/** The sum of each window over how many entries it has. */
export function average(x: Node, windows: Pooling, padded = true): Node {
  const { moves, lengths } = windows;
  const first = x.shape.length - moves.length;
  const sum = sumOf(x, windows);
  const counts = moves.map((m, i) =>
    countsOf(x.shape[first + i] as number, lengths[i] as number, m, padded),
  );
  if (counts.every((list) => new Set(list).size === 1))
    return div(sum, constant(counts.reduce((n, [c]) => n * (c as number), 1)));
  const along = counts.map((list, i) =>
    expandNode(
      constantArray(list, [list.length]),
      [first + i],
      sum.shape,
      false,
    ),
  );
  return div(sum, along.reduce(mul));
}

/** The sum of each window; padding is absent from it. */
function sumOf(x: Node, windows: Pooling): Node {
  const { moves, lengths } = windows;
  if (moves.every(tiles)) {
    const { entries, split } = intoWindows(x, windows, 0);
    return reduceNode("sum", split, entries);
  }
  const first = x.shape.length - moves.length;
  const { lead, input, output } = lettersFor(first, moves.length);
  const [from, to] = [`${lead}${input}`, `${lead}${output}`];
  return contract(from, "", to, x, constant(1), {
    windows: windowsOf(x.shape.slice(first), lengths, moves),
  });
}

/** True where windows lie side by side: they are then parts of the axis, and each entry belongs to one of them. */
const tiles = (m: Movement): boolean =>
  m.stride === m.kernel && m.dilation === 1 && m.before === 0;

/** Each of the last axes as two, windows and their entries; `fill` where a window reaches beyond the axis. */
function intoWindows(
  x: Node,
  { moves, lengths }: Pooling,
  fill: number,
): { readonly split: Node; readonly entries: readonly number[] } {
  const first = x.shape.length - moves.length;
  const split = moves.reduce((v, m, i) => {
    const axis = first + 2 * i;
    const count = lengths[i] as number;
    if (tiles(m)) {
      const whole = count * m.kernel;
      const used =
        v.shape[axis] === whole ? v : sliceNode(v, axis, 0, whole, 1, fill);
      return reshapeNode(
        used,
        v.shape.flatMap((d, a) => (a === axis ? [count, m.kernel] : [d])),
      );
    }
    const { kernel: taps, stride, dilation } = m;
    const start = -m.before;
    return windowNode(v, axis, { count, taps, stride, dilation, start, fill });
  }, x);
  return { split, entries: moves.map((_, i) => first + 2 * i + 1) };
}

/** How many entries each window has along one axis: padding counts where `padded`, what lies beyond it never does. */
function countsOf(
  length: number,
  places: number,
  m: Movement,
  padded: boolean,
): number[] {
  return Array.from({ length: places }, (_, i) => {
    const start = i * m.stride - m.before;
    const end = Math.min(start + m.kernel, length + (padded ? m.after : 0));
    return end - (padded ? start : Math.max(start, 0));
  });
}
