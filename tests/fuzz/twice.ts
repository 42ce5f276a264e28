/** Derivatives of what a program computes, as terms of its loss: training it derives them once more. */
import type { Grid } from "../oracles/grid.js";
import type { Id } from "../oracles/tape.js";
import { Random } from "../support/random.js";
import type { Call, Program, Step, Value } from "./program.js";
import { traceOf, type Trace } from "./trace.js";

/** Values of a program that are derived by one of its leaves: they read the same things. */
const mostDerivatives = 3;
/** Numbers on the tape up to which another derivative is taken. */
const longest = 12_000;
/** Entries of a derivative whose square is a term of the loss. */
const largest = 100;

/**
 * A program with squares of derivatives in its loss, some of them of such squares; undefined where it has none that are of
 * use.
 */
export function derivedTwice(p: Program, seed: number): Program | undefined {
  if (p.pool === "unguarded") return undefined;
  if (p.steps.some(({ call }) => call.once === true)) return undefined;
  const random = new Random(seed);
  const trace = traceOf(p, p.examples);
  const draft = new Derivatives(p, trace);
  const values = p.steps.map(({ value }) => value);
  const leaves = p.leaves
    .filter(({ kind }) => ["input", "whole", "param"].includes(kind))
    .map(({ value }) => value);
  for (const x of random.shuffled(leaves)) {
    const reading = random.shuffled(values.filter((y) => reads(trace, y, x)));
    for (const y of reading.slice(0, mostDerivatives)) draft.add(y, x);
    const [norm] = draft.norms;
    if (norm === undefined) continue;
    // With the loss's own that is the third derivative.
    if (random.chance(30) && reads(trace, norm, x)) draft.add(norm, x);
    return draft.program;
  }
  return undefined;
}

const idsOf = (trace: Trace, v: Value): Id[] =>
  trace.all(v).flatMap((g) => [...g.ids]);

/** True where y has a derivative by some entry of x. */
function reads(trace: Trace, y: Value, x: Value): boolean {
  const { tape } = trace;
  if (tape.length > longest) return false;
  const found = tape.derive(tape.sum(idsOf(trace, y)), idsOf(trace, x));
  return found.some((d) => d !== undefined);
}

/** A program that grows by derivatives. */
class Derivatives {
  readonly #p: Program;
  readonly #trace: Trace;
  readonly #steps: Step[] = [];
  /** Norms of the derivatives: terms of the loss. */
  readonly norms: Value[] = [];

  constructor(p: Program, trace: Trace) {
    this.#p = p;
    this.#trace = trace;
  }

  /** Appends the square of dy/dx, where its numbers are of use. */
  add(y: Value, x: Value): void {
    if (this.#trace.tape.length > longest) return;
    const before = this.#steps.length;
    const d = this.#gradient(this.#sum(y), x);
    const norm = this.#sum(this.#square(d));
    const isUseful = this.#trace
      .numbers(d)
      .every((v) => Number.isFinite(v) && Math.abs(v) <= largest);
    if (isUseful) this.norms.push(norm);
    else this.#steps.splice(before);
  }

  get program(): Program {
    const loss = this.norms.reduce((s, v) => this.#plus(s, v), this.#p.loss);
    return { ...this.#p, steps: [...this.#p.steps, ...this.#steps], loss };
  }

  #append(shape: readonly number[], batched: boolean, call: Call): Value {
    const name = `d${String(this.#steps.length + 1)}`;
    const value = { name, shape, batched };
    const step = { value, call, choices: {} };
    this.#steps.push(step);
    this.#trace.addStep(step);
    return value;
  }

  /** dy/dx, of the sum over the examples where there are several y. */
  #gradient(y: Value, x: Value): Value {
    const summed = y.batched && !x.batched;
    return this.#append(x.shape, x.batched, {
      callee: "gradient",
      args: [y, [x]],
      pick: 0,
      ...(summed && { whole: true, crosses: true }),
      meaning: (c) => {
        const total = c.tape.sum(c.all(y).map((g) => g.ids[0] as Id));
        return c.derive({ shape: [], ids: [total] }, c.of(x));
      },
    });
  }

  #sum(v: Value): Value {
    if (v.shape.length === 0) return v;
    return this.#append([], v.batched, {
      callee: "sum",
      args: [v],
      meaning: (c): Grid => ({ shape: [], ids: [c.tape.sum(c.of(v).ids)] }),
    });
  }

  #square(v: Value): Value {
    return this.#append(v.shape, v.batched, {
      callee: "square",
      args: [v],
      meaning: (c) => ({
        shape: v.shape,
        ids: c.of(v).ids.map((id) => c.tape.mul(id, id)),
      }),
    });
  }

  #plus(a: Value, b: Value): Value {
    return this.#append([], a.batched || b.batched, {
      callee: "add",
      args: [a, b],
      meaning: (c) => ({
        shape: [],
        ids: [c.tape.add(c.of(a).ids[0] as Id, c.of(b).ids[0] as Id)],
      }),
    });
  }
}
