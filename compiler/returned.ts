import { CompileTimeError } from "../dsl/errors.js";
import { found } from "../dsl/found.js";
import { topological, type Node } from "../dsl/graph.js";
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

/** What has no value where no example is at hand, as a message shows it; undefined for what has. */
function absentName({ op }: Node): string | undefined {
  if (op.kind === "random") return "random numbers";
  if (op.kind === "bound") return "a value of one step of scan()";
  return op.kind === "leaf" && op.space === "input"
    ? `input ${JSON.stringify(op.name)}`
    : undefined;
}

/**
 * The same of what is computed when parameters are updated: there are no examples then, and no draws.
 *
 * @param expected what may be read, in words
 * @throws CompileTimeError "optimizer: clip reads input "x", expected only the gradients, parameters and numbers".
 */
export function returnedToUpdate(
  what: string,
  given: unknown,
  shape: Shape,
  expected: string,
): Node {
  const node = returned(what, given, shape);
  checkReads(what, node, absentName, expected);
  return node;
}

/**
 * The same of what a parameter starts with: there is nothing then but numbers and draws.
 *
 * @throws CompileTimeError "init of "w" reads input "x", expected only numbers and draw.uniform()".
 */
export function returnedToInit(
  what: string,
  given: unknown,
  shape: Shape,
): Node {
  const node = returned(what, given, shape);
  checkReads(
    what,
    node,
    (v) =>
      v.op.kind === "leaf" && v.op.space === "param"
        ? `parameter ${JSON.stringify(v.op.name)}`
        : absentName(v),
    "numbers and draw.uniform()",
  );
  return node;
}

function checkReads(
  what: string,
  node: Node,
  nameOf: (v: Node) => string | undefined,
  expected: string,
): void {
  for (const v of topological([node])) {
    const name = nameOf(v);
    if (name !== undefined)
      throw new CompileTimeError(
        "GC1120",
        `${what} reads ${name}, expected only ${expected}`,
        "write numbers in its place; what reads inputs belongs to the loss",
      );
  }
}
