import { range, type Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { expandNode } from "../primitives/expand.js";
import {
  concatNode,
  permuteNode,
  reshapeNode,
  sliceNode,
} from "../primitives/movement.js";
import {
  applyScalar,
  constant,
  iota,
  where as whereNode,
} from "../primitives/scalar.js";
import { checkSetting, checkWord, refuseSettings } from "../settings.js";
import {
  checkMinimumRank,
  diagonalAxes,
  normalizeAxes,
  normalizeAxis,
  padModes,
  padPairs,
  tileShape,
  type AxisError,
  type DiagonalAxisError,
  type DiagonalOffsetError,
  type DiagonalShape,
  type Guard,
  type MinimumRankError,
  type Or,
  type PadError,
  type PadMode,
  type PadShape,
  type ReduceError,
  type Shape,
  type TileError,
  type TileShape,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { numbers } from "./elementwise.js";

/**
 * x repeated as a whole along each axis, repeats[i] times along axis i. PyTorch: torch.tile with a repeat for each axis.
 *
 * @example const y = tile(x, [2, 3]);
 */
export function tile<S extends Shape, const R extends Shape>(
  x: Tensor<S>,
  repeats: Guard<R, TileError<S, R>>,
  options?: NameOptions,
): Tensor<TileShape<S, R>> {
  return value("tile", options, () => {
    const node = numbers("tile", x);
    const times = repeats as Shape;
    const shape = tileShape(node.shape, times);
    // Each repeated axis becomes [times, entries], a copy along the first.
    const apart = node.shape.flatMap((d, i) =>
      times[i] === 1 ? [d] : [times[i] as number, d],
    );
    const kept = node.shape.map(
      (_, i) => i + times.slice(0, i + 1).filter((n) => n !== 1).length,
    );
    return apart.length === shape.length
      ? node
      : reshapeNode(expandNode(node, kept, apart, false), shape);
  });
}

export interface PadOptions<Mode = PadMode> extends NameOptions {
  /**
   * "constant" (a number, the default), "reflect" (mirrored, without the entry at the end), "replicate" (the entry at the
   * end again) or "circular" (from the other end).
   */
  readonly mode?: Mode;
  /** The number of mode "constant"; 0 by default. */
  readonly value?: number;
}

/**
 * x with more entries before and after its last axes: pairs [before, after], the last axis first. PyTorch:
 * nn.functional.pad.
 *
 * @throws CompileTimeError for a mode that there is not, or a value with another mode than "constant".
 * @example const y = pad(x, [1, 1, 2, 0]);
 */
export function pad<
  S extends Shape,
  const P extends Shape,
  const Mode extends PadMode = "constant",
>(
  x: Tensor<S>,
  pads: Guard<P, PadError<S, P, Mode>>,
  options: PadOptions<Mode> = {},
): Tensor<PadShape<S, P>> {
  return value("pad", options, () => {
    const node = numbers("pad", x);
    const mode: PadMode = options.mode ?? "constant";
    checkWord("pad", "mode", mode, padModes);
    checkSetting("pad", "value", options.value ?? 0, "number");
    if (mode !== "constant" && options.value !== undefined)
      refuseSettings(`pad: mode ${mode} has no value`);
    const pairs = padPairs(node.shape, pads as Shape, mode);
    return pairs.reduce(
      (y, [before, after], axis) =>
        before + after === 0
          ? y
          : padded(y, axis, before, after, mode, options.value ?? 0),
      node,
    );
  });
}

function padded(
  x: Node,
  axis: number,
  before: number,
  after: number,
  mode: PadMode,
  fill: number,
): Node {
  const n = x.shape[axis] as number;
  if (mode === "constant")
    return sliceNode(x, axis, -before, before + n + after, 1, fill);
  const end = (count: number, start: number, step: number): Node[] =>
    count === 0 ? [] : [sliceNode(x, axis, start, count, step)];
  const repeated = (count: number, at: number): Node[] =>
    count === 0 ? [] : [repeatedEntry(x, axis, at, count)];
  const ends = {
    reflect: () => [end(before, before, -1), end(after, n - 2, -1)],
    replicate: () => [repeated(before, 0), repeated(after, n - 1)],
    circular: () => [end(before, n - before, 1), end(after, 0, 1)],
  } as const;
  const [left = [], right = []] = ends[mode]();
  return concatNode([...left, x, ...right], axis);
}

/** Entry `at` of one axis, `count` times. */
function repeatedEntry(x: Node, axis: number, at: number, count: number): Node {
  const shape = x.shape.map((d, i) => (i === axis ? count : d));
  const others = range(shape.length).filter((i) => i !== axis);
  const entry = reshapeNode(
    sliceNode(x, axis, at, 1),
    others.map((i) => shape[i] as number),
  );
  return expandNode(entry, others, shape, false);
}

/**
 * x with the order of the entries reversed along one axis or several. PyTorch: torch.flip.
 *
 * @example const y = flip(x, -1);
 */
export function flip<
  S extends Shape,
  const X extends number | readonly number[],
>(
  x: Tensor<S>,
  axes: Guard<X, ReduceError<"flip", S, X>>,
  options?: NameOptions,
): Tensor<S> {
  return value<Tensor<S>>("flip", options, () => {
    const node = numbers("flip", x);
    return normalizeAxes("flip", node.shape, axes as X).reduce((y, axis) => {
      const n = y.shape[axis] as number;
      return sliceNode(y, axis, n - 1, n, -1);
    }, node);
  });
}

/**
 * x moved `shift` places along one axis; what leaves at one end comes back at the other. PyTorch: torch.roll with a
 * dimension.
 *
 * @throws CompileTimeError where the shift is no integer.
 * @example const y = roll(x, 1, -1);
 */
export function roll<S extends Shape, const X extends number>(
  x: Tensor<S>,
  shift: number,
  axis: Guard<X, AxisError<"roll", S, X>>,
  options?: NameOptions,
): Tensor<S> {
  return value<Tensor<S>>("roll", options, () => {
    const node = numbers("roll", x);
    const at = normalizeAxis("roll", node.shape, axis as number);
    checkSetting("roll", "shift", shift, "integer");
    const n = node.shape[at] as number;
    const first = ((shift % n) + n) % n;
    if (first === 0) return node;
    const parts = [
      sliceNode(node, at, n - first, first),
      sliceNode(node, at, 0, n - first),
    ];
    return concatNode(parts, at);
  });
}

/** x where `keep` of row and column numbers holds, else 0. */
function triangle(op: "tril" | "triu", x: unknown, diagonal: number): Node {
  const node = numbers(op, x);
  checkMinimumRank(op, node.shape, 2);
  checkSetting(op, "diagonal", diagonal, "integer");
  const [rows, columns] = node.shape.slice(-2) as [number, number];
  const shape = [rows, columns];
  // The column of the diagonal in each row.
  const edge = expandNode(iota(rows, diagonal), [0], shape, false);
  const column = expandNode(iota(columns), [1], shape, false);
  const kept =
    op === "tril"
      ? applyScalar("lessEqual", column, edge)
      : applyScalar("lessEqual", edge, column);
  return whereNode(kept, node, constant(0));
}

/**
 * The lower triangle of the last two axes, 0 above diagonal number `diagonal`: 0 is the main one, 1 the one above.
 * PyTorch: torch.tril.
 *
 * @throws CompileTimeError where the diagonal is no integer.
 * @example const y = tril(scores);
 */
export function tril<S extends Shape>(
  x: Guard<Tensor<S>, MinimumRankError<"tril", S, 2>>,
  diagonal = 0,
  options?: NameOptions,
): Tensor<S> {
  return value<Tensor<S>>("tril", options, () => triangle("tril", x, diagonal));
}

/**
 * The upper triangle of the last two axes, 0 below diagonal number `diagonal`: 0 is the main one, 1 the one above.
 * PyTorch: torch.triu.
 *
 * @throws CompileTimeError where the diagonal is no integer.
 * @example const y = triu(scores, 1);
 */
export function triu<S extends Shape>(
  x: Guard<Tensor<S>, MinimumRankError<"triu", S, 2>>,
  diagonal = 0,
  options?: NameOptions,
): Tensor<S> {
  return value<Tensor<S>>("triu", options, () => triangle("triu", x, diagonal));
}

/**
 * The diagonal of two axes, the first two by default, which disappear; it becomes the last axis. `offset` counts the
 * diagonals above the main one. PyTorch: torch.diagonal.
 *
 * @example const y = diagonal(x, 0, -2, -1);
 */
export function diagonal<
  S extends Shape,
  const Offset extends number | undefined = undefined,
  const A extends number | undefined = undefined,
  const B extends number | undefined = undefined,
>(
  x: Guard<Tensor<S>, MinimumRankError<"diagonal", S, 2>>,
  offset?: Guard<
    Offset,
    DiagonalOffsetError<S, Or<Offset, 0>, Or<A, 0>, Or<B, 1>>
  >,
  a?: Guard<A, AxisError<"diagonal", S, Or<A, 0>>>,
  b?: Guard<B, DiagonalAxisError<S, Or<A, 0>, Or<B, 1>>>,
  options?: NameOptions,
): Tensor<
  DiagonalShape<S, Or<NoInfer<Offset>, 0>, Or<NoInfer<A>, 0>, Or<NoInfer<B>, 1>>
> {
  return value("diagonal", options, () =>
    diagonalNode(
      numbers("diagonal", x),
      (offset ?? 0) as number,
      (a ?? 0) as number,
      (b ?? 1) as number,
    ),
  );
}

/** Rows laid out one after the other have their diagonal at every (n + 1)th entry. */
export function diagonalNode(
  x: Node,
  offset: number,
  a: number,
  b: number,
): Node {
  const { axes, length } = diagonalAxes(x.shape, offset, a, b);
  const lead = range(x.shape.length).filter((i) => !axes.includes(i));
  const order = [...lead, ...axes];
  const shape = lead.map((i) => x.shape[i] as number);
  const [rows, columns] = axes.map((i) => x.shape[i] as number) as [
    number,
    number,
  ];
  const flat = reshapeNode(
    order.every((i, k) => i === k) ? x : permuteNode(x, order),
    [...shape, rows * columns],
  );
  const start = offset < 0 ? -offset * columns : offset;
  return sliceNode(flat, lead.length, start, length, columns + 1);
}
