/** A compiled module against the interpreter, bit for bit, and its gradients against differences. */
import { sizeOf, type Node } from "../../dsl/graph.js";
import { powerAbove } from "../command/quantities.js";
import { InternalError, type Diagnostic } from "../diagnostics.js";
import type { ModulePlan } from "../emit/module.js";
import { declaredDerivatives, heldLoss, holdsValues } from "../held.js";
import { interpret, type MathMode, type Values } from "../interpret.js";
import type { Position } from "../load/site.js";
import { importScript, importWidened, type Handle } from "./emitted.js";
import {
  filledHandle,
  leavesOf,
  mostWork,
  rootsToCheck,
  windowOf,
} from "./given.js";
import { checkPredict, checkSaved } from "./handle.js";
import { checkPlain } from "./plain.js";
import { checkFloat32 } from "./rounded.js";
import { same } from "./same.js";
import { differences } from "./slopes.js";
import { checkUpdates } from "./updates.js";

/** No parameter is trained; or no gradient that was tried has a difference that is a number. */
export type Uncompared = "no gradients to compare" | "gradients are not finite";

/** How far outputs were from the trained network's on examples of the compiler's own: no bound for others. */
export interface OutputCheck {
  /** Largest difference, relative to outputs above 1; 0 where the bits are equal. */
  readonly error: number;
  readonly examples: number;
}

export interface Verified {
  /** For the header. */
  readonly text: string;
  /** Largest difference between a derived gradient and central differences. */
  readonly worstGradientError?: number;
  /** Why nothing was compared with central differences, where nothing was. */
  readonly uncompared?: Uncompared;
  /** Of a module that only predicts. */
  readonly outputs?: OutputCheck;
}

/**
 * Runs a compiled module against the interpreter, bit for bit, and its gradients against central differences.
 *
 * @throws InternalError where they differ: no file is written then.
 */
export async function exampleOf(
  plan: ModulePlan,
  script: string,
): Promise<Verified> {
  const { model, programs } = plan;
  const n = examplesOf(plan);
  const isFloat64 = plan.dtype === "f64";
  const module = await (isFloat64
    ? importScript(script, {})
    : importWidened(script));
  const net = filledHandle(plan, module, n);
  const numbers = [...model.params, ...model.inputs];
  if (numbers.reduce((total, v) => total + sizeOf(v.shape), 0) > mostWork)
    return { text: "Not verified: too large for the interpreter." };

  const leaves = (): Map<Node, Values> => leavesOf(plan, net);
  checkHandle(plan, net, leaves(), n);
  if (plan.tiers && isFloat64) await checkWasm(plan, script, n);
  checkPlain(plan, module, leaves());
  const held = holdsValues(programs.loss)
    ? heldAt(programs.loss, leaves, n, plan.math)
    : undefined;
  const found = differences(net, n, plan, held);
  checkUpdates(plan, module, net, n);
  checkPredict(plan, net);
  if (isFloat64) checkSaved(module, net, n);
  else await checkFloat32(plan, script, n);
  const equal = isFloat64 ? equalBits : equalWidened;
  const declared = held === undefined ? [] : declaredDerivatives(programs.loss);
  const asDeclared =
    declared.length === 0
      ? ""
      : `, ${declared.join(" and ")} taken at ${declared.length === 1 ? "its" : "their"} word`;
  const { worst, tried, finite } = found;
  if (worst === undefined)
    return tried === 0
      ? {
          uncompared: "no gradients to compare",
          text: `${equal}; no parameter is trained, no gradient was compared.`,
        }
      : {
          uncompared: "gradients are not finite",
          text: `${equal}; gradients are not finite where they were tried.`,
        };
  const some =
    finite === tried
      ? ""
      : ` at the ${String(finite)} of ${String(tried)} parameters where both are finite`;
  return {
    worstGradientError: worst,
    text: `${equal}; gradients within ${worst === 0 ? "1e-16" : powerAbove(worst)} of central differences${some}${asDeclared}.`,
  };
}

/** How many examples are compared: of straight lines in vectors of float32 two turns of four, and one more. */
function examplesOf({ programs, tiers, dtype, handle }: ModulePlan): number {
  if (!programs.batched) return 1;
  const areStraight = handle.forward.isStraight || handle.backward.isStraight;
  return tiers && dtype === "f32" && areStraight ? 9 : 2;
}

/** The warning about a model whose gradients were no numbers wherever they were tried: training would spoil it. */
export function notFinite(
  { uncompared }: Verified,
  place: Position,
): Diagnostic[] {
  if (uncompared !== "gradients are not finite") return [];
  return [
    {
      severity: "warning",
      code: "GC1315",
      message:
        "model: gradients are not finite where they were tried, expected numbers",
      ...place,
      remedy:
        "look for NaN, log(0) and divisions by 0: gradc explain shows every value and derivative",
    },
  ];
}

/** What a header says of a module that passed. */
export const equalBits = "Verified: equals the interpreter bit for bit";
const equalWidened =
  "Verified: equals the interpreter bit for bit where nothing is rounded, within the errors of rounding in float32";

/** The handle once more, where its functions are WebAssembly. */
async function checkWasm(
  plan: ModulePlan,
  script: string,
  n: number,
): Promise<void> {
  const module = await importScript(script);
  const net = filledHandle(plan, module, n);
  if (net.tier !== "wasm")
    throw new InternalError("the engine does not take the WebAssembly");
  checkHandle(plan, net, leavesOf(plan, net), n);
  checkUpdates(plan, module, net, n);
  checkPredict(plan, net);
  checkSaved(module, net, n);
}

/** forward(n) and backward(n) of the handle. */
function checkHandle(
  { programs, math }: ModulePlan,
  net: Handle,
  leaves: ReadonlyMap<Node, Values>,
  n: number,
): void {
  const truth = interpret(rootsToCheck(programs), leaves, n, math);
  net.forward(n);
  for (const [key, v] of programs.forward.outputs)
    same(`output ${key}`, net.outputs[key] as Values, truth.get(v) as Values);
  net.backward(n);
  const { loss, gradients } = programs.backward;
  if (loss !== undefined) same("loss", net.loss, truth.get(loss) as Values);
  for (const [p, v] of programs.backward.updates)
    same(
      `what training keeps in ${p.op.kind === "leaf" ? p.op.name : ""}`,
      windowOf(p, net.params),
      truth.get(v) as Values,
    );
  const mean = programs.average.updates.size > 0 ? n : 1;
  for (const [p, d] of gradients)
    same(
      `gradient of ${p.op.kind === "leaf" ? p.op.name : ""}`,
      windowOf(p, net.grads),
      Array.from(truth.get(d) as Values, (g) => g / mean),
    );
}

/** The loss at what the leaves hold by then, where what is held makes the module's own loss another function. */
function heldAt(
  loss: Node,
  leaves: () => Map<Node, Values>,
  n: number,
  math: MathMode,
): () => number {
  const held = heldLoss(loss, (roots) => interpret(roots, leaves(), n, math));
  const examples = loss.batched ? n : 1;
  return () => {
    const all = new Map([...leaves(), ...held.leaves]);
    const values = interpret([held.loss], all, n, math);
    const sum = (values.get(held.loss) as Values)[0] as number;
    return sum / examples;
  };
}
