import { makeNode } from "../context.js";
import type { Node } from "../graph.js";
import { lettersOf } from "./contract.js";
import type { OpOf, Rule, Signature } from "./rule.js";

/** Length of each letter of the given operands. */
function lengths(
  ...operands: readonly (readonly [letters: string, x: Node])[]
): ReadonlyMap<string, number> {
  return new Map(
    operands.flatMap(([letters, x]) =>
      lettersOf(letters).map((c, i) => [c, x.shape[i] as number] as const),
    ),
  );
}

const shapeOf = (
  letters: string,
  length: ReadonlyMap<string, number>,
): number[] => lettersOf(letters).map((c) => length.get(c) as number);

/**
 * gather("vd", "t", "td", "v", table, ids) is y_td = table[ids_t][d]: every letter of the result is one of the source
 * or of the indices. Indices are 0 .. length - 1.
 */
export function gatherNode(
  source: string,
  index: string,
  out: string,
  along: string,
  x: Node,
  ids: Node,
): Node {
  return makeNode(
    { kind: "gather", source, index, out, along },
    [x, ids],
    shapeOf(out, lengths([source, x], [index, ids])),
    x.batched || ids.batched,
    x.dtype,
  );
}

/** Where `op` is the vjp of a gather from `x`: the sum of the entries of dy that were read from each of its entries. */
function scatterNode(
  op: Omit<OpOf<"scatter">, "kind" | "batch">,
  dy: Node,
  ids: Node,
  x: Node,
): Node {
  const batch = !x.batched && (dy.batched || ids.batched);
  return makeNode(
    { kind: "scatter", ...op, batch },
    [dy, ids],
    x.shape,
    !batch && (dy.batched || ids.batched),
  );
}

const either = (
  args: readonly Node[],
  shape: readonly number[],
): Signature => ({ shape, batched: args.some((a) => a.batched) });

export const gatherRule: Rule<"gather"> = {
  doc: "y is the entries of x at indices; dx is the sum of dy over the places that read each entry",
  text: (op) => `gather ${op.source}[${op.along} = ${op.index}]->${op.out}`,
  signature: (op, args) => {
    const [x, ids] = args as readonly [Node, Node];
    return either(
      args,
      shapeOf(op.out, lengths([op.source, x], [op.index, ids])),
    );
  },
  vjp: (op, dy, node) => {
    const [x, ids] = node.args as readonly [Node, Node];
    const { source, index, out, along } = op;
    return [
      scatterNode({ from: out, index, out: source, along }, dy, ids, x),
      undefined,
    ];
  },
};

export const scatterRule: Rule<"scatter"> = {
  doc: "y is the sum of the entries of x whose index is that of the place; dx is dy at the indices",
  text: (op) =>
    `scatter ${op.from}->${op.out}[${op.along} = ${op.index}]${op.batch ? " over examples" : ""}`,
  signature: (op, args, node) => {
    const [x, ids] = args as readonly [Node, Node];
    const length = lengths([op.from, x], [op.index, ids]);
    return {
      // The axis that indices choose along, and what was read at one place of it only, have the length they are given.
      shape: lettersOf(op.out).map((c, i) =>
        c === op.along
          ? (node.shape[i] as number)
          : (length.get(c) ?? (node.shape[i] as number)),
      ),
      batched: !op.batch && args.some((a) => a.batched),
    };
  },
  vjp: (op, dy, node) => {
    const ids = node.args[1] as Node;
    const { from, index, out, along } = op;
    return [gatherNode(out, index, from, along, dy, ids), undefined];
  },
};
