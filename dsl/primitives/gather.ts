import { makeNode } from "../context.js";
import { sizeOf, type Node } from "../graph.js";
import { lettersOf } from "./contract.js";
import { unlabelled } from "./leaf.js";
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
  op: Omit<OpOf<"scatter">, "kind" | "batch" | "fromZero">,
  dy: Node,
  ids: Node,
  x: Node,
): Node {
  const batch = !x.batched && (dy.batched || ids.batched);
  const fromZero = !choosesEvery(op, ids, x);
  return makeNode(
    { kind: "scatter", ...op, batch, fromZero },
    [dy, ids],
    x.shape,
    !batch && (dy.batched || ids.batched),
  );
}

/** True where indices are numbers of the model that choose every entry of `x`, whatever the places that they share with it. */
function choosesEvery(
  { out, index, along }: Pick<OpOf<"scatter">, "out" | "index" | "along">,
  ids: Node,
  x: Node,
): boolean {
  const { op } = unlabelled(ids);
  if (op.kind !== "constant") return false;
  const letters = lettersOf(index);
  const chosen = new Map<string, Set<number>>();
  const size = sizeOf(ids.shape);
  for (let flat = 0; flat < size; flat++) {
    let rest = flat;
    const shared: number[] = [];
    for (let i = letters.length - 1; i >= 0; i--) {
      const extent = ids.shape[i] as number;
      if (out.includes(letters[i] as string)) shared.push(rest % extent);
      rest = Math.floor(rest / extent);
    }
    const place = shared.join();
    const entries = chosen.get(place) ?? new Set();
    chosen.set(place, entries.add(op.data[flat] as number));
  }
  const count = x.shape[out.indexOf(along)] as number;
  return [...chosen.values()].every((entries) => entries.size === count);
}

/** What a sum starts from where that is not -0: indices may leave an entry out, so it is added to zeros. */
export const startOfSum = (v: Node): 0 | undefined => {
  const { op } = unlabelled(v);
  return op.kind === "scatter" && op.fromZero ? 0 : undefined;
};

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
