import { layer } from "../context.js";
import { sizeOf, type Node } from "../graph.js";
import { labelled } from "../naming.js";
import { labelNode } from "../primitives/leaf.js";
import { reduceNode } from "../primitives/reduce.js";
import { constant, div, less, where } from "../primitives/scalar.js";
import type { Message, Show } from "../shape/messages.js";
import { checkWord } from "../settings.js";
import type { Mutable, Shape, ShapeOk } from "../shape/rules.js";
import type { Tensor } from "../tensor.js";

/**
 * How the entries of a loss become a number: their mean, their sum, or not at all. For a batched loss these are the
 * entries of one example, and the model's loss is the mean over the examples.
 */
export type Reduction = "mean" | "sum" | "none";

export interface LossOptions<R extends string = Reduction> {
  /** Name of the loss; otherwise what it is declared as. */
  readonly name?: string;
  /** How the entries of an example become a number; "mean" by default. */
  readonly reduction?: R;
}

/** A number, or with "none" one for each entry of shape `S`. */
export type LossTensor<R extends string, S extends Shape> = R extends "none"
  ? Tensor<Mutable<S>>
  : Tensor<[]>;

/** The message for a second operand that does not have the shape of the first. */
export type OperandError<
  Loss extends string,
  A extends Shape,
  B extends Shape,
> =
  ShapeOk<A, B> extends true
    ? never
    : Message<"expected", [Loss, Show<A>, Show<B>]>;

const reductions: readonly Reduction[] = ["mean", "sum", "none"];

/** What a reduction of {@link klDiv} is called: "batchmean" is its sum divided by the number of examples. */
export const reductionsOfDivergence = [...reductions, "batchmean"] as const;

/** "batchmean" is the sum divided by the number of examples: by the first axis of an unbatched value. */
export function reduced(
  callee: string,
  x: Node,
  reduction: Reduction | "batchmean" = "mean",
  words: readonly string[] = reductions,
): Node {
  checkWord(callee, "reduction", reduction, words);
  if (reduction === "none" || x.shape.length === 0) return x;
  const sum = reduceNode("sum", x);
  if (reduction === "mean") return div(sum, constant(sizeOf(x.shape)));
  return reduction === "batchmean" && !x.batched
    ? div(sum, constant(x.shape[0] as number))
    : sum;
}

/** One public loss: its entries, reduced, under its name. */
export const loss = (
  callee: string,
  options: LossOptions<Reduction | "batchmean">,
  entries: () => Node,
  words?: readonly string[],
): Node =>
  layer(callee, { name: options.name }, (call) => {
    const { reduction } = options;
    return labelled(
      call,
      reduced(callee, entries(), reduction, words),
      undefined,
    );
  });

/** max(x, low); at x = low the gradient passes, as PyTorch's clamp. */
export const atLeast = (x: Node, low: number): Node =>
  where(less(x, constant(low)), constant(low), x);

/** max(0, x), with x under the name `excess`. */
export const positivePart = (x: Node): Node =>
  atLeast(labelNode(x, "excess"), 0);
