import { sizeOf, type Node } from "../../dsl/graph.js";
import type { Affine, Axis, Statement, Target } from "../kernels/ir.js";
import { affineCode, plus } from "./bounds.js";
import {
  assign,
  at,
  update,
  type Code,
  type Statement as Line,
} from "./code.js";
import { compound } from "./compound.js";
import { offsetCode, vectors, type Storage } from "./memory.js";

export type MemoryTarget = Extract<Target, { space: "memory" }>;

export const cast = (c: Code): Code =>
  c.kind === "index" ? { ...c, cast: true } : c;
export const uncast = (c: Code): Code =>
  c.kind === "index" ? { ...c, cast: false } : c;

/** The axis of the examples that a statement is done for. */
export const exampleOf = (s: Statement): Axis | undefined =>
  s.axes.find((a) => a.extent === "batch") ?? s.example;

export interface CellOptions {
  readonly storage: Storage;
  readonly form: "plain" | "rows";
  /** What is done with the loss. */
  readonly onLoss: (loss: Code) => Line;
  /** Values that some other kernel reads: they live in memory. */
  readonly memory: ReadonlySet<Node>;
}

/** Where values lie at the point that the variables of the loops stand for. */
export class Cells {
  readonly #o: CellOptions;
  readonly #variables: ReadonlyMap<Axis, Code>;

  constructor(options: CellOptions, variables: ReadonlyMap<Axis, Code>) {
    this.#o = options;
    this.#variables = variables;
  }

  affine(index: Affine): Code {
    return affineCode(index, (axis) => this.#variables.get(axis) as Code);
  }
  row(example: Axis | undefined): Code | undefined {
    if (example === undefined || this.#o.form === "plain") return undefined;
    return this.#variables.get(example);
  }

  /** The entry of the statement's value. */
  own(s: Statement): Code {
    return this.#element(s.value, this.affine(s.at), exampleOf(s));
  }
  #element(value: Node, index: Code, example: Axis | undefined): Code {
    return this.#o.storage.element(value, index, this.row(example));
  }

  /** Where the statement leaves its value: in a vector of the caller, or in its own memory. */
  destination(s: Statement): Code {
    const [target] = s.targets;
    return target !== undefined &&
      "leaf" in target &&
      !this.#o.memory.has(s.value)
      ? this.#inVector(s, target)
      : this.own(s);
  }
  #inVector(
    s: Statement,
    { space, offset }: Extract<Target, { leaf: Node }>,
  ): Code {
    return at(
      vectors[space],
      offsetCode(undefined, 0, offset, this.affine(s.at)),
    );
  }

  /** Memory of another value that the statement writes to. */
  inMemory(s: Statement, { value, index, example }: MemoryTarget): Code {
    const entry = plus(this.affine(index), this.affine(s.at));
    return this.#element(value, entry, example);
  }

  /** Writes a value to all that wait for it. */
  write(s: Statement, value: Code): Line[] {
    return s.targets.map((t) => this.#write(s, t, value));
  }
  #write(s: Statement, t: Target, value: Code): Line {
    switch (t.space) {
      case "loss":
        return this.#o.onLoss(value);
      case "memory": {
        const cell = this.inMemory(s, t);
        return t.adds
          ? update(cell, "+", value)
          : assign(uncast(cell), "=", value);
      }
      case "output":
        return assign(this.#output(s, t), "=", value);
      default: {
        const to = this.#inVector(s, t);
        const adds = t.space === "gradient" && this.#o.form === "plain";
        return adds ? update(to, "+", value) : compound(to, value);
      }
    }
  }
  #output(s: Statement, t: Extract<Target, { space: "output" }>): Code {
    const index = this.affine(s.at);
    return this.#o.form === "plain"
      ? at("out", offsetCode(undefined, 0, t.offset, index))
      : at(
          t.name,
          offsetCode(this.row(exampleOf(s)), sizeOf(s.value.shape), 0, index),
        );
  }
}
