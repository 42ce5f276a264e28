/**
 * Values whose derivative is a matter of more than one node: loops, whose derivative is another loop, and functions with a
 * derivative of their author's. Where a new primitive needs a surrounding it names it here.
 */
import { gradientNodes } from "../../dsl/gradient.js";
import type { Node } from "../../dsl/graph.js";
import { scanNodes } from "../../dsl/ops/scan.js";
import { contract } from "../../dsl/primitives/contract.js";
import { customNode } from "../../dsl/primitives/identity.js";
import { leafNode } from "../../dsl/primitives/leaf.js";
import { reduceNode } from "../../dsl/primitives/reduce.js";
import {
  add,
  applyScalar,
  constant,
  mul,
} from "../../dsl/primitives/scalar.js";

export interface Composed {
  /** The primitive. */
  readonly name: string;
  readonly y: Node;
  /** The leaves that it is derived by. */
  readonly xs: readonly Node[];
}

const leaf = (name: string, shape: readonly number[], batched: boolean): Node =>
  leafNode("input", name, shape, { batched });

/** Two carries that read each other, an entry, values from outside, an output. */
function looped(batched: boolean): Composed {
  const x = leaf("x", [3, 2], batched);
  const w = leaf("w", [2, 2], false);
  const scale = leaf("scale", [2], batched);
  const start = leaf("start", [2], batched);
  const { state, outputs } = scanNodes(
    "scan",
    [x],
    [start, mul(start, constant(0.5))],
    ["h", "c"],
    ([h, c], [entry]) => {
      const z = add(contract("ij", "j", "i", w, h as Node), entry as Node);
      const next = applyScalar("tanh", mul(z, scale));
      return {
        state: [next, add(mul(c as Node, next), h as Node)],
        outputs: [mul(next, entry as Node)],
      };
    },
  );
  const [h, c] = state as [Node, Node];
  const all = reduceNode("sum", outputs[0] as Node, [0]);
  return {
    name: "scan",
    y: add(applyScalar("square", h), mul(c, all)),
    xs: [x, w, scale, start],
  };
}

/** The derivative of a composed value by one of its leaves, as a value. */
function derived({ name, y, xs }: Composed, by: number): Composed {
  const square = reduceNode("sum", applyScalar("square", y));
  const [d] = gradientNodes(square, [xs[by] as Node]);
  return { name, y: d as Node, xs };
}

function custom(batched: boolean): Composed {
  const [a, b] = [leaf("a", [2], batched), leaf("b", [2], false)];
  const y = customNode(
    mul(applyScalar("square", a), b),
    [a, b],
    (dy, _y, [u, v]) => {
      const d = mul(dy, applyScalar("square", u as Node));
      return [
        mul(mul(dy, constant(2)), mul(u as Node, v as Node)),
        batched ? reduceNode("sum", d, [], true) : d,
      ];
    },
    false,
  );
  return { name: "custom", y, xs: [a, b] };
}

export const composed: readonly Composed[] = [true, false].flatMap(
  (batched) => [
    looped(batched),
    derived(looped(batched), 1),
    derived(looped(batched), 3),
    custom(batched),
  ],
);
