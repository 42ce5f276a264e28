import {
  isLeaf,
  orderOf,
  sizeOf,
  type Node,
  type Program,
} from "../../dsl/graph.js";
import { outputsText } from "../command/quantities.js";
import { importScript } from "./emitted.js";
import { equalBits, type Verified } from "./example.js";
import { filledHandle, firstExample, mostWork, seed } from "./given.js";
import { same } from "./same.js";
import { checkPredict } from "./handle.js";
import type { Derived } from "../emit/fields.js";
import type { ModulePlan } from "../emit/module.js";
import { forwardParameters } from "../emit/plain.js";
import { interpret, type Values } from "../interpret.js";

/** The network that a module was frozen from. */
export interface Trained extends Derived {
  readonly params: Float64Array;
}

/**
 * Runs a module that only predicts against the interpreter, bit for bit, and compares it with the trained network.
 *
 * @throws InternalError where it differs from the interpreter: no file is written then.
 */
export async function frozenExampleOf(
  plan: ModulePlan,
  script: string,
  trained: Trained,
): Promise<Verified> {
  const { model, programs, math } = plan;
  const size = model.inputs.reduce((s, x) => s + sizeOf(x.shape), 0);
  if (size + trained.params.length > mostWork)
    return { text: "Not verified: too large for the interpreter." };
  const n = programs.batched ? 2 : 1;
  const module = await importScript(script, {});
  const net = filledHandle(plan, module, n);
  const leaves = leavesOf(programs.forward, net.inputs);
  const valuesFor = (examples: number): Map<string, Values> =>
    outputsOf(programs.forward, leaves, examples, math);
  net.forward(n);
  const all = valuesFor(n);
  for (const [key, values] of all)
    same(`output ${key}`, net.outputs[key] as Values, values);
  if (plan.plain !== undefined && module.forward !== undefined) {
    const want = [...valuesFor(1).values()].flatMap((v) => Array.from(v));
    const out = new Float64Array(want.length);
    const given = new Map<string, Values | number>([
      ["out", out],
      ["steps", 0],
      ["seed", seed],
      ...firstExample(model, module, leaves),
    ]);
    const run = module.forward as (...rest: (Values | number)[]) => void;
    run(
      ...forwardParameters(plan, plan.plain.forward).map(
        ({ name }) => given.get(name) as Values | number,
      ),
    );
    same("plain output", out, want);
  }
  checkPredict(plan, net);
  const before = leavesOf(trained.programs.forward, net.inputs, trained.params);
  // What trained it says nothing of its mathematics: that of engines moves the last bits.
  const wanted = outputsOf(trained.programs.forward, before, n, "exact");
  const error = Math.max(
    ...[...wanted].map(([key, v]) => differenceOf(all.get(key) as Values, v)),
  );
  return {
    outputs: { error, examples: n },
    text:
      error === 0
        ? `${equalBits}, and the trained network.`
        : `${equalBits}; ${outputsText(error, n)}.`,
  };
}

/** What the leaves of a program hold. */
function leavesOf(
  program: Program,
  inputs: Readonly<Record<string, Values>>,
  params: Float64Array = new Float64Array(0),
): Map<Node, Values> {
  const leaves = new Map<Node, Values>();
  for (const v of orderOf(program).filter(isLeaf)) {
    const { space, name, offset } = v.op;
    if (space === "number") leaves.set(v, [name === "seed" ? seed : 0]);
    else if (space === "input") leaves.set(v, inputs[name] as Values);
    else leaves.set(v, params.subarray(offset, offset + sizeOf(v.shape)));
  }
  return leaves;
}

function outputsOf(
  { outputs }: Program,
  leaves: ReadonlyMap<Node, Values>,
  n: number,
  math: ModulePlan["math"],
): Map<string, Values> {
  const values = interpret([...outputs.values()], leaves, n, math);
  return new Map(
    [...outputs].map(([key, v]) => [key, values.get(v) as Values]),
  );
}

/** 0 for equal bits; a NaN where the other has a number is infinitely far. */
function differenceOf(got: Values, want: Values): number {
  let worst = 0;
  for (let i = 0; i < want.length; i++) {
    const [a, b] = [got[i] as number, want[i] as number];
    if (Object.is(a, b)) continue;
    const error = Math.abs(a - b) / Math.max(1, Math.abs(b));
    worst = Math.max(
      worst,
      Number.isNaN(error) ? Infinity : error,
      Number.MIN_VALUE,
    );
  }
  return worst;
}
