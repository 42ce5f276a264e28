/** Shape rules: a node that another rule would make has to be refused by what re-derives shapes after every pass. */
import {
  emptyProgram,
  NodeTable,
  topological,
  type Node,
} from "../../dsl/graph.js";
import { makeNode } from "../../dsl/context.js";
import { verify } from "../../compiler/verify.js";
import { instances } from "../oracles/instances.js";
import { titleOf } from "./attributes.js";

export interface WrongShape {
  /** The primitive. */
  readonly name: string;
  readonly key: string;
  readonly change: string;
  readonly isRefused: () => boolean;
}

/** Every instance with one dimension, its rank, the order of its axes, or whether it is batched, changed. */
export function wrongShapes(): WrongShape[] {
  return instances.flatMap((v) =>
    shapesNear(v).map(({ change, shape, batched }) => ({
      name: titleOf(v.op),
      key: `shape ${titleOf(v.op)}: ${change}`,
      change,
      isRefused: () => refuses(makeNode(v.op, v.args, shape, batched, v.dtype)),
    })),
  );
}

function refuses(v: Node): boolean {
  // What it is made of is known to be right.
  const known = new NodeTable<true>();
  for (const a of topological(v.args)) known.set(a, true);
  try {
    verify({ ...emptyProgram, loss: v }, "a mutation", known);
    return false;
  } catch {
    return true;
  }
}

interface Near {
  readonly change: string;
  readonly shape: readonly number[];
  readonly batched: boolean;
}

function shapesNear({ shape, batched }: Node): Near[] {
  const like = (change: string, other: readonly number[]): Near => ({
    change,
    shape: other,
    batched,
  });
  return [
    { change: "batched not", shape, batched: !batched },
    like("one axis more", [...shape, 1]),
    ...shape.flatMap((d, i) => [
      like("dimension + 1", shape.with(i, d + 1)),
      ...(d > 1 ? [like("dimension - 1", shape.with(i, d - 1))] : []),
      like("axis dropped", shape.toSpliced(i, 1)),
      ...shape
        .slice(i + 1)
        .flatMap((e, k) =>
          d === e
            ? []
            : [like("axes swapped", shape.with(i, e).with(i + 1 + k, d))],
        ),
    ]),
  ];
}
