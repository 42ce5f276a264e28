/** Values and gradients of a compiled program against the tape, dual numbers and central differences. */
import type { Id, Tape } from "../oracles/tape.js";
import { Random } from "../support/random.js";
import { Fault, trainableIds, type Checked, type Numbers } from "./check.js";
import type { Program } from "./program.js";
import { traceOf, type Trace } from "./trace.js";

/** A result may be off by this many times what rounding explains (measured: 0.97 at most over 6,666 gradients). */
const K = 2;
/** What rounding explains is the largest of so many draws: few show most of it, more are drawn where they do not. */
const draws = [24, 400] as const;
const u = 2 ** -53;

/** Central differences agree within this, relative to the larger of the slope and a thousandth of the gradient. */
const mostDifference = 1e-6;

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
    numbers: p.outputs.flatMap((v) => got.outputs.get(v.name) ?? []),
    name: (i) => `output entry ${String(i)}`,
    dense: () => {
      const trace = traceOf(p, n, predict.mode, "dense");
      return outputsOf(p, trace).map((id) => trace.tape.value(id));
    },
  };
  const learned: Named = {
    ids: [loss, ...gradients],
    numbers: [got.loss, ...got.grads],
    name: (i) => (i === 0 ? "loss" : `gradient ${String(i - 1)}`),
    dense: () => {
      const trace = traceOf(p, n, train.mode, "dense");
      const mean = trace.mean(p.loss);
      const all = gradientsOf(trace, mean, trainableIds(trace));
      return [mean, ...all].map((id) => trace.tape.value(id));
    },
  };
  const worstRatio = Math.max(
    worstOf(p, train.tape, n, learned, random),
    worstOf(p, predict.tape, n, out, random),
  );
  const numbers = [...learned.numbers, ...out.numbers];
  const differences = finite(numbers)
    ? checkDirections(p, train, loss, leaves, gradients, got, random)
    : 0;
  return { differences, worstRatio, gradients: gradients.length };
}

const outputsOf = (p: Program, trace: Trace): Id[] =>
  p.outputs.flatMap((v) => trace.all(v).flatMap((g) => [...g.ids]));

const gradientsOf = (trace: Trace, loss: Id, leaves: readonly Id[]): Id[] =>
  trace.tape.derive(loss, leaves).map((d) => d ?? trace.tape.constant(0));

/** Numbers of a module, and what they are on a tape. */
interface Named {
  readonly ids: readonly Id[];
  readonly numbers: readonly number[];
  readonly name: (i: number) => string;
  /** The same numbers on a tape that is read densely. */
  readonly dense: () => readonly number[];
}

/** How far numbers are from those of the tape, the worst, in units of what rounding explains. */
function worstOf(
  p: Program,
  tape: Tape,
  n: number,
  { ids, numbers, name, dense }: Named,
  random: Random,
): number {
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
    throw new Fault(
      `${name(i)} for ${String(n)} is ${String(x)}, the tape says ${String(want)}`,
    );
  });
  const ratiosOf = (count: number): number[] => {
    const chosen = off.map((i) => ids[i] as Id);
    const room = tape.condition(chosen, count, up);
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
  const worst = ratios.findIndex(tooMuch);
  if (worst >= 0) {
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
): number {
  const { tape } = trace;
  const up = (): boolean => random.bits() % 2 === 0;
  let spoken = 0;
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
    if (p.pool === "plain") {
      const found = centralDifference(trace, loss, directions);
      if (found === undefined) continue;
      spoken += 1;
      const scale = Math.max(Math.abs(want), 1e-3 * size, 1e-3);
      const off = Math.abs(found.slope - want);
      const room = mostDifference * scale + found.doubt;
      // Where contributions to a gradient nearly cancel, it is itself as uncertain as rounding explains.
      if (off > room && off > room + allowed(draws[0]))
        throw new Fault(
          `slope in direction ${String(k)} is ${String(want)}, central differences say ${String(found.slope)}`,
        );
    }
  }
  return spoken;
}

/** Slope by central differences with two widths; undefined across a kink, or where the widths do not agree. */
function centralDifference(
  { tape }: Trace,
  loss: Id,
  directions: ReadonlyMap<Id, number>,
): { readonly slope: number; readonly doubt: number } | undefined {
  const moved = (h: number): number | undefined => {
    const changed = new Map(
      [...directions].map(([id, d]) => [id, tape.value(id) + h * d]),
    );
    const { values, sameChoices } = tape.at(changed);
    return sameChoices ? values[loss] : undefined;
  };
  const central = (h: number): number | undefined => {
    const [above, below] = [moved(h), moved(-h)];
    return above === undefined || below === undefined
      ? undefined
      : (above - below) / (2 * h);
  };
  const [wide, narrow] = [central(2e-4), central(1e-4)];
  if (wide === undefined || narrow === undefined) return undefined;
  const slope = (4 * narrow - wide) / 3;
  const rounding = (16 * u * Math.abs(tape.value(loss))) / 1e-4;
  const doubt = Math.abs(wide - narrow) / 10 + rounding;
  return Number.isFinite(slope) && doubt < 1e-4 * Math.max(1, Math.abs(slope))
    ? { slope, doubt }
    : undefined;
}
