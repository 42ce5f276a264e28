import { makeNode, placed } from "../context.js";
import type { Label, Node, Op, Space } from "../graph.js";
import { broadcastShape } from "../shape/rules.js";
import type { Kind, Rule, Signature } from "./rule.js";

/** What a program reads from outside. */
export function leafNode(
  space: Space,
  name: string,
  shape: readonly number[],
  options: {
    readonly offset?: number;
    readonly batched?: boolean;
    readonly dtype?: Node["dtype"];
  } = {},
): Node {
  return makeNode(
    { kind: "leaf", space, name, offset: options.offset ?? 0 },
    [],
    shape,
    options.batched ?? false,
    options.dtype,
  );
}

/** The same value under a name. */
export function labelNode(
  x: Node,
  name: string,
  options: Omit<Label, "kind" | "name"> = {},
): Node {
  return makeNode(
    { kind: "label", name, ...options },
    [x],
    x.shape,
    x.batched,
    x.dtype,
  );
}

const declared = (_op: Op, _args: readonly Node[], node: Node): Signature => ({
  shape: node.shape,
  batched: node.batched,
});
const source = <K extends Kind>(
  doc: string,
  text: Rule<K>["text"],
): Rule<K> => ({
  doc,
  text,
  signature: declared,
  vjp: () => [],
});

/** Nodes without arguments, names, and the entrywise application of a scalar function. */
export const leafRules: {
  readonly [
    K in
      | "leaf"
      | "constant"
      | "iota"
      | "batchSize"
      | "exampleIndex"
      | "random"
      | "label"
      | "scalar"
  ]: Rule<K>;
} = {
  leaf: source(
    "what a program reads from outside",
    (op) =>
      `${op.space} ${op.name}${op.space === "input" || op.space === "number" ? "" : `@${String(op.offset)}`}`,
  ),
  constant: source("numbers written in the model", (op) =>
    op.data.map((x) => (Object.is(x, -0) ? "-0" : String(x))).join(" "),
  ),
  iota: source(
    "start, start + 1, ...",
    (op) => `iota from ${String(op.start)}`,
  ),
  batchSize: source("the number of examples n", (op) =>
    op.least === 1 ? op.kind : `${op.kind} from ${String(op.least)}`,
  ),
  exampleIndex: source("which example it is, from 0", (op) => op.kind),
  random: source("uniform in [0, 1), anew at every step", (op) => op.kind),
  label: {
    doc: "y = x under a name; dx = dy",
    text: (op) => `label ${op.name}`,
    signature: (_op, [x]) => ({
      shape: (x as Node).shape,
      batched: (x as Node).batched,
    }),
    vjp: (_op, dy) => [dy],
  },
  scalar: {
    doc: "a scalar function of the table, entrywise; its row has the derivative",
    text: (op) => op.name,
    signature: (op, args) => ({
      shape: args
        .map((a) => a.shape)
        .reduce((s, t) => broadcastShape(op.name, s, t)),
      batched: args.some((a) => a.batched),
    }),
    vjp: () => [],
  },
};

/** `v` as it is, with a word for what it is of `x`: its name where it must be stored. No label, so that equals merge. */
export function calledNode(word: string, x: Node, v: Node): Node {
  const of =
    x.op.kind === "leaf" ||
    (x.op.kind === "label" && x.op.cotangentOf === undefined)
      ? { of: x.op }
      : {};
  return placed(v, { ...v.place, called: { word, ...of } });
}

/** `v` as it is, with a word of its own: its name where it must be stored. */
export const wordNode = (word: string, v: Node): Node =>
  placed(v, { ...v.place, called: { word } });

/** What names stand for. */
export const unlabelled = (v: Node): Node =>
  v.op.kind === "label" ? unlabelled(v.args[0] as Node) : v;
