import { CompileTimeError } from "../dsl/errors.js";
import { found } from "../dsl/found.js";
import type { Node } from "../dsl/graph.js";
import { isTensor } from "../dsl/ops/elementwise.js";
import { sameShape, showShape, type Shape } from "../dsl/shape/rules.js";
import { asNode } from "../dsl/tensor.js";

/**
 * What a function of the model returned, as a node.
 *
 * @throws CompileTimeError for what is no numbers of shape `shape`: "init of "p" returned 0.1, expected a tensor of shape [2]".
 */
export function returned(what: string, given: unknown, shape: Shape): Node {
  const node = isTensor(given) ? asNode(given) : undefined;
  if (node?.dtype === "f64" && sameShape(node.shape, shape)) return node;
  const got =
    node === undefined
      ? found(given)
      : `${node.dtype === "f64" ? "shape" : "indices of shape"} ${showShape(node.shape)}`;
  throw new CompileTimeError(
    "GC1116",
    `${what} returned ${got}, expected a tensor of shape ${showShape(shape)}`,
    typeof given === "number"
      ? "numbers become tensors with constant(...)"
      : undefined,
  );
}
