import type { Node } from "./graph.js";
import type { Shape } from "./shape/rules.js";

declare const node: unique symbol;

/** A value of the graph. Hover shows its shape: `Tensor<[32, 10]>`. */
export interface Tensor<S extends Shape = Shape> {
  readonly shape: S;
  readonly dtype: "f64";
  readonly [node]?: Node;
}

/** Integer indices (classes, tokens): hovers as `IndexTensor<[32]>`. */
export interface IndexTensor<S extends Shape = Shape> {
  readonly shape: S;
  readonly dtype: "i32";
  readonly [node]?: Node;
}

export type AnyTensor = Tensor | IndexTensor;

/** A node that the shape rules of its caller have shown to be a `T`; at run time it is a node. */
export type NodeOf<T extends AnyTensor> = Node & { readonly [node]?: T };

/**
 * The one cast between the run-time graph and the typed surface: a tensor is its node, and that the node has the
 * shape of `T` is what the shape rules of both worlds have just established in the same words.
 */
export function asTensor<T extends AnyTensor>(n: NodeOf<T>): T {
  return n as unknown as T;
}

export function asNode(x: AnyTensor): Node {
  return x as unknown as Node;
}
