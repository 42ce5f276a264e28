import type { Node, Op, Place, Program } from "../../dsl/graph.js";
import { textOf } from "../../dsl/primitives/index.js";
import { rebuild, type Pass } from "./rebuild.js";

/** Never equal to another: names, and what is computed once more on purpose. */
const single: ReadonlySet<Op["kind"]> = new Set([
  "leaf",
  "label",
  "custom",
  "again",
  "random",
  // Each placeholder stands for what its own argument is, and the steps of loops are not compared.
  "bound",
  "scan",
]);

/** What a value is: `op` says what is done with the arguments. */
const keyOf = (v: Node, op: string): string =>
  `${op}:${v.shape.join()}:${String(v.batched)}:${v.args.map((a) => a.id).join()}`;

/** Equal expressions become one value, the earliest one; labels never merge, so that every name survives. */
export const share: Pass = {
  name: "share",
  run: (program) => {
    const seen = new Map<string, Node>();
    return rebuild(program, (v) => {
      if (single.has(v.op.kind)) return v;
      const key = keyOf(v, textOf(v.op));
      const first = seen.get(key);
      if (first === undefined) seen.set(key, v);
      return first ?? v;
    });
  },
};

/** What several programs compute from the same leaves becomes one value: it has one name and one array. */
export class Common {
  readonly #seen = new Map<string, Node>();
  readonly #ops = new Map<Op, number>();

  /** Where the values of a program stand in it, if it was another program that had them first. */
  readonly places = new WeakMap<Program, ReadonlyMap<Node, Place>>();

  merge(program: Program): Program {
    const places = new Map<Node, Place>();
    const merged = rebuild(program, (v, { place }) => {
      if (v.op.kind === "leaf") return v;
      const key = keyOf(
        v,
        single.has(v.op.kind) ? this.#own(v.op) : textOf(v.op),
      );
      const first = this.#seen.get(key);
      if (first === undefined) this.#seen.set(key, v);
      else if (first.place.call !== place.call) places.set(first, place);
      return first ?? v;
    });
    this.places.set(merged, places);
    return merged;
  }

  /** Stands for what is equal to itself alone: a name that two programs read is one. */
  #own(op: Op): string {
    const known = this.#ops.get(op);
    if (known !== undefined) return `#${String(known)}`;
    this.#ops.set(op, this.#ops.size);
    return `#${String(this.#ops.size - 1)}`;
  }
}
