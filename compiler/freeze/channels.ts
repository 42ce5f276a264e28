import { sizeOf, type Node, type Op } from "../../dsl/graph.js";
import { lettersOf } from "../../dsl/primitives/contract.js";
import { originOf } from "./constants.js";

type Contract = Extract<Op, { kind: "contract" }>;

/** Which channel an entry of weights belongs to. */
export interface Channels {
  readonly lengths: readonly number[];
  /** The channel of each entry of the weights, row-major over {@link lengths}. */
  readonly channelOf: (entry: number) => number;
}

/** A contraction of weights: which argument they are, and the channels, which are axes of theirs that the result keeps. */
export interface Weighted extends Channels {
  readonly op: Contract;
  readonly weight: Node;
  /** Place of the weights among the arguments. */
  readonly at: 0 | 1;
  /** Axes of the result that are channels. */
  readonly axes: readonly number[];
}

/** What a contraction with weights on one side is; undefined for any other value. */
export function weighted(v: Node): Weighted | undefined {
  const { op, args } = v;
  if (op.kind !== "contract" || op.batch) return undefined;
  const [left, right] = args as [Node, Node];
  const isWeight = (a: Node): boolean => originOf(a) !== undefined;
  if (isWeight(left) === isWeight(right)) return undefined;
  const at = isWeight(left) ? 0 : 1;
  const weight = at === 0 ? left : right;
  const own = lettersOf(at === 0 ? op.left : op.right);
  const moves = op.windows.flatMap((w) => [w.letter, w.at, w.tap]);
  const out = lettersOf(op.out);
  const kept = out.filter((c) => own.includes(c) && !moves.includes(c));
  const axes = kept.map((c) => out.indexOf(c));
  const ofWeight = kept.map((c) => own.indexOf(c));
  return { op, weight, at, axes, ...channelsAlong(ofWeight, weight.shape) };
}

/** The channels of weights that are some of their axes. */
export function channelsAlong(
  axes: readonly number[],
  shape: readonly number[],
): Channels {
  const lengths = axes.map((axis) => shape[axis] as number);
  return {
    lengths,
    channelOf: (entry) => {
      const places = placeOf(entry, shape);
      return axes.reduce(
        (n, axis, i) => n * (lengths[i] as number) + (places[axis] as number),
        0,
      );
    },
  };
}

/** The indices of a row-major entry. */
function placeOf(entry: number, shape: readonly number[]): number[] {
  let rest = entry;
  return shape.map((_, axis) => {
    const stride = sizeOf(shape.slice(axis + 1));
    const i = Math.floor(rest / stride);
    rest %= stride;
    return i;
  });
}
