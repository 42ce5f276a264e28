import {
  emptyProgram,
  isLeaf,
  topological,
  type Label,
  type Leaf,
  type Node,
  type Op,
} from "../../dsl/graph.js";
import { leafNode } from "../../dsl/primitives/leaf.js";
import { heldLoss } from "../held.js";
import type { Values } from "../interpret.js";
import { runPasses, single } from "../passes/index.js";
import { adopt } from "../passes/names.js";
import { rebuild } from "../passes/rebuild.js";
import { refutes, rounding, slopeStep } from "../slope.js";
import { valuesOf, type Memory } from "./memory.js";

export interface Difference {
  readonly slope: number;
  readonly rounding: number;
  /** Whether differences show that a derivative is wrong: they do not at a kink, or where rounding hides the slope. */
  readonly refutes: (derived: number) => boolean;
}

/**
 * Central differences of the loss of one example, by the interpreter, on the graph as the model declares it: nothing
 * here knows of derivative rules.
 */
export class Differences {
  readonly #memory: Memory;
  readonly #loss: Node;
  readonly #held: ReadonlyMap<Node, Values>;
  readonly #values: ReadonlyMap<Node, Values>;
  readonly #byOp: ReadonlyMap<Op, Node>;
  readonly #replaced = new Map<Node, readonly [loss: Node, leaf: Node]>();

  constructor(loss: Node, memory: Memory) {
    this.#memory = memory;
    const declared = runPasses({ ...emptyProgram, loss }, [single, adopt])
      .loss as Node;
    const held = heldLoss(declared, (roots) => valuesOf(roots, memory));
    this.#loss = held.loss;
    this.#held = held.leaves;
    this.#values = valuesOf([this.#loss], memory, this.#held);
    this.#byOp = new Map(topological([this.#loss]).map((v) => [v.op, v]));
  }

  /**
   * dL/dv of one entry of the value or parameter with this op, how large its error by rounding may be, and whether it says
   * something of a derivative; undefined where the loss does not read the value.
   *
   * @param least the size below which a slope is nothing beside the others
   */
  of(op: Leaf | Label, flat: number, least: number): Difference | undefined {
    const v = this.#byOp.get(op);
    if (v === undefined) return undefined;
    const x = (this.#values.get(v) as Values)[flat] as number;
    const [high, low] = [x + slopeStep, x - slopeStep];
    const at = (y: number): number => this.#lossAt(v, flat, y);
    const [above, below] = [at(high), at(low)];
    return {
      slope: (above - below) / (high - low),
      rounding: rounding(above),
      refutes: (derived) => refutes(at, x, derived, least),
    };
  }

  /** The loss with one entry of `v` changed, whatever `v` is made of. */
  #lossAt(v: Node, flat: number, x: number): number {
    const [loss, leaf] = this.#without(v);
    const entries = Float64Array.from(this.#values.get(v) as Values);
    entries[flat] = x;
    const given = new Map(this.#held).set(leaf, entries);
    return (valuesOf([loss], this.#memory, given).get(loss) as Values)[0] ?? 0;
  }

  /** The loss as a function of `v`: the graph with a leaf in its place. */
  #without(v: Node): readonly [loss: Node, leaf: Node] {
    const known = this.#replaced.get(v);
    if (known !== undefined) return known;
    const leaf = isLeaf(v) ? v : leafNode("input", "changed", v.shape);
    const loss = isLeaf(v)
      ? this.#loss
      : (rebuild({ ...emptyProgram, loss: this.#loss }, (now, old) =>
          old === v ? leaf : now,
        ).loss as Node);
    const made = [loss, leaf] as const;
    this.#replaced.set(v, made);
    return made;
  }
}
