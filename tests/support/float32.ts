import type { Node } from "../../dsl/graph.js";
import { leafNode } from "../../dsl/primitives/leaf.js";
import { div } from "../../dsl/primitives/scalar.js";

/** A quotient that has no end in binary digits: 1 / 3. */
export function scalar(): {
  readonly root: Node;
  readonly leaves: ReadonlyMap<Node, readonly number[]>;
} {
  const a = leafNode("input", "a", [], { batched: false });
  const b = leafNode("input", "b", [], { batched: false });
  return {
    root: div(a, b),
    leaves: new Map([
      [a, [1]],
      [b, [3]],
    ]),
  };
}
