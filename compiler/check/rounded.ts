import { topological, type Node } from "../../dsl/graph.js";
import { importFloat32, type Floats, type HandleOf } from "./emitted.js";
import {
  filledHandle,
  leavesOf,
  leavesOfUpdate,
  numbersFrom,
  startingState,
  windowOf,
} from "./given.js";
import { checkPredict, checkSaved } from "./handle.js";
import { InternalError } from "../diagnostics.js";
import { dtypes } from "../emit/dtype.js";
import type { ModulePlan } from "../emit/module.js";
import { interpret, type Rounding, type Values } from "../interpret.js";
import { ofNumbers } from "../kernels/ofNumbers.js";

/**
 * What rounding explains is the largest change in so many draws: few show most of it, more are drawn where they do not.
 * A change only grows with more draws, so that few of them are enough where they are.
 */
const draws = [6, 24, 400] as const;

/**
 * How often the largest change may be seen: of 6,666 gradients of random programs in float32 none changed by more than 0.97
 * of the largest of 24 draws.
 */
const mostChanges = 2;

/** The relative error of rounding to float32, and the absolute one below its normal numbers. */
const u = 2 ** -24;
const least = 2 ** -150;

/** What float32 rounds to infinity: half a digit above its largest number. */
const tooLarge = 2 ** 128 * (1 - 2 ** -25);

/** Rounding by as much as float32 may, up or down as the numbers from -1 to 1 say. */
const noisy =
  (next: () => number): Rounding["round"] =>
  (x) => {
    if (Math.abs(x) >= tooLarge) return Math.sign(x) * Infinity;
    const error = Math.max(u * Math.abs(x), least);
    return x === 0 ? x : x + (next() < 0 ? -error : error);
  };

/** A value of a program, what the module made of it, and how many examples it is the mean of. */
export interface Rounded {
  readonly what: string;
  readonly value: Node;
  readonly got: Values;
  readonly mean: number;
}

/**
 * Holds what a module computed in float32 against the interpreter. What an entry may be off by is what rounding every
 * operation up or down at random changes it by; where it overflows then, nothing is known of it.
 *
 * @throws InternalError where rounding does not explain the difference.
 */
export function withinRounding(
  all: readonly Rounded[],
  leaves: ReadonlyMap<Node, Values>,
  n: number,
  math: ModulePlan["math"],
  next: () => number,
): void {
  const roots = all.map((r) => r.value);
  const exact = ofNumbers(topological(roots), isRounded);
  const truth = interpret(roots, leaves, n, math);
  const changes = all.map(({ got }) => new Float64Array(got.length));
  let drawn = 0;
  let fault: string | undefined;
  for (const count of draws) {
    for (; drawn < count; drawn++) {
      const rounding = { round: noisy(next), exact };
      const values = interpret(roots, leaves, n, math, rounding);
      all.forEach(({ value }, i) => {
        widen(changes[i] as Float64Array, values.get(value), truth.get(value));
      });
    }
    fault = all
      .map((r, i) =>
        faultIn(r, truth.get(r.value) as Values, changes[i] as Float64Array),
      )
      .find((f) => f !== undefined);
    if (fault === undefined) return;
  }
  throw new InternalError(fault ?? "");
}

/** What a module may add up where it lies, in an array of float32, and its tables. */
const isRounded = ({ op }: Node): boolean =>
  op.kind === "reduce" ||
  op.kind === "contract" ||
  op.kind === "scatter" ||
  (op.kind === "constant" && op.data.length > 1);

/** The largest change of each entry; NaN where it is not finite. */
function widen(
  changes: Float64Array,
  drawn: Values = [],
  truth: Values = [],
): void {
  for (let i = 0; i < changes.length; i++)
    changes[i] = Math.max(
      changes[i] as number,
      finite(Math.abs((drawn[i] as number) - (truth[i] as number))),
    );
}

const finite = (x: number): number => (x < Infinity ? x : NaN);

function faultIn(
  { what, got, mean }: Rounded,
  truth: Values,
  changes: Float64Array,
): string | undefined {
  for (let i = 0; i < got.length; i++) {
    const want = (truth[i] as number) / mean;
    const change = (changes[i] as number) / mean;
    // Where rounding overflows, or the value is no number, nothing is known.
    if (Number.isNaN(change)) continue;
    // The mean is one more operation, storing it another.
    const bound = mostChanges * (change + u * Math.abs(want) + least);
    const error = Math.abs((got[i] as number) - want);
    if (!(error <= bound))
      return `${what}[${String(i)}] of the emitted module is ${String(got[i])}, the interpreter says ${String(want)}, and rounding to ${dtypes.f32.word} explains ${bound.toExponential(1)}`;
  }
  return undefined;
}

const nameOf = (leaf: Node): string =>
  leaf.op.kind === "leaf" ? leaf.op.name : "";

/** What a handle of float32 makes of its examples, and of one step of its optimizer. */
export function checkRounded(
  { programs, math }: ModulePlan,
  net: HandleOf<Floats>,
  leaves: ReadonlyMap<Node, Values>,
  n: number,
  next: () => number,
): void {
  const { forward, backward, average, update, states } = programs;
  net.forward(n);
  const outputs = [...forward.outputs].map(([key, value]) => ({
    what: `output ${key}`,
    value,
    got: (net.outputs[key] as Floats).slice(),
    mean: 1,
  }));
  net.backward(n);
  const mean = average.updates.size > 0 ? n : 1;
  const learned: Rounded[] = [
    ...[...backward.updates].map(([p, value]) => ({
      what: `what training keeps in ${nameOf(p)}`,
      value,
      got: windowOf(p, net.params),
      mean: 1,
    })),
    ...[...backward.gradients].map(([p, value]) => ({
      what: `gradient of ${nameOf(p)}`,
      value,
      got: windowOf(p, net.grads),
      mean,
    })),
  ];
  const { loss } = backward;
  if (loss !== undefined)
    learned.push({ what: "loss", value: loss, got: net.loss.slice(), mean: 1 });
  withinRounding([...outputs, ...learned], leaves, n, math, next);

  const before = leavesOfUpdate(programs, net, {
    param: net.params,
    gradient: net.grads,
    state: startingState(states),
  });
  net.update();
  const updated = [...update.updates].flatMap(([leaf, value]) =>
    leaf.op.kind === "leaf" && leaf.op.space === "param"
      ? [
          {
            what: `${leaf.op.name} after an update`,
            value,
            got: windowOf(leaf, net.params),
            mean: 1,
          },
        ]
      : [],
  );
  withinRounding(updated, before, n, math, next);
}

/** The handles of a module in float32, each tier by itself. */
export async function checkFloat32(
  plan: ModulePlan,
  script: string,
  n: number,
): Promise<void> {
  const tiers = plan.tiers ? ([{}, globalThis] as const) : ([{}] as const);
  for (const surroundings of tiers) {
    const module = await importFloat32(script, surroundings);
    const net = filledHandle(plan, module, n);
    if (surroundings === globalThis && net.tier !== "wasm")
      throw new InternalError("the engine does not take the WebAssembly");
    checkRounded(plan, net, leavesOf(plan, net), n, numbersFrom(11));
    checkPredict(plan, net);
    checkSaved(module, net, n);
  }
}
