import {
  type Node,
  type NodeTable,
  type Program,
  orderOf,
} from "../dsl/graph.js";
import { signatureOf } from "../dsl/primitives/index.js";
import { InternalError } from "./diagnostics.js";
import { printNode } from "./graphText.js";

/**
 * Re-runs every shape rule, and checks that arguments come before their users. Nodes are frozen: those in `known` were
 * verified after an earlier pass, and the others are added to it.
 */
export function verify(
  program: Program,
  after: string,
  known: NodeTable<true>,
): void {
  for (const v of orderOf(program)) {
    if (known.get(v) === true) continue;
    const { shape, batched } = signatureOf(v);
    const same =
      shape.length === v.shape.length &&
      shape.every((d, i) => d === v.shape[i]);
    const isNew = (a: Node): boolean => known.get(a) !== true;
    if (!same || batched !== v.batched || v.args.some(isNew))
      throw new InternalError(
        `after ${after} a node does not follow from its arguments: ${printNode(v)}, its rule says [${shape.join(", ")}]${batched ? " batched" : ""}`,
      );
    known.set(v, true);
  }
}
