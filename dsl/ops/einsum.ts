import { range, type Node } from "../graph.js";
import { value } from "../naming.js";
import { contract, lettersOf } from "../primitives/contract.js";
import { permuteNode, reshapeNode } from "../primitives/movement.js";
import { reduceNode } from "../primitives/reduce.js";
import {
  parseEquation,
  type EinsumError,
  type EinsumShape,
  type Equation,
  type EquationError,
  type Guard,
  type Shape,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";
import { numbers } from "./elementwise.js";
import { diagonalNode } from "./rearrange.js";

/**
 * The sum of products that an equation of letters says, one letter an axis: letters that the output lacks are summed, a
 * letter twice in one operand is its diagonal, "..." stands for the other axes, and an equation without an output has
 * the letters that occur once, in the order of the alphabet. Products are taken from left to right. PyTorch:
 * torch.einsum.
 *
 * @example const scores = einsum("hqd,hkd->hqk", heads, heads);
 */
export function einsum<
  const Q extends string,
  const L extends readonly Shape[],
>(
  equation: Guard<Q, EquationError<Q, L["length"]>>,
  ...operands: {
    [K in keyof L]: Guard<Tensor<L[K]>, EinsumError<Q, L, K & string>>;
  }
): Tensor<EinsumShape<Q, L>> {
  return value("einsum", {}, () => {
    const nodes = (operands as readonly unknown[]).map((x) =>
      numbers("einsum", x),
    );
    return einsumNode(
      parseEquation(
        equation,
        nodes.map((x) => x.shape),
      ),
      nodes,
    );
  });
}

/** An operand and a letter for each of its axes. */
interface Spelled {
  readonly node: Node;
  readonly letters: string;
}

function einsumNode(
  { operands, output, sizes }: Equation,
  nodes: readonly Node[],
): Node {
  const spelled = operands.map((letters, i) =>
    withoutTwins(withoutOnes({ node: nodes[i] as Node, letters }, sizes)),
  );
  const [first, ...rest] = spelled as [Spelled, ...Spelled[]];
  const product = rest.reduce<Spelled>((sum, next, i) => {
    const later = rest.slice(i + 1).map((x) => x.letters);
    const wanted = later.length === 0 ? output : output + later.join("");
    const both = [...new Set(lettersOf(sum.letters + next.letters))];
    const kept =
      later.length === 0
        ? lettersOf(output).filter((c) => both.includes(c))
        : both.filter((c) => wanted.includes(c));
    const letters = kept.join("");
    return {
      node: contract(sum.letters, next.letters, letters, sum.node, next.node),
      letters,
    };
  }, first);
  return ordered(product, output);
}

/** Without the axes of "..." that have one entry where other operands have more: those are repeated. */
function withoutOnes(
  { node, letters }: Spelled,
  sizes: ReadonlyMap<string, number>,
): Spelled {
  const kept = range(letters.length).filter(
    (i) => node.shape[i] === sizes.get(letters.charAt(i)),
  );
  if (kept.length === letters.length) return { node, letters };
  return {
    node: reshapeNode(
      node,
      kept.map((i) => node.shape[i] as number),
    ),
    letters: kept.map((i) => letters.charAt(i)).join(""),
  };
}

/** The diagonal of two axes of one letter, until no letter occurs twice. */
function withoutTwins(x: Spelled): Spelled {
  const all = lettersOf(x.letters);
  const twin = all.findIndex((c, i) => all.indexOf(c) !== i);
  if (twin < 0) return x;
  const letter = all[twin] as string;
  const first = all.indexOf(letter);
  const others = all.filter((_, i) => i !== twin && i !== first);
  return withoutTwins({
    node: diagonalNode(x.node, 0, first, twin),
    letters: others.join("") + letter,
  });
}

/** The letters of the output in its order; the others are summed. */
function ordered({ node, letters }: Spelled, output: string): Node {
  const summed = range(letters.length).filter(
    (i) => !output.includes(letters.charAt(i)),
  );
  const sum = summed.length === 0 ? node : reduceNode("sum", node, summed);
  const left = lettersOf(letters).filter((c) => output.includes(c));
  const order = lettersOf(output).map((c) => left.indexOf(c));
  return order.every((from, i) => from === i) ? sum : permuteNode(sum, order);
}
