import { sizeOf, type Node, type Op } from "../../dsl/graph.js";
import { lettersOf } from "../../dsl/primitives/contract.js";
import { originOf } from "./constants.js";

type Contract = Extract<Op, { kind: "contract" }>;

/** A contraction of weights: which argument they are, and the channels, which are axes of theirs that the result keeps. */
export interface Weighted {
  readonly op: Contract;
  readonly weight: Node;
  /** Place of the weights among the arguments. */
  readonly at: 0 | 1;
  /** Axes of the result that are channels, and their lengths. */
  readonly axes: readonly number[];
  readonly lengths: readonly number[];
  /** The channel of each entry of the weights, row-major over {@link lengths}. */
  readonly channelOf: (entry: number) => number;
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
  const lengths = kept.map((c) => weight.shape[own.indexOf(c)] as number);
  return {
    op,
    weight,
    at,
    axes: kept.map((c) => out.indexOf(c)),
    lengths,
    channelOf: (entry) => {
      const places = placeOf(entry, weight.shape);
      return kept.reduce(
        (n, c, i) =>
          n * (lengths[i] as number) + (places[own.indexOf(c)] as number),
        0,
      );
    },
  };
}

/** The indices of a row-major entry. */
export function placeOf(entry: number, shape: readonly number[]): number[] {
  let rest = entry;
  return shape.map((_, axis) => {
    const stride = sizeOf(shape.slice(axis + 1));
    const i = Math.floor(rest / stride);
    rest %= stride;
    return i;
  });
}
