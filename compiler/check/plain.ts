import type { Node } from "../../dsl/graph.js";
import type { Parameter } from "../emit/code.js";
import type { ModulePlan } from "../emit/module.js";
import {
  backwardParameters,
  forwardParameters,
  stepParameters,
} from "../emit/plain.js";
import { interpret, type Values } from "../interpret.js";
import type { Module } from "./emitted.js";
import { firstExample, numberLeaves, rootsToCheck, windowOf } from "./given.js";
import { same } from "./same.js";

/** forward and backward of one example, the first one. */
export function checkPlain(
  plan: ModulePlan,
  module: Module,
  leaves: ReadonlyMap<Node, Values>,
): void {
  const { programs, math, model } = plan;
  const { forward, backward, zeros } = module;
  if (
    forward === undefined ||
    backward === undefined ||
    plan.plain?.backward === undefined
  )
    return;
  const truth = interpret(rootsToCheck(programs), leaves, 1, math);
  const p = zeros();
  for (const leaf of model.params)
    p.set(leaves.get(leaf) as Float64Array, leaf.op.offset);
  const outputs = [...programs.forward.outputs.values()];
  const want = outputs.flatMap((v) => Array.from(truth.get(v) as Values));
  const [g, out] = [zeros(), new Float64Array(want.length)];
  const given = new Map<string, Values | number>([
    ["g", g],
    ["out", out],
    ...firstExample(model, module, leaves),
    ...[programs.forward, programs.backward]
      .flatMap(numberLeaves)
      .map((v) => [v.op.name, (leaves.get(v) as Values)[0] as number] as const),
  ]);
  // `p` is the first parameter of both.
  const rest = (parameters: readonly Parameter[]): (Values | number)[] =>
    parameters.slice(1).map(({ name }) => given.get(name) as Values | number);
  forward(p, ...rest(forwardParameters(plan, plan.plain.forward)));
  same("plain output", out, want);
  const loss = backward(
    p,
    ...rest(backwardParameters(plan, plan.plain.backward)),
  );
  if (programs.backward.loss !== undefined)
    same("plain loss", [loss], truth.get(programs.backward.loss) as Values);
  for (const [leaf, d] of programs.backward.gradients)
    same(
      `plain gradient of ${leaf.op.kind === "leaf" ? leaf.op.name : ""}`,
      windowOf(leaf, g),
      // It is added to zeros.
      Array.from(truth.get(d) as Values, (x) => 0 + x),
    );
}

/** The parameters after the plain `step`; undefined where there is none. */
export function plainStep(
  plan: ModulePlan,
  { step, workspace }: Module,
  given: Readonly<Record<"p" | "g" | "s", Float64Array>> &
    Readonly<Record<"steps" | "lr", number>>,
): Float64Array | undefined {
  if (plan.plain === undefined || step === undefined) return undefined;
  const all: Readonly<Record<string, Values | number>> = {
    ...given,
    ...(workspace !== undefined && { work: workspace() }),
  };
  step(
    ...stepParameters(plan, plan.plain.step).map(
      ({ name }) => all[name] as Values | number,
    ),
  );
  return given.p;
}
