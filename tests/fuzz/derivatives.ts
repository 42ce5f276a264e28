/** Values and gradients of a compiled program against the tape, dual numbers and central differences. */
import type { Id } from "../oracles/tape.js";
import { Random } from "../support/random.js";
import { Fault, trainableIds, type Checked, type Numbers } from "./check.js";
import type { Program } from "./program.js";
import type { Trace } from "./trace.js";

/** A result may be off by this many times what rounding explains (measured: 0.97 at most over 6,666 gradients). */
const K = 2;
const draws = 24;
const u = 2 ** -53;

/** Central differences agree within this, relative to the larger of the slope and a thousandth of the gradient. */
const mostDifference = 1e-6;

export function checkDerivatives(
  p: Program,
  trace: Trace,
  n: number,
  got: Numbers,
): Checked {
  const { tape } = trace;
  const random = new Random(n);
  const up = (): boolean => random.bits() % 2 === 0;
  const loss = trace.mean(p.loss);
  const leaves = trainableIds(trace);
  const derived = tape.derive(loss, leaves);
  const gradients = derived.map((d) => d ?? tape.constant(0));
  const outputs = p.outputs.flatMap((v) => trace.all(v).flatMap((g) => g.ids));
  const ids = [loss, ...outputs, ...gradients];
  const numbers = [
    got.loss,
    ...p.outputs.flatMap((v) => got.outputs.get(v.name) ?? []),
    ...got.grads,
  ];
  const room = tape.condition(ids, draws, up);
  const what = (i: number): string =>
    i === 0
      ? "loss"
      : i <= outputs.length
        ? `output entry ${String(i - 1)}`
        : `gradient ${String(i - 1 - outputs.length)}`;
  let worstRatio = 0;
  numbers.forEach((x, i) => {
    const want = tape.value(ids[i] as Id);
    if (Object.is(x, want) || x === want) return;
    if (!Number.isFinite(x) || !Number.isFinite(want)) {
      if (Number.isNaN(x) === Number.isNaN(want) && !Number.isNaN(x)) {
        // Where one overflows the other is near the limit.
        if (Math.abs(x) > 1e300 && Math.abs(want) > 1e300) return;
      }
      throw new Fault(
        `${what(i)} for ${String(n)} is ${String(x)}, the tape says ${String(want)}`,
      );
    }
    // Beyond the limits of doubles nothing is known of rounding.
    if (p.pool === "unguarded" && !Number.isFinite(room[i] ?? NaN)) return;
    const allowed = (room[i] as number) + u * Math.abs(want) + 1e-300;
    const ratio = Math.abs(x - want) / allowed;
    if (Number.isNaN(ratio) || ratio > K)
      throw new Fault(
        `${what(i)} for ${String(n)} is ${String(x)}, the tape says ${String(want)}: ${ratio.toFixed(2)} times what rounding explains`,
      );
    worstRatio = Math.max(worstRatio, ratio);
  });
  const differences = finite(numbers)
    ? checkDirections(p, trace, loss, leaves, gradients, got, random)
    : 0;
  return { differences, worstRatio, gradients: gradients.length };
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
    const [room = 0] = tape.condition([slope], draws, up);
    const size = got.grads.reduce(
      (s, g, i) => s + Math.abs(g * (along[i] as number)),
      0,
    );
    const allowed = K * (room + u * size);
    if (Number.isFinite(dual) && Math.abs(dual - want) > allowed + 1e-300)
      throw new Fault(
        `slope in direction ${String(k)} is ${String(want)}, dual numbers say ${String(dual)} (allowed ${allowed.toExponential(1)})`,
      );
    if (p.pool === "plain") {
      const found = centralDifference(trace, loss, directions);
      if (found === undefined) continue;
      spoken += 1;
      const scale = Math.max(Math.abs(want), 1e-3 * size, 1e-3);
      if (Math.abs(found.slope - want) > mostDifference * scale + found.doubt)
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
