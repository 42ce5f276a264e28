import { interpret, type Values } from "../../compiler/interpret.js";
import type { ModulePlan } from "../../compiler/emit/module.js";
import {
  isLeaf,
  rootsOf,
  sizeOf,
  topological,
  type Node,
  type Program,
} from "../../dsl/graph.js";

/** Everything that a program may read, as flat vectors. */
export interface State {
  readonly params: Float64Array;
  readonly grads: Float64Array;
  readonly state: Float64Array;
  readonly inputs: Readonly<Record<string, Values>>;
  readonly numbers: { readonly lr: number; readonly steps: number };
}

/** Trains a compiled model's programs with the interpreter: what the emitted module has to equal bit for bit. */
export class Oracle {
  readonly params: Float64Array;
  readonly grads: Float64Array;
  readonly #state: Float64Array;
  #steps = 0;
  loss: Values = [];

  constructor(
    readonly plan: ModulePlan,
    params: Float64Array,
    readonly lr: number,
    /** What the network was created with. */
    readonly seed = 0,
  ) {
    this.params = params.slice();
    this.grads = new Float64Array(
      plan.model.params.reduce(
        (n, p) => n + (p.op.trainable === false ? 0 : sizeOf(p.shape)),
        0,
      ),
    );
    const { states } = plan.programs;
    this.#state = new Float64Array(states.reduce((n, s) => n + s.size, 0));
    for (const s of states)
      this.#state.fill(s.initial, s.offset, s.offset + s.size);
  }

  forward(inputs: State["inputs"], n: number): Map<string, Values> {
    const { forward } = this.plan.programs;
    const values = this.#run(forward, inputs, n);
    return new Map(
      [...forward.outputs].map(([key, v]) => [key, values.get(v) ?? []]),
    );
  }

  backward(inputs: State["inputs"], n: number): void {
    const { backward, average } = this.plan.programs;
    const values = this.#run(backward, inputs, n);
    if (backward.loss !== undefined)
      this.loss = values.get(backward.loss) ?? [];
    this.grads.fill(0);
    for (const [p, d] of backward.gradients)
      if (isLeaf(p)) this.grads.set(values.get(d) ?? [], p.op.offset);
    this.#keep(backward, values);
    this.#write(average, inputs, n);
  }

  update(): void {
    this.#write(this.plan.programs.update, {}, 1);
    this.#steps += 1;
  }

  #run(
    program: Program,
    inputs: State["inputs"],
    n: number,
  ): Map<Node, Values> {
    const roots = rootsOf(program);
    const leaves = new Map(
      topological(roots)
        .filter((v) => v.op.kind === "leaf")
        .map((v) => [v, this.#leaf(v, inputs)]),
    );
    return interpret(roots, leaves, n, this.plan.math);
  }

  #write(program: Program, inputs: State["inputs"], n: number): void {
    this.#keep(program, this.#run(program, inputs, n));
  }

  #keep(program: Program, values: ReadonlyMap<Node, Values>): void {
    for (const [target, v] of program.updates)
      if (isLeaf(target))
        this.#vector(target.op.space).set(
          values.get(v) ?? [],
          target.op.offset,
        );
  }

  #leaf(v: Node, inputs: State["inputs"]): Values {
    if (!isLeaf(v)) return [];
    const { space, name, offset } = v.op;
    if (space === "input") return inputs[name] ?? [];
    if (space === "number")
      return [
        { lr: this.lr, steps: this.#steps, seed: this.seed }[name] ?? NaN,
      ];
    return this.#vector(space).slice(offset, offset + sizeOf(v.shape));
  }

  #vector(space: string): Float64Array {
    if (space === "param") return this.params;
    return space === "gradient" ? this.grads : this.#state;
  }
}
