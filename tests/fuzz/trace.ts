/** What a program means: every value of every example as numbers on one tape. */
import { sizeOf, type Grid } from "../oracles/grid.js";
import { Tape, type Id, type Reading } from "../oracles/tape.js";
import { uniform } from "../oracles/uniform.js";
import { Random } from "../support/random.js";
import {
  operandsOf,
  type Context,
  type Leaf,
  type Program,
  type Step,
  type Value,
} from "./program.js";

/** A parameter in the order of its declaration. */
export interface Parameter {
  readonly grid: Grid;
  readonly trainable: boolean;
}

export class Trace {
  readonly tape: Tape;
  readonly parameters: Parameter[] = [];
  /** Leaves that derivatives may be taken by: of each input one grid an example. */
  readonly #grids = new Map<Value, readonly Grid[]>();
  readonly #integers = new Map<Value, readonly (readonly number[])[]>();

  /** Sources of random numbers so far. */
  #sources = 0;

  constructor(
    readonly examples: number,
    readonly mode: Context["mode"] = "train",
    reading: Reading = "sparse",
  ) {
    this.tape = new Tape(reading);
  }

  /** Grids of a value: one for each example, or one for all. */
  all(v: Value): readonly Grid[] {
    return this.#grids.get(v) ?? [];
  }

  at(v: Value, example: number): Grid {
    const grids = this.all(v);
    return grids[v.batched ? example : 0] as Grid;
  }

  /** Numbers of a value, of one example after the other. */
  numbers(v: Value): number[] {
    return this.all(v).flatMap((g) => g.ids.map((id) => this.tape.value(id)));
  }

  addLeaf({ kind, value, data }: Leaf): void {
    if (value.classes !== undefined) {
      this.#integers.set(value, data.slice(0, this.examples));
      return;
    }
    const rows = value.batched
      ? data.slice(0, this.examples)
      : data.slice(0, 1);
    const grids = rows.map((row) => ({
      shape: value.shape,
      ids: row.map((x) => this.tape.leaf(x)),
    }));
    this.#grids.set(value, grids);
    if (kind === "param" || kind === "frozen")
      this.parameters.push({
        grid: grids[0] as Grid,
        trainable: kind === "param",
      });
  }

  /** Records a step; its shape is that of the first example. */
  addStep({ value, call }: Pick<Step, "value" | "call">): Grid {
    const batched = operandsOf(call).some((v) => v.batched);
    const count =
      (batched && call.whole !== true) || call.drawsBatch === true
        ? this.examples
        : 1;
    const own = new Map<string, Grid>();
    const first = this.#sources;
    const grids = Array.from({ length: count }, (_, example) => {
      const before = this.tape.length;
      const grid = call.meaning(this.#context(example, own, first));
      // One of several results may be what another one is made of.
      const from = call.pick === undefined ? before : this.tape.length;
      return this.#apart(grid, from);
    });
    this.#grids.set(value, grids);
    this.tape.tensor(grids.flatMap((g) => [...g.ids]));
    this.#sources += call.draws ?? 0;
    return grids[0] as Grid;
  }

  /** Entries that are those of another value, or stand twice, as entries of their own: derivatives are taken by places. */
  #apart(grid: Grid, before: number): Grid {
    const { tape } = this;
    const seen = new Set<Id>();
    const shared = new Set<Id>();
    for (const id of grid.ids) (seen.has(id) ? shared : seen).add(id);
    const ids = grid.ids.map((id) => {
      const own = id >= before && !shared.has(id);
      return own ? id : tape.select(tape.constant(1), id, tape.constant(0));
    });
    return { shape: grid.shape, ids };
  }

  #context(
    example: number,
    own: Map<string, Grid>,
    firstSource: number,
  ): Context {
    return {
      tape: this.tape,
      mode: this.mode,
      uniform: (k, size, index) =>
        uniform(streamOf(firstSource + k), example * size + index),
      of: (v) => this.at(v, example),
      integers: (v) => {
        const rows = this.#integers.get(v) ?? [];
        return rows[v.batched ? example : 0] ?? [];
      },
      allIntegers: (v) => this.#integers.get(v) ?? [],
      all: (v) => this.all(v),
      own: (name, shape, frozen) => {
        const known = own.get(name);
        if (known !== undefined) return known;
        const random = new Random(2000 + this.parameters.length);
        const made = {
          shape,
          ids: Array.from({ length: sizeOf(shape) }, () =>
            this.tape.leaf(
              typeof frozen === "number"
                ? frozen
                : (random.roll(2001) - 1000) / 1000,
            ),
          ),
        };
        own.set(name, made);
        const trainable = frozen === undefined;
        this.parameters.push({ grid: made, trainable });
        return made;
      },
      derive: (y, x) => {
        const found = this.tape.derive(y.ids[0] as Id, x.ids);
        return {
          shape: x.shape,
          ids: found.map((d) => d ?? this.tape.constant(0)),
        };
      },
    };
  }

  /** The mean of a scalar over the examples. */
  mean(loss: Value): Id {
    const all = this.all(loss).map((g) => g.ids[0] as Id);
    const sum = this.tape.sum(all);
    return loss.batched
      ? this.tape.div(sum, this.tape.constant(this.examples))
      : sum;
  }
}

/** What networks of the campaign are created with. */
export const networkSeed = 20_261;

/** The stream of a source of random numbers in the first step of training: the contract of modes.ts, written once more. */
function streamOf(source: number): number {
  const last = 2 ** 32 - 1;
  const word = (seed: number, index: number): number =>
    Math.floor(uniform(seed, index) * 2 ** 32);
  return word(word(networkSeed, last), last - source);
}

export function traceOf(
  p: Program,
  examples: number,
  mode: Context["mode"] = "train",
  reading: Reading = "sparse",
): Trace {
  const trace = new Trace(examples, mode, reading);
  p.leaves.forEach((leaf) => {
    trace.addLeaf(leaf);
  });
  p.steps.forEach((step) => {
    trace.addStep(step);
  });
  return trace;
}
