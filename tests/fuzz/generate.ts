/** Random programs: valid by construction, led by the pairs of operators that coverage wants. */
import { sizeOf } from "../oracles/grid.js";
import { Random } from "../support/random.js";
import { Draft } from "./draft.js";
import type { Operator } from "./operator.js";
import { operandsOf, type Pool, type Program, type Value } from "./program.js";
import { operatorOf, operators } from "./rows/index.js";
import { optimizerOf } from "./training.js";

/** A producer whose result is an operand of a consumer. */
export type Pair = readonly [producer: Operator, consumer: Operator];

/** Pairs that shapes do not exclude. */
export const legalPairs: readonly Pair[] = operators.flatMap((producer) =>
  operators
    .filter(
      (consumer) =>
        consumer.source !== true &&
        !(producer.scalar === true && (consumer.rank ?? 0) > 0),
    )
    .map((consumer) => [producer, consumer] as const),
);

/** Every attribute of every operator with each of its choices. */
const wishes = operators.flatMap((operator) =>
  Object.entries(operator.attributes ?? {}).flatMap(([attribute, choices]) =>
    choices.map((choice) => ({ operator, attribute, choice })),
  ),
);

/** Those whose consumer takes the result as it is only where nothing is guarded. */
const narrowPairs = legalPairs.filter(([, { narrow }]) => narrow === true);

export const examples = 3;
/** Numbers on the tape before no further operator is added. */
const longest = 6000;

/** Program number `index` of a seed. */
export function generate(seed: number, index: number): Program {
  const random = new Random(seed * 1_000_003 + index);
  const pool: Pool =
    index % 10 === 9 ? "unguarded" : index % 6 === 1 ? "kinks" : "plain";
  const draft = new Draft(
    random.bits(),
    examples,
    pool,
    operatorOf,
    !random.chance(15),
  );
  for (const pair of pairsOf(seed, index, pool)) drawPair(draft, pair);
  const wish = wishes[index % wishes.length];
  if (wish !== undefined)
    draft.attempt(() => draft.draw(wish.operator, undefined, wish));
  return finished(draft, random);
}

/** What a program is to have: two pairs that are next, and one more of those that have been missed most likely. */
export function pairsOf(seed: number, index: number, pool: Pool): Pair[] {
  const start = new Random(seed).bits();
  const next = [2 * index, 2 * index + 1].map((k) =>
    pairAt(legalPairs, start + k),
  );
  const further =
    pool === "unguarded"
      ? pairAt(narrowPairs, start + Math.floor(index / 10))
      : pairAt(legalPairs, start + Math.floor(legalPairs.length / 2) + index);
  return [...next, further];
}

/** Number `at` of a list that is gone through in steps, so that neighbours have nothing in common. */
function pairAt(pairs: readonly Pair[], at: number): Pair {
  // A step that has no divisor in common with the length visits every pair.
  const step = strideFor(pairs.length);
  return pairs[((at % pairs.length) * step) % pairs.length] as Pair;
}

function strideFor(length: number): number {
  const divisor = (a: number, b: number): number =>
    b === 0 ? a : divisor(b, a % b);
  let stride = Math.floor(length * 0.618);
  while (divisor(length, stride) !== 1) stride += 1;
  return stride;
}

const tries = { producer: 20, consumer: 4 } as const;

/** Appends both, or nothing. */
function drawPair(draft: Draft, [producer, consumer]: Pair): void {
  for (let k = 0; k < tries.producer; k++) {
    if (draft.trace.tape.length > longest) return;
    const made = draft.attempt(() => {
      const value = draft.draw(producer);
      if (value === undefined || !reasonable(draft, value)) return undefined;
      for (let i = 0; i < tries.consumer; i++) {
        const used = draft.attempt(() => {
          const made = draft.draw(consumer, value);
          return made !== undefined && reads(draft, made, value)
            ? made
            : undefined;
        });
        if (used !== undefined) return used;
      }
      return undefined;
    });
    if (made !== undefined) return;
  }
}

/** True where a call has the value itself as an operand, not what was made of it to suit the call. */
const reads = (draft: Draft, made: Value, value: Value): boolean =>
  draft.steps.some(
    (s) => s.value === made && operandsOf(s.call).includes(value),
  );

const reasonable = (draft: Draft, v: Value): boolean =>
  sizeOf(v.shape) <= 100 && draft.trace.tape.length <= longest;

/** Values of which the loss would not depend: a step such as x^0 makes nothing of them, nor of what they are made of. */
function unread(draft: Draft, terms: readonly Value[]): Value[] {
  const { tape } = draft.trace;
  const ids = terms.flatMap((v) => draft.trace.all(v).flatMap((g) => g.ids));
  const sources = ids.map((id) => tape.sourcesOf(id));
  const declared = draft.leaves
    .filter(({ kind }) => ["input", "whole", "param"].includes(kind))
    .map(({ value }) => value);
  return [...declared, ...draft.steps.map(({ value }) => value)]
    .filter((v) =>
      draft.trace
        .all(v)
        .every((g) => g.ids.every((id) => !sources.some((s) => s.has(id)))),
    )
    .filter((v) => draft.steps.some((s) => operandsOf(s.call).includes(v)));
}

/** Every value that nobody uses goes into the loss, each entry with a weight of its own. */
function finished(draft: Draft, random: Random): Program {
  if (draft.steps.length === 0) draft.append("neg", [draft.leaf([2])]);
  const inner = draft.steps.map((s) => s.value);
  const used = new Set(draft.steps.flatMap((s) => operandsOf(s.call)));
  const sinks = inner.filter((v) => !used.has(v));
  const terms = sinks.map((v) => {
    const x = draft.guard(v, "any");
    const kind = random.chance(30) ? "param" : "constant";
    const weights = draft.leaf(x.shape, kind);
    const weighted = draft.append("mul", [x, weights]);
    return x.shape.length === 0 ? weighted : draft.append("sum", [weighted]);
  });
  if (!draft.leaves.some((l) => l.kind === "param")) {
    const weight = draft.leaf([], "param");
    terms[0] = draft.append("mul", [terms[0] as Value, weight]);
  }
  for (const v of unread(draft, terms)) {
    const x = draft.guard(v, "any");
    const weighted = draft.append("mul", [x, draft.leaf(x.shape, "constant")]);
    terms.push(draft.append("sum", [weighted]));
  }
  const loss = terms.reduce((s, v) => draft.append("add", [s, v]));
  const read = new Set(draft.steps.flatMap((s) => operandsOf(s.call)));
  return {
    leaves: draft.leaves.filter((l) => read.has(l.value)),
    steps: draft.steps,
    outputs: random.shuffled(inner).slice(0, 1 + random.roll(3)),
    loss,
    optimizer: optimizerOf(random),
    examples: draft.examples,
    pool: draft.pool,
  };
}
