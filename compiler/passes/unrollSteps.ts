import { makeNode, within } from "../../dsl/context.js";
import {
  boundsOf,
  range,
  resultsOf,
  topological,
  type Label,
  type Leaf,
  type Loop,
  type Node,
  type Op,
  type Program,
  orderOf,
} from "../../dsl/graph.js";
import { contract } from "../../dsl/primitives/contract.js";
import { expandNode } from "../../dsl/primitives/expand.js";
import { unlabelled } from "../../dsl/primitives/leaf.js";
import {
  reshapeNode,
  sliceNode,
  stacked,
} from "../../dsl/primitives/movement.js";
import { reduceNode } from "../../dsl/primitives/reduce.js";
import { rebuild } from "./rebuild.js";

/** True where some value is made by a loop over steps. */
export const hasSteps = (program: Program): boolean =>
  orderOf(program).some((v) => v.op.kind === "scan");

/** Steps of all scans, times the values of one: what writing them out costs. */
export const stepCount = (program: Program): number =>
  orderOf(program).reduce(
    (n, { op }) =>
      op.kind === "scan"
        ? n + op.loop.length * topological(resultsOf(op.loop)).length
        : n,
    0,
  );

/** Every scan as its steps one after the other; sums over steps are one sum each, in the same order. */
export function unrollSteps(program: Program): Program {
  if (!hasSteps(program)) return program;
  const unroller = new Unroller();
  return rebuild(program, (v) => {
    if (v.op.kind === "scan") unroller.write(v, v.op.loop);
    return v.op.kind === "result"
      ? unroller.result(v.args[0] as Node, v.op)
      : v;
  });
}

interface Written {
  readonly carry: readonly Node[];
  readonly output: readonly Node[];
  readonly sum: readonly Node[];
}

class Unroller {
  readonly #written = new Map<Node, Written>();
  /** What the results of scans are the entries of: their steps are at hand. */
  readonly #parts = new Map<Node, readonly Node[]>();
  /** A step that is computed again from the same values is the same. */
  readonly #made = new Map<string, Node>();
  readonly #names = new Map<string, Label>();

  result(scan: Node, { of, index }: Extract<Op, { kind: "result" }>): Node {
    return this.#written.get(scan)?.[of][index] as Node;
  }

  write(scan: Node, loop: Loop): void {
    const { length, carries, entries } = loop;
    const order = topological(resultsOf(loop));
    const given = boundsOf(loop);
    let state = scan.args.slice(0, carries.length);
    const sequences = scan.args.slice(
      carries.length,
      carries.length + entries.length,
    );
    const fixed = scan.args.slice(carries.length + entries.length);
    const steps = range(length).map((k) => {
      const t = loop.reverse ? length - 1 - k : k;
      const now = new Map<Node, Node>();
      [...state, ...sequences.map((x) => this.#entry(x, t)), ...fixed].forEach(
        (x, i) => now.set(given[i] as Node, x),
      );
      for (const v of order)
        if (!now.has(v)) now.set(v, this.#again(v, t, now));
      state = loop.next.map((v) => now.get(v) as Node);
      return { t, now };
    });
    this.#written.set(scan, {
      carry: state,
      output: loop.outputs.map((root) => {
        const byStep = [...steps]
          .sort((a, b) => a.t - b.t)
          .map(({ now }) => now.get(root) as Node);
        const all = within(root.place, () => stacked(byStep));
        this.#parts.set(all, byStep);
        return all;
      }),
      sum: loop.sums.map(({ node, merged }) =>
        within(node.place, () =>
          merged
            ? summed(steps.map(({ now }) => now.get(unlabelled(node)) as Node))
            : reduceNode(
                "sum",
                stacked(steps.map(({ now }) => now.get(node) as Node)),
                [0],
              ),
        ),
      ),
    });
  }

  #entry(sequence: Node, t: number): Node {
    const part = this.#parts.get(sequence)?.[t];
    if (part !== undefined) return part;
    return this.#once(`entry:${String(t)}:${String(sequence.id)}`, () =>
      reshapeNode(sliceNode(sequence, 0, t, 1), sequence.shape.slice(1)),
    );
  }

  #again(v: Node, t: number, now: ReadonlyMap<Node, Node>): Node {
    const args = v.args.map((a) => now.get(a) as Node);
    const ids = args.map((a) => a.id).join();
    return this.#once(`${String(v.id)}:${String(t)}:${ids}`, () =>
      makeNode(
        v.op.kind === "label" ? this.#label(v.op, t) : v.op,
        args,
        v.shape,
        v.batched,
        v.dtype,
        v.place,
      ),
    );
  }

  #once(key: string, make: () => Node): Node {
    const known = this.#made.get(key) ?? make();
    this.#made.set(key, known);
    return known;
  }

  /** The name of a value at one step; a cotangent belongs to the value of the same step. */
  #label(op: Label, t: number): Label {
    const key = `${String(t)}:${op.name}`;
    const known = this.#names.get(key);
    if (known !== undefined && this.#origin.get(known) === op) return known;
    const of = op.cotangentOf;
    const made: Label = {
      ...op,
      name: `${op.name}.${String(t + 1)}`,
      ...(of !== undefined && { cotangentOf: this.#owner(of, t) }),
    };
    this.#names.set(key, made);
    this.#origin.set(made, op);
    return made;
  }
  readonly #origin = new Map<Label, Label>();
  #owner(of: Leaf | Label, t: number): Leaf | Label {
    if (of.kind === "leaf") return of;
    const known = this.#names.get(`${String(t)}:${of.name}`);
    return known !== undefined && this.#origin.get(known) === of
      ? known
      : this.#label(of, t);
  }
}

/** The same along a new leading axis, whether it changes or not. */
function along(parts: readonly Node[]): Node {
  const [first] = parts as [Node];
  if (parts.some((x) => x !== first)) return stacked(parts);
  const axes = range(first.shape.length).map((i) => i + 1);
  return expandNode(first, axes, [parts.length, ...first.shape], false);
}

const stepLetter = "Z";

/** The sums of some steps as one sum, the steps before the axes. */
function summed(sums: readonly Node[]): Node {
  const [first] = sums as [Node];
  const argument = (i: number): Node =>
    along(sums.map((s) => s.args[i] as Node));
  const { op } = first;
  switch (op.kind) {
    case "contract":
      return contract(
        stepLetter + op.left,
        stepLetter + op.right,
        op.out,
        argument(0),
        argument(1),
        { batch: op.batch, windows: op.windows },
      );
    case "scatter":
      return makeNode(
        { ...op, from: stepLetter + op.from, index: stepLetter + op.index },
        [argument(0), argument(1)],
        first.shape,
        first.batched,
      );
    case "reduce":
      return reduceNode(
        op.by,
        argument(0),
        [0, ...op.axes.map((i) => i + 1)],
        op.batch,
      );
    default:
      return reduceNode("sum", stacked(sums), [0]);
  }
}
