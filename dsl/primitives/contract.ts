import { makeNode } from "../context.js";
import type { Node } from "../graph.js";
import { broadcast } from "./expand.js";
import type { OpOf, Rule } from "./rule.js";

/** The axes of an operand, one letter each. */
export const lettersOf = (letters: string): string[] => Array.from(letters);

/** Length of each letter of a contraction. */
export function extents(
  op: OpOf<"contract">,
  args: readonly Node[],
): ReadonlyMap<string, number> {
  const of = new Map<string, number>();
  const [a, b] = args as readonly [Node, Node];
  for (let i = 0; i < op.left.length; i++)
    of.set(op.left.charAt(i), a.shape[i] as number);
  for (let i = 0; i < op.right.length; i++)
    of.set(op.right.charAt(i), b.shape[i] as number);
  return of;
}

/**
 * contract("oi", "i", "o", w, x) is y_o = sum_i w_oi x_i. Letters that `out` lacks are summed, first seen first; with
 * `batch` the examples are summed too, outermost, in the same one sum.
 */
export function contract(
  left: string,
  right: string,
  out: string,
  a: Node,
  b: Node,
  batch = false,
): Node {
  const over = [...new Set(lettersOf(left + right))]
    .filter((c) => !out.includes(c))
    .join("");
  const op = { kind: "contract", left, right, out, over, batch } as const;
  const extent = extents(op, [a, b]);
  return makeNode(
    op,
    [a, b],
    lettersOf(out).map((c) => extent.get(c) as number),
    !batch && (a.batched || b.batched),
  );
}

export const contractRule: Rule<"contract"> = {
  doc: "y = sum of products a b over the letters that y lacks; da = contraction of dy with b, db of dy with a",
  signature: (op, args) => {
    const extent = extents(op, args);
    return {
      shape: lettersOf(op.out).map((c) => extent.get(c) as number),
      batched: !op.batch && args.some((a) => a.batched),
    };
  },
  vjp: (op, dy, node) => {
    const [a, b] = node.args as readonly [Node, Node];
    // The one place where a sum over examples meets a sum over axes: written as one sum, so that its order is a fact
    // of the graph.
    const dyb = op.batch ? broadcast(dy, dy.shape, true) : dy;
    const back = (own: string, arg: Node, other: string, with_: Node): Node => {
      const lost = lettersOf(own).filter(
        (c) => !op.out.includes(c) && !other.includes(c),
      );
      const core = contract(
        op.out,
        other,
        lettersOf(own)
          .filter((c) => !lost.includes(c))
          .join(""),
        dyb,
        with_,
        !arg.batched && (dyb.batched || with_.batched),
      );
      return broadcastLetters(core, own, lost, arg.shape);
    };
    return [back(op.left, a, op.right, b), back(op.right, b, op.left, a)];
  },
};

/** A letter summed away within one operand alone: every entry along it has the same cotangent. */
function broadcastLetters(
  x: Node,
  letters: string,
  lost: readonly string[],
  shape: readonly number[],
): Node {
  if (lost.length === 0) return x;
  const axes = lettersOf(letters).flatMap((c, i) =>
    lost.includes(c) ? [] : [i],
  );
  return makeNode(
    { kind: "expand", axes, batch: false },
    [x],
    shape,
    x.batched,
  );
}
