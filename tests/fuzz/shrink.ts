/** Makes a program that fails smaller, as long as it fails. */
import { sizeOf } from "../oracles/grid.js";
import {
  isCode,
  operandsOf,
  type Leaf,
  type Program,
  type Step,
  type Value,
} from "./program.js";

/** Candidates that are tried before shrinking stops. */
const mostTries = 150;

/**
 * The smallest program that fails found by cutting steps off, taking loss terms away and shortening leaves.
 *
 * @param fails whether a program still fails; one that cannot even be made does not.
 */
export async function shrink(
  program: Program,
  fails: (p: Program) => Promise<boolean>,
): Promise<Program> {
  let best = program;
  let tries = 0;
  for (let progress = true; progress && tries < mostTries;) {
    progress = false;
    for (const candidate of candidates(best)) {
      tries += 1;
      if (tries > mostTries) break;
      if (!(await fails(candidate))) continue;
      best = candidate;
      progress = true;
      break;
    }
  }
  return best;
}

function* candidates(p: Program): Generator<Program> {
  yield* withoutTerms(p);
  yield* withoutSteps(p);
  for (const output of p.outputs)
    if (p.outputs.length > 1)
      yield tidy({ ...p, outputs: p.outputs.filter((v) => v !== output) });
  if (p.optimizer !== "sgd(0.1)") yield { ...p, optimizer: "sgd(0.1)" };
  yield* shorter(p);
}

/** The loss is a chain of sums: one of both sides is enough. */
function* withoutTerms(p: Program): Generator<Program> {
  for (const step of [...p.steps].reverse()) {
    if (step.call.callee !== "add") continue;
    for (const operand of operandsOf(step.call))
      if (operand.shape.join() === step.value.shape.join())
        yield replaced(p, step.value, operand);
  }
}

/** A step becomes a declaration: what it was made of is no longer needed. */
function* withoutSteps(p: Program): Generator<Program> {
  for (const step of [...p.steps].reverse()) {
    if (step.value === p.loss) continue;
    const { name, shape, batched } = step.value;
    const kinds = batched
      ? (["input"] as const)
      : (["param", "whole"] as const);
    for (const kind of kinds) {
      const value = { name: `${name}x`, shape, batched };
      const rows = batched ? p.examples : 1;
      const data = Array.from({ length: rows }, (_, e) =>
        Array.from(
          { length: sizeOf(shape) },
          (_, i) => 0.5 + 0.25 * e + 0.125 * i,
        ),
      );
      const leaf: Leaf = { kind, value, data };
      yield replaced({ ...p, leaves: [...p.leaves, leaf] }, step.value, value);
    }
  }
}

/** One leaf with one dimension less long; most programs do not allow it. */
function* shorter(p: Program): Generator<Program> {
  for (const leaf of p.leaves)
    for (const [axis, d] of leaf.value.shape.entries()) {
      if (d === 1) continue;
      const shape = leaf.value.shape.with(axis, d - 1);
      const value = { ...leaf.value, shape };
      const data = leaf.data.map((row) => row.slice(0, sizeOf(shape)));
      const leaves = p.leaves.map((l) =>
        l === leaf ? { ...l, value, data } : l,
      );
      yield replaced({ ...p, leaves }, leaf.value, value);
    }
}

/** A program in which one value stands for another. */
function replaced(p: Program, from: Value, to: Value): Program {
  const now = (v: Value): Value => (v === from ? to : v);
  const steps = p.steps.map((step): Step => {
    if (!operandsOf(step.call).includes(from)) return step;
    const { args, on, meaning, ...rest } = step.call;
    return {
      ...step,
      call: {
        ...rest,
        args: args.map((a) => substituted(a, from, to)),
        ...(on !== undefined && {
          on: on.map((a) => substituted(a, from, to)),
        }),
        meaning: (c) =>
          meaning({
            ...c,
            of: (v) => c.of(now(v)),
            all: (v) => c.all(now(v)),
            integers: (v) => c.integers(now(v)),
            allIntegers: (v) => c.allIntegers(now(v)),
          }),
      },
    };
  });
  return tidy({ ...p, steps, loss: now(p.loss), outputs: p.outputs.map(now) });
}

type Argument = Step["call"]["args"][number];

function substituted(a: Argument, from: Value, to: Value): Argument {
  if (a === from) return to;
  if (Array.isArray(a))
    return (a as Argument[]).map((v) => substituted(v, from, to));
  if (typeof a !== "object" || "name" in a) return a;
  if (isCode(a))
    return { ...a, reads: a.reads.map((v) => (v === from ? to : v)) };
  return Object.fromEntries(
    Object.entries(a as Readonly<Record<string, Argument>>).map(([key, v]) => [
      key,
      substituted(v, from, to),
    ]),
  );
}

/** Without steps and leaves that neither the loss nor an output needs. */
function tidy(p: Program): Program {
  const needed = new Set<Value>([p.loss, ...p.outputs]);
  for (const { value, call } of [...p.steps].reverse())
    if (needed.has(value)) for (const v of operandsOf(call)) needed.add(v);
  return {
    ...p,
    steps: p.steps.filter((s) => needed.has(s.value)),
    leaves: p.leaves.filter((l) => needed.has(l.value)),
  };
}
