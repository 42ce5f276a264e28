import { compileFunction } from "node:vm";
import {
  isLeaf,
  sizeOf,
  topological,
  type Node,
  type Program,
  orderOf,
} from "../dsl/graph.js";
import { InternalError } from "./diagnostics.js";
import { inputName } from "./emit/inputs.js";
import type { ModulePlan } from "./emit/module.js";
import {
  backwardParameters,
  forwardParameters,
  stepParameters,
} from "./emit/plain.js";
import type { Parameter } from "./emit/code.js";
import { checkPredict, checkSaved } from "./checkHandle.js";
import { checkFloat32 } from "./checkRounded.js";
import { differences } from "./checkSlopes.js";
import { declaredDerivatives, heldLoss, holdsValues } from "./held.js";
import { interpret, type MathMode, type Values } from "./interpret.js";
import type { LeafNode, Programs } from "./programs.js";

/** No parameter is trained; or no gradient that was tried has a difference that is a number. */
export type Uncompared = "no gradients to compare" | "gradients are not finite";

export interface Verified {
  /** For the header. */
  readonly text: string;
  /** Largest difference between a derived gradient and central differences. */
  readonly worstGradientError?: number;
  /** Why nothing was compared with central differences, where nothing was. */
  readonly uncompared?: Uncompared;
  /** Of a module that only predicts: largest difference of an output from the trained network's, 0 where the bits are equal. */
  readonly outputError?: number;
}

/** The arrays of a module. */
export type Floats = Float64Array | Float32Array;

/** The handle of a compiled module, as far as checks use it. */
export interface HandleOf<A extends Floats> {
  readonly params: A;
  readonly grads: A;
  readonly inputs: Readonly<Record<string, A | Int32Array>>;
  readonly outputs: Readonly<Record<string, A>>;
  readonly loss: A;
  lr: number;
  steps: number;
  forward(n?: number): void;
  backward(n?: number): void;
  update(): void;
  trainStep(n?: number): void;
  predict(...inputs: ArrayLike<number>[]): A;
  save(): Uint8Array;
  load(bytes: Uint8Array): void;
}
export type Handle = HandleOf<Float64Array>;

/** The same, of a module that has its functions in WebAssembly too. */
type TieredHandle<A extends Floats> = HandleOf<A> & {
  readonly tier?: "wasm" | "js";
  readonly fused?: boolean;
};

/** What makes the handles of a module. */
export interface Creates<A extends Floats> {
  readonly create: (options?: {
    seed?: number;
    maxBatch?: number;
  }) => TieredHandle<A>;
}

/** A module as far as checks use it; the plain functions are absent where a value crosses examples. */
export interface Module extends Creates<Float64Array> {
  readonly zeros: () => Float64Array;
  readonly workspace?: () => Float64Array;
  readonly forward?: (p: Float64Array, ...rest: (Values | number)[]) => void;
  readonly backward?: (p: Float64Array, ...rest: (Values | number)[]) => number;
  readonly step?: (...args: (Values | number)[]) => void;
}

/**
 * Runs the script of a module. An imported module is never forgotten: here it is a function's only block, where names are
 * declared once as in a module, and what it exports is returned.
 *
 * @param surroundings what it finds in `globalThis`: nothing for an engine without WebAssembly
 */
export const importScript = (
  script: string,
  surroundings: object = globalThis,
): Promise<Module> => run<Module>(script, { globalThis: surroundings });

/** The same of a module in float32. */
export const importFloat32 = (
  script: string,
  surroundings: object = globalThis,
): Promise<Creates<Float32Array>> =>
  run<Creates<Float32Array>>(script, { globalThis: surroundings });

/** The same as if it were in float64: its code is what it was, and rounds nothing. */
export const importWidened = (script: string): Promise<Module> =>
  run<Module>(script, {
    globalThis: {},
    Float32Array: Float64Array,
    Math: unrounded,
  });

/** Functions of the host, of which none rounds to float32. */
const unrounded = Object.create(Math, {
  fround: { value: (x: number) => x },
}) as Math;

/** Runs a script in which some names of the host mean something else. */
function run<M>(script: string, host: Readonly<Record<string, object>>) {
  return new Promise<M>((resolve) => {
    try {
      const module = compileFunction(
        `"use strict"; {\n${script}\n}`,
        Object.keys(host),
      ) as (...meanings: readonly object[]) => M;
      resolve(module(...Object.values(host)));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new InternalError(`the emitted module does not load: ${why}`);
    }
  });
}

/** Numbers between -1 and 1 that are the same everywhere (Park & Miller 1988). */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647) * 2 - 1;
  };
}

/** Numbers in a model above which it is not checked: the interpreter would take too long. */
export const mostWork = 3e6;

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
  const n = programs.batched ? 2 : 1;
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
    text: `${equal}; gradients within ${bound(worst)} of central differences${some}${asDeclared}.`,
  };
}

/** What a header says of a module that passed. */
export const equalBits = "Verified: equals the interpreter bit for bit";
const equalWidened =
  "Verified: equals the interpreter bit for bit where nothing is rounded, within the errors of rounding in float32";

/** A handle with numbers in its inputs. */
export function filledHandle<A extends Floats>(
  plan: ModulePlan,
  module: Creates<A>,
  n: number,
): TieredHandle<A> {
  const net = module.create({ seed, maxBatch: n });
  const next = numbersFrom(7);
  for (const x of plan.model.inputs)
    fillInput(net.inputs[x.op.name] as Floats, x.op.classes, next);
  return net;
}

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

/** What the leaves of the forward and backward programs hold. */
export function leavesOf(
  { model, programs }: ModulePlan,
  net: HandleOf<Floats>,
): Map<Node, Values> {
  const all = new Map<Node, Values>();
  for (const x of model.inputs) all.set(x, net.inputs[x.op.name] as Values);
  for (const p of model.params) all.set(p, windowOf(p, net.params));
  for (const program of [programs.forward, programs.backward])
    for (const v of numberLeaves(program))
      all.set(v, [v.op.name === "seed" ? seed : net.steps]);
  return all;
}

/** Single numbers that training and prediction read: what random numbers are made of. */
const numberLeaves = (program: Program): LeafNode[] =>
  orderOf(program)
    .filter(isLeaf)
    .filter((v) => v.op.space === "number");

/** The seed of the parameters that a module is checked with. */
export const seed = 1;

/** A leaf's part of the flat vector it lies in. */
export const windowOf = (leaf: Node, vector: Floats): Floats =>
  leaf.op.kind === "leaf"
    ? vector.slice(leaf.op.offset, leaf.op.offset + sizeOf(leaf.shape))
    : new Float64Array(0);

const rootsToCheck = ({ forward, backward }: Programs): Node[] => [
  ...forward.outputs.values(),
  ...(backward.loss === undefined ? [] : [backward.loss]),
  ...backward.gradients.values(),
  ...backward.updates.values(),
];

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

/** What plain functions are given of the first example, by name, and the memory that they work in. */
export const firstExample = (
  model: ModulePlan["model"],
  { workspace }: Module,
  leaves: ReadonlyMap<Node, Values>,
): (readonly [string, Values])[] => [
  ...model.inputs.map(
    (x) =>
      [
        inputName(x.op.name),
        Array.from(leaves.get(x) as Values).slice(0, sizeOf(x.shape)),
      ] as const,
  ),
  ...(workspace === undefined ? [] : [["work", workspace()] as const]),
];

/** forward and backward of one example, the first one. */
function checkPlain(
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

/** The optimizer's state before the first update. */
export function startingState(states: Programs["states"]): Float64Array {
  const state = new Float64Array(states.reduce((s, v) => s + v.size, 0));
  for (const s of states) state.fill(s.initial, s.offset, s.offset + s.size);
  return state;
}

/** What the leaves of an update hold before the next one. */
export function leavesOfUpdate(
  { update }: Programs,
  { lr, steps }: Pick<HandleOf<Floats>, "lr" | "steps">,
  vectors: Readonly<Record<"param" | "gradient" | "state", Floats>>,
): Map<Node, Values> {
  const leaves = new Map<Node, Values>();
  for (const v of topological([...update.updates.values()])) {
    if (v.op.kind !== "leaf") continue;
    const { space } = v.op;
    if (space === "number") leaves.set(v, [v.op.name === "lr" ? lr : steps]);
    else if (space !== "input") leaves.set(v, windowOf(v, vectors[space]));
  }
  return leaves;
}

/** Two steps of the optimizer: the second one reads the state that the first one wrote. */
function checkUpdates(
  plan: ModulePlan,
  module: Module,
  net: Handle,
  n: number,
): void {
  const { update, states } = plan.programs;
  const state = startingState(states);
  const params = net.params.slice();
  const vectors = { param: params, state, gradient: net.grads };
  const roots = [...update.updates.values()];
  for (let k = 0; k < 2; k++) {
    net.backward(n);
    for (const leaf of plan.programs.backward.updates.keys())
      if (isLeaf(leaf)) params.set(windowOf(leaf, net.params), leaf.op.offset);
    const leaves = leavesOfUpdate(
      plan.programs,
      { lr: net.lr, steps: k },
      vectors,
    );
    const truth = interpret(roots, leaves, n, plan.math);
    const stepped = plainStep(plan, module, {
      p: net.params.slice(),
      g: net.grads.slice(),
      s: state.slice(),
      steps: k,
      lr: net.lr,
    });
    net.update();
    if (stepped !== undefined)
      same(`parameters after step ${String(k + 1)}`, stepped, net.params);
    for (const [leaf, v] of update.updates)
      if (
        leaf.op.kind === "leaf" &&
        (leaf.op.space === "param" || leaf.op.space === "state")
      )
        vectors[leaf.op.space].set(
          truth.get(v) as Float64Array,
          leaf.op.offset,
        );
    same(`parameters after update ${String(k + 1)}`, net.params, params);
  }
}

/** The parameters after the plain `step`; undefined where there is none. */
function plainStep(
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

/** The power of ten above a number. */
const bound = (x: number): string =>
  x === 0 ? "1e-16" : `1e${String(Math.ceil(Math.log10(x)))}`;

export function fillInput(
  array: Floats | Int32Array,
  classes: number | undefined,
  next: () => number,
): void {
  for (let i = 0; i < array.length; i++)
    array[i] =
      classes === undefined ? next() : Math.floor(((next() + 1) / 2) * classes);
}

export function same(what: string, got: Values, want: Values): void {
  for (let i = 0; i < want.length; i++)
    if (!Object.is(got[i], want[i]))
      throw new InternalError(
        `${what}[${String(i)}] of the emitted module is ${String(got[i])}, the interpreter says ${String(want[i])}`,
      );
}
