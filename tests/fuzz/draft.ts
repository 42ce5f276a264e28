/** A program that grows: what rows of the table draw their calls from. */
import { sizeOf } from "../oracles/grid.js";
import { Random } from "../support/random.js";
import { initializersFor } from "./training.js";
import type { Drawn, Operator } from "./operator.js";
import {
  operandsOf,
  type Argument,
  type Call,
  type Leaf,
  type LeafKind,
  type Pool,
  type Step,
  type Value,
} from "./program.js";
import { Trace } from "./trace.js";

/** Where a function is defined, or its values are far from the limits of doubles. */
export type Domain = "any" | "small" | "positive" | "unit" | "atLeastOne";

/** Domains that few numbers are in. */
export const isNarrow = (domain: Domain): boolean =>
  domain !== "any" && domain !== "small";

const holds: Readonly<Record<Domain, (x: number) => boolean>> = {
  any: (x) => Math.abs(x) <= 50,
  small: (x) => Math.abs(x) <= 3,
  positive: (x) => x >= 0.2 && x <= 50,
  unit: (x) => x >= 0.04 && x <= 0.96,
  atLeastOne: (x) => x >= 1 && x <= 50,
};

const sizes = [1, 2, 3, 2, 3, 4, 5] as const;
/** Entries of one example of a value: more would say nothing new. */
const mostEntries = 48;

/** A choice that the next call should stand for. */
export interface Wanted {
  readonly attribute: string;
  readonly choice: string;
}

export class Draft {
  readonly random: Random;
  readonly leaves: Leaf[] = [];
  readonly steps: Step[] = [];
  readonly trace: Trace;
  /** The operator whose call is drawn, and the choices it has made. */
  #operator: Operator | undefined;
  #choices: Record<string, string> = {};
  #wanted: Wanted | undefined;
  /** A value that the next operand should be. */
  #preferred: Value | undefined;

  constructor(
    seed: number,
    readonly examples: number,
    readonly pool: Pool,
    /** The table, for the calls that guard a domain. */
    readonly operatorOf: (name: string) => Operator,
    readonly batched: boolean,
  ) {
    this.random = new Random(seed);
    this.trace = new Trace(examples);
  }

  readonly roll = (sides: number): number => this.random.roll(sides);
  readonly chance = (percent: number): boolean => this.random.chance(percent);
  pick<T>(list: readonly T[]): T {
    return this.random.pick(list);
  }

  /** Values that calls may use. */
  get values(): Value[] {
    return [
      ...this.leaves.map((l) => l.value).filter((v) => v.classes === undefined),
      ...this.steps.map((s) => s.value),
    ];
  }

  shape(rank: number): number[] {
    for (;;) {
      const shape = Array.from({ length: rank }, () => this.pick(sizes));
      if (sizeOf(shape) <= mostEntries) return shape;
    }
  }

  /** An operand of at least this rank: the preferred one, one at hand, or a new one. */
  value(
    rank = 0,
    options: {
      readonly domain?: Domain;
      readonly fits?: (v: Value) => boolean;
      /** Shape and kind of a new one. */
      readonly shape?: () => readonly number[];
      readonly kind?: LeafKind;
    } = {},
  ): Value {
    const { domain = "any", fits = () => true } = options;
    const suits = (v: Value): boolean => v.shape.length >= rank && fits(v);
    const preferred = this.#preferred;
    if (preferred !== undefined && suits(preferred)) {
      this.#preferred = undefined;
      return this.guard(preferred, domain);
    }
    const all = this.values.filter(suits);
    if (all.length > 0 && this.chance(75)) {
      // Late values rather than early ones: graphs get deep.
      const from = this.chance(60) ? all.slice(-3) : all;
      return this.guard(this.pick(from), domain);
    }
    const shape = options.shape?.() ?? this.shape(Math.max(rank, this.roll(4)));
    return this.guard(this.leaf(shape, options.kind), domain);
  }

  /**
   * True where a further source of random numbers would be the last one of the program whatever reads it: their numbers
   * follow from the order in which values are needed.
   */
  drawsAfter(x: Value | undefined): boolean {
    const last = this.steps.findLast((s) => (s.call.draws ?? 0) > 0);
    if (last === undefined) return true;
    if (x === undefined) return false;
    const needed = new Set<Value>([x]);
    for (const { value, call } of [...this.steps].reverse())
      if (needed.has(value)) for (const v of operandsOf(call)) needed.add(v);
    return needed.has(last.value);
  }

  /** An operand of exactly this shape. */
  exactly(shape: readonly number[], domain: Domain = "any"): Value {
    const fits = (v: Value): boolean => v.shape.join() === shape.join();
    return this.value(shape.length, { domain, fits, shape: () => shape });
  }

  /** An operand that broadcasts with `shape`: the same, fewer axes, or some of length 1. */
  broadcast(shape: readonly number[], domain: Domain = "any"): Value {
    const fits = (v: Value): boolean =>
      v.shape.every((d, i) => {
        const own = shape[shape.length - v.shape.length + i];
        return own === undefined || d === own || d === 1 || own === 1;
      }) && sizeOf(v.shape) * sizeOf(shape) <= (2 * mostEntries ** 2) / 4;
    return this.value(0, {
      domain,
      fits,
      shape: () =>
        shape
          .slice(this.roll(shape.length + 1))
          .map((d) => (this.chance(25) ? 1 : d)),
    });
  }

  /** A new declaration of numbers. */
  leaf(shape: readonly number[], kind: LeafKind = this.#leafKind()): Value {
    const batched = kind === "input";
    const value = { name: this.#name(kind), shape, batched };
    const data = Array.from({ length: batched ? this.examples : 1 }, () =>
      Array.from({ length: sizeOf(shape) }, () => this.#number()),
    );
    const initializer =
      kind === "param" && this.chance(15)
        ? this.pick(initializersFor(shape.length))
        : undefined;
    this.#declare({
      kind,
      value,
      data,
      ...(initializer !== undefined && { initializer }),
    });
    return value;
  }

  /** A new declaration of indices 0 .. classes - 1. */
  indices(shape: readonly number[], classes: number, batched: boolean): Value {
    const whole = this.chance(40) ? "constantIndices" : "wholeIndices";
    const kind = batched ? "indices" : whole;
    const value = { name: this.#name(kind), shape, batched, classes };
    const data = Array.from({ length: batched ? this.examples : 1 }, () =>
      Array.from({ length: sizeOf(shape) }, () => this.roll(classes)),
    );
    this.#declare({ kind, value, data });
    return value;
  }

  #declare(leaf: Leaf): void {
    this.leaves.push(leaf);
    this.trace.addLeaf(leaf);
  }

  #leafKind(): LeafKind {
    if (!this.batched)
      return this.pick(["param", "param", "whole", "constant", "frozen"]);
    return this.pick([
      ...(["param", "param", "param", "input", "input", "input"] as const),
      ...(["constant", "frozen", "whole"] as const),
    ]);
  }

  #name(kind: LeafKind): string {
    const letter = { param: "w", frozen: "f", constant: "c" } as const;
    const of = (letter as Partial<Record<LeafKind, string>>)[kind] ?? "x";
    return `${of}${String(this.leaves.length + 1)}`;
  }

  /** Three decimals; in the pool of kinks few numbers, so that many are equal, and 0 and -0 among them. */
  #number(): number {
    if (this.pool === "kinks")
      return this.pick([-2, -1, -0.5, -0, 0, 0, 0.5, 1, 1, 2, 3]);
    if (this.pool === "unguarded" && this.chance(8))
      return this.pick([0, -0, 1, -1, 1e300, -1e300, 1e-300, 30, -800]);
    return (this.roll(4001) - 2000) / 1000;
  }

  /** A choice of one attribute of the operator. */
  choose(attribute: string, except: readonly string[] = []): string {
    const all = this.#operator?.attributes?.[attribute] ?? [];
    const able = all.filter((c) => !except.includes(c));
    const wanted = this.#wanted;
    const choice =
      wanted?.attribute === attribute && able.includes(wanted.choice)
        ? wanted.choice
        : this.pick(able);
    this.#choices[attribute] = choice;
    return choice;
  }

  /** As `choose`, for "omitted", "first", "last" and "negative" axes. */
  axis(
    rank: number,
    attribute: string,
    except: readonly string[] = [],
  ): number | undefined {
    const none = rank === 0 ? ["first", "last", "negative"] : [];
    switch (this.choose(attribute, [...none, ...except])) {
      case "omitted":
        return undefined;
      case "first":
        return 0;
      case "negative":
        return -1 - this.roll(rank);
      default:
        return rank - 1;
    }
  }

  /** `x` brought into a domain by further calls where it is outside and the pool wants it inside. */
  guard(x: Value, domain: Domain): Value {
    if (this.pool === "unguarded") return x;
    if (this.trace.numbers(x).every((n) => holds[domain](n))) return x;
    switch (domain) {
      case "any":
      case "small":
        return this.append("tanh", [x]);
      case "unit":
        return this.append("sigmoid", [this.guard(x, "small")]);
      case "positive":
      case "atLeastOne": {
        const raised = this.append("softplus", [this.guard(x, "any")]);
        return this.append("add", [raised, domain === "positive" ? 0.5 : 1]);
      }
    }
  }

  /** Appends a call of a row that takes the operands it is given. */
  append(name: string, operands: readonly (Value | number)[]): Value {
    const operator = this.operatorOf(name);
    const call = operator.of?.(operands);
    if (call === undefined) throw new Error(`${name} takes no given operands`);
    return this.#push({ ...call, callee: name }, {});
  }

  /** Appends a random call of an operator; undefined where it finds nothing to work on. */
  draw(
    operator: Operator,
    preferred?: Value,
    wanted?: Wanted,
  ): Value | undefined {
    const outer = [this.#operator, this.#choices, this.#preferred] as const;
    this.#operator = operator;
    this.#wanted = wanted;
    this.#choices = {};
    this.#preferred = preferred;
    try {
      const drawn = operator.draw(this);
      if (drawn === undefined) return undefined;
      if (preferred !== undefined && this.#preferred !== undefined)
        return undefined;
      const scope = this.chance(3)
        ? { scope: `part${String(this.steps.length)}` }
        : {};
      const call = { ...drawn, ...scope, callee: operator.name };
      return this.#push(call, this.#choices);
    } finally {
      [this.#operator, this.#choices, this.#preferred] = outer;
      this.#wanted = undefined;
    }
  }

  /** What `make` makes of the draft; where that is nothing the draft is what it was. */
  attempt<T>(make: () => T | undefined): T | undefined {
    const [leaves, steps] = [this.leaves.length, this.steps.length];
    const made = make();
    if (made === undefined) {
      this.leaves.length = leaves;
      this.steps.length = steps;
    }
    return made;
  }

  /** A call as rows return it. */
  call(
    args: readonly Argument[],
    meaning: Drawn["meaning"],
    more: Partial<Drawn> = {},
  ): Drawn {
    return { args, meaning, ...more };
  }

  #push(call: Call, choices: Readonly<Record<string, string>>): Value {
    const batched =
      call.drawsBatch === true ||
      (call.whole !== true && operandsOf(call).some((v) => v.batched));
    const name = `v${String(this.steps.length + 1)}`;
    const named = { name, batched, shape: [] as number[] };
    const grid = this.trace.addStep({ value: named, call });
    named.shape.push(...grid.shape);
    this.steps.push({ value: named, call, choices });
    return named;
  }
}
