import { makeNode } from "../../dsl/context.js";
import type { Leaf, Node } from "../../dsl/graph.js";

/** An array of numbers in place of a value; `of` is the parameter that they are made of, where there is one. */
export const constantIn = (
  v: Pick<Node, "shape" | "dtype" | "place">,
  data: readonly number[],
  of: Leaf | undefined,
): Node =>
  makeNode(
    { kind: "constant", data, ...(of !== undefined && { of }) },
    [],
    v.shape,
    false,
    v.dtype,
    v.place,
  );

/** The parameter that a constant is made of. */
export const originOf = ({ op }: Node): Leaf | undefined =>
  op.kind === "constant" ? op.of : undefined;
