import type { Mode, Node, Op } from "../graph.js";

export type Kind = Op["kind"];
export type OpOf<K extends Kind> = Extract<Op, { readonly kind: K }>;

/** What `verify` re-derives of a node from its arguments. */
export interface Signature {
  readonly shape: readonly number[];
  readonly batched: boolean;
}

/** A structural primitive: how shapes follow from arguments, and how cotangents flow back. */
export interface Rule<K extends Kind> {
  /** Formula and derivative, in one sentence. */
  readonly doc: string;
  /** The operation with all its attributes, in one line: two of the same text and arguments are the same value. */
  readonly text: (op: OpOf<K>) => string;
  /** Shape of the result, or undefined where the node itself declares it (leaves, constants, reshape, expand). */
  readonly signature: (
    op: OpOf<K>,
    args: readonly Node[],
    node: Node,
  ) => Signature;
  /** Cotangents of the arguments; undefined where an argument has none. `mode` where one graph alone is derived. */
  readonly vjp: (
    op: OpOf<K>,
    dy: Node,
    node: Node,
    mode?: Mode,
  ) => readonly (Node | undefined)[];
}
