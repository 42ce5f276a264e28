/** Values and gradients of a compiled program against the tape, dual numbers and central differences. */
import { simulated, type Id, type Tape } from "../oracles/tape.js";
import { Random } from "../support/random.js";
import { Fault, trainableIds, type Checked, type Numbers } from "./check.js";
import { centralDifference, K, u } from "./differences.js";
import type { Program } from "./program.js";
import { traceOf, type Trace } from "./trace.js";

/** What rounding explains is the largest of so many draws: few show most of it, more are drawn where they do not. */
const draws = [24, 400] as const;

/** What a program means when it trains, and when it predicts: the same trace where they do not differ. */
export interface Traces {
  readonly train: Trace;
  readonly predict: Trace;
}

export function checkDerivatives(
  p: Program,
  { train, predict }: Traces,
  n: number,
  got: Numbers,
): Checked {
  const random = new Random(n);
  const loss = train.mean(p.loss);
  const leaves = trainableIds(train);
  const gradients = gradientsOf(train, loss, leaves);
  const out: Named = {
    ids: outputsOf(p, predict),
    of: [],
    numbers: p.outputs.flatMap((v) => got.outputs.get(v.name) ?? []),
    name: (i) => `output entry ${String(i)}`,
    dense: () => {
      const trace = traceOf(p, n, predict.mode, "dense");
      return outputsOf(p, trace).map((id) => trace.tape.value(id));
    },
  };
  const learned: Named = {
    ids: [loss, ...gradients],
    of: [loss],
    numbers: [got.loss, ...got.grads],
    name: (i) => (i === 0 ? "loss" : `gradient ${String(i - 1)}`),
    dense: () => {
      const trace = traceOf(p, n, train.mode, "dense");
      const mean = trace.mean(p.loss);
      const all = gradientsOf(trace, mean, trainableIds(trace));
      return [mean, ...all].map((id) => trace.tape.value(id));
    },
  };
  const ratios = [
    worstOf(p, train.tape, n, learned, random),
    worstOf(p, predict.tape, n, out, random),
  ];
  const held = ratios.filter((ratio) => ratio !== undefined);
  const undecided = ratios.length - held.length;
  const numbers = [...learned.numbers, ...out.numbers];
  const spoken =
    undecided === 0 && finite(numbers)
      ? checkDirections(p, train, loss, leaves, gradients, got, random)
      : { differences: 0, unsure: 0 };
  const worstRatio = Math.max(0, ...held);
  return { ...spoken, undecided, worstRatio, gradients: gradients.length };
}

const outputsOf = (p: Program, trace: Trace): Id[] =>
  p.outputs.flatMap((v) => trace.all(v).flatMap((g) => [...g.ids]));

const gradientsOf = (trace: Trace, loss: Id, leaves: readonly Id[]): Id[] =>
  trace.tape.derive(loss, leaves).map((d) => d ?? trace.tape.constant(0));

/** Numbers of a module, and what they are on a tape. */
interface Named {
  readonly ids: readonly Id[];
  /** What all of them are derivatives of. */
  readonly of: readonly Id[];
  readonly numbers: readonly number[];
  readonly name: (i: number) => string;
  /** The same numbers on a tape that is read densely. */
  readonly dense: () => readonly number[];
}

/**
 * How far numbers are from those of the tape, the worst, in units of what rounding explains; undefined where they are
 * further, but all that are depend on a choice that rounding makes: a comparison of what is equal but for it.
 */
function worstOf(
  p: Program,
  tape: Tape,
  n: number,
  { ids, of, numbers, name, dense }: Named,
  random: Random,
): number | undefined {
  const up = (): boolean => random.bits() % 2 === 0;
  const wants = ids.map((id) => tape.value(id));
  let densely: readonly number[] | undefined;
  const off = numbers.flatMap((x, i) => {
    const want = wants[i] as number;
    if (Object.is(x, want) || x === want) return [];
    if (Number.isFinite(x) && Number.isFinite(want)) return [i];
    // Where one overflows the other is near the limit.
    if (Math.abs(x) > 1e300 && Math.abs(want) > 1e300) return [];
    // Cotangents of modules are whole tensors: their zeros may make NaN where PyTorch's do, and nowhere else.
    if (Number.isNaN(x) && Number.isNaN((densely ??= dense())[i])) return [];
    // What overflows in one order of factors may not in another, and what it meets decides what becomes of it.
    if (p.pool === "unguarded" && tape.overflows(ids[i] as Id)) return [];
    throw new Fault(
      `${name(i)} for ${String(n)} is ${String(x)}, the tape says ${String(want)}`,
    );
  });
  const ratiosOf = (count: number, size?: number): number[] => {
    const chosen = off.map((i) => ids[i] as Id);
    const room = tape.condition(chosen, count, up, size);
    return off.map((i, k) => {
      // Beyond the limits of doubles nothing is known of rounding.
      if (p.pool === "unguarded" && !Number.isFinite(room[k] ?? NaN)) return 0;
      const want = wants[i] as number;
      const allowed = (room[k] as number) + u * Math.abs(want) + 1e-300;
      return Math.abs((numbers[i] as number) - want) / allowed;
    });
  };
  if (off.length === 0) return 0;
  const tooMuch = (ratio: number): boolean => !(ratio <= K);
  let ratios = ratiosOf(draws[0]);
  if (ratios.some(tooMuch)) ratios = ratiosOf(draws[1]);
  if (ratios.some(tooMuch)) {
    const near = ratiosOf(draws[1], simulated.small);
    ratios = ratios.map((r, k) => (tooMuch(r) ? (near[k] as number) : r));
  }
  const worst = ratios.findIndex(tooMuch);
  if (worst >= 0) {
    const choices = tape.undecided(K * u, draws[0], up);
    const ofRounding = (i: number): boolean =>
      [ids[i] as Id, ...of].some((id) => {
        const sources = tape.sourcesOf(id);
        return [...choices].some((choice) => sources.has(choice));
      });
    if (off.every((i, k) => !tooMuch(ratios[k] as number) || ofRounding(i)))
      return undefined;
    const i = off[worst] as number;
    throw new Fault(
      `${name(i)} for ${String(n)} is ${String(numbers[i])}, the tape says ${String(wants[i])}: ${String(ratios[worst]?.toFixed(2))} times what rounding explains`,
    );
  }
  return Math.max(...ratios);
}

const finite = (numbers: readonly number[]): boolean =>
  numbers.every((x) => Number.isFinite(x));

/** The slope of the loss in a few directions: gradient times direction, dual numbers, central differences. */
function checkDirections(
  p: Program,
  trace: Trace,
  loss: Id,
  leaves: readonly Id[],
  gradients: readonly Id[],
  got: Numbers,
  random: Random,
): Pick<Checked, "differences" | "unsure"> {
  const { tape } = trace;
  const up = (): boolean => random.bits() % 2 === 0;
  const [noise = NaN] = tape.condition([loss], draws[0], up);
  let [differences, unsure] = [0, 0];
  for (let k = 0; k < 2; k++) {
    const along = leaves.map(() => (random.roll(2001) - 1000) / 1000);
    const directions = new Map(leaves.map((id, i) => [id, along[i] as number]));
    const want = got.grads.reduce((s, g, i) => s + g * (along[i] as number), 0);
    const dual = tape.forward(directions, loss)[loss] as number;
    const slope = tape.sum(
      gradients.map((g, i) => tape.mul(g, tape.constant(along[i] as number))),
    );
    const size = got.grads.reduce(
      (s, g, i) => s + Math.abs(g * (along[i] as number)),
      0,
    );
    const allowed = (count: number): number => {
      const [room = 0] = tape.condition([slope], count, up);
      return K * (room + u * size) + 1e-300;
    };
    if (
      Number.isFinite(dual) &&
      draws.every((count) => Math.abs(dual - want) > allowed(count))
    )
      throw new Fault(
        `slope in direction ${String(k)} is ${String(want)}, dual numbers say ${String(dual)}, more than rounding explains`,
      );
    if (p.pool !== "plain") continue;
    const found = centralDifference(tape, loss, directions, got.grads, noise);
    if (found === undefined) continue;
    // Whatever it knows it is held against; it counts where that is six digits of the slope, or of a thousandth of its terms.
    const scale = Math.max(Math.abs(want), 1e-3 * size, 1e-3);
    if (found.doubt <= 1e-6 * scale) differences += 1;
    else unsure += 1;
    const off = Math.abs(found.slope - want);
    if (off > found.doubt && off > found.doubt + allowed(draws[0]))
      throw new Fault(
        `slope in direction ${String(k)} is ${String(want)}, central differences say ${String(found.slope)}, give or take ${String(found.doubt)}`,
      );
  }
  return { differences, unsure };
}
