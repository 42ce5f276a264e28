/** Everything that must hold of one program. */
import {
  importScript,
  type Floats,
  type Handle,
  type HandleOf,
} from "../../compiler/check/emitted.js";
import { compileModel } from "../../compiler/compile.js";
import { planModule, type ModulePlan } from "../../compiler/emit/module.js";
import { moduleCode, scriptText } from "../../compiler/emit/write.js";
import { nameModel, type NamedModel } from "../../compiler/load/name.js";
import { buildPrograms, type Programs } from "../../compiler/programs.js";
import type { Model } from "../../dsl/index.js";
import { asNode } from "../../dsl/tensor.js";
import type { Id } from "../oracles/tape.js";
import { Oracle } from "../replay/oracle.js";
import { engines } from "../support/tiers.js";
import { checkDerivatives, type Traces } from "./derivatives.js";
import { checkFloat32 } from "./float32.js";
import { isInput, type Leaf, type Program } from "./program.js";
import { runProgram } from "./run.js";
import { networkSeed, traceOf, type Trace } from "./trace.js";

/** What does not hold, in one sentence. */
export class Fault extends Error {}

interface Form {
  readonly form: "full" | "never" | "auto" | "full in wasm" | "never in wasm";
  readonly plan: ModulePlan;
  readonly script: string;
  /** What its module finds in `globalThis`. */
  readonly engine: object;
}

/** A model with its names, and what it computes. */
interface Built {
  readonly named: NamedModel;
  readonly programs: Programs;
}

/** A model in every form and both tiers, where `whole` once more through all that `npm run compile` does, its own verification included. */
async function formsOf(
  model: Model,
  { named, programs }: Built,
  whole: boolean,
): Promise<Form[]> {
  const forms = (["full", "never"] as const).flatMap((form): Form[] => {
    const plan = planModule(named, programs, {
      unrolling: form,
      math: "exact",
      tiers: true,
    });
    const script = scriptText(moduleCode(plan, 0));
    return [
      { form, plan, script, engine: engines.none },
      { form: `${form} in wasm`, plan, script, engine: engines.wasm },
    ];
  });
  if (!whole) return forms;
  const { plan, script } = await compileModel(model, {
    sourceName: "random.ts",
    command: "npm run fuzz",
    unroll: "auto",
    math: "exact",
    verify: true,
  });
  return [...forms, { form: "auto", plan, script, engine: engines.wasm }];
}

/** Numbers of a compiled model, for n examples. */
export interface Numbers {
  readonly loss: number;
  readonly grads: Float64Array;
  readonly outputs: ReadonlyMap<string, readonly number[]>;
}

/** What a program was checked with, for the report. */
export interface Checked {
  /** Directions whose central differences had something to say. */
  readonly differences: number;
  /** Directions without a kink in which they know too little to count. */
  readonly unsure: number;
  /** Runs that rounding decides: the tape and the module choose differently between what is equal but for it. */
  readonly undecided: number;
  /** Largest error in units of what rounding explains. */
  readonly worstRatio: number;
  readonly gradients: number;
}

/** In which forms a program is checked, beside those in float64. */
export interface Forms {
  /** Whether it goes through the whole of `npm run compile`. */
  readonly whole: boolean;
  /** Its forms in float32. */
  readonly narrow: readonly ("full" | "never")[];
}

/**
 * Compiles a program in every form and holds it against the interpreter, the tape, dual numbers, central differences and
 * itself.
 *
 * @throws Fault where something does not hold.
 */
export async function checkProgram(
  p: Program,
  { whole, narrow }: Forms,
): Promise<Checked> {
  const { model, tensorOf } = runProgram(p);
  for (const { value } of p.steps) {
    const { shape, batched } = asNode(tensorOf(value));
    if (shape.join() !== value.shape.join() || batched !== value.batched)
      throw new Fault(
        `${value.name} is [${shape.join()}] (batched: ${String(batched)}), expected [${value.shape.join()}] (batched: ${String(value.batched)})`,
      );
  }
  const named = nameModel(model, () => undefined);
  const programs = buildPrograms(named);
  const forms = await formsOf(model, { named, programs }, whole);
  const [{ plan: first }] = forms as [Form];
  const runs = runsOf(p, first.programs.least);
  const fromForm = new Map<string, Numbers>();
  for (const { form, plan, script, engine } of forms) {
    const { create } = await importScript(script, engine);
    for (const run of runs) {
      const { n, traces } = run;
      const nets = [0, 1].map(() => {
        const net = create({ maxBatch: p.examples, seed: networkSeed });
        prepare(net, p, traces.train, undefined);
        return net;
      });
      const [net, twin] = nets as [Handle, Handle];
      const numbers = checkForm(net, twin, plan, n, form);
      fromForm.set(`${form} ${String(n)}`, numbers);
      if (n > 1 && separate(p)) {
        const single = create({ seed: networkSeed });
        checkSingles(p, single, traces.train, n, numbers, form);
      }
    }
  }
  for (const form of narrow) {
    const { n, traces } = runs.at(-1) as Run;
    await checkFloat32(named, programs, form, n, (net) => {
      prepare(net, p, traces.train, undefined);
    });
  }
  const all = runs.map(({ n, traces }) =>
    checkDerivatives(
      p,
      traces,
      n,
      fromForm.get(`full ${String(n)}`) as Numbers,
    ),
  );
  return {
    differences: all.reduce((s, c) => s + c.differences, 0),
    unsure: all.reduce((s, c) => s + c.unsure, 0),
    undecided: all.reduce((s, c) => s + c.undecided, 0),
    worstRatio: Math.max(...all.map((c) => c.worstRatio)),
    gradients: all.reduce((s, c) => s + c.gradients, 0),
  };
}

interface Run {
  readonly n: number;
  readonly traces: Traces;
}

/** One example, where training takes so few, and all of them where there are any. */
function runsOf(p: Program, least: number): Run[] {
  const batched =
    p.leaves.some(({ value }) => value.batched) ||
    p.steps.some(({ value }) => value.batched);
  const modal = p.steps.some(({ call }) => call.modal === true);
  const counts = batched ? [1, p.examples] : [1];
  return counts
    .filter((n) => n >= least)
    .map((n) => {
      const train = traceOf(p, n);
      return {
        n,
        traces: { train, predict: modal ? traceOf(p, n, "predict") : train },
      };
    });
}

/** True where examples know nothing of each other, nor of their place. */
const separate = ({ steps }: Program): boolean =>
  steps.every(
    ({ call }) =>
      call.crosses !== true && call.whole !== true && call.draws === undefined,
  );

/** A batch is its examples one by one: their outputs, and the mean of their losses. */
function checkSingles(
  p: Program,
  net: Handle,
  trace: Trace,
  n: number,
  batch: Numbers,
  form: string,
): void {
  let sum = 0;
  for (let example = 0; example < n; example++) {
    prepare(net, p, trace, example);
    net.forward();
    for (const v of p.outputs) {
      const got = Array.from(net.outputs[v.name] ?? []);
      const whole = batch.outputs.get(v.name) ?? [];
      const from = v.batched ? example * got.length : 0;
      const want = whole.slice(from, from + got.length);
      same(
        `output ${v.name} of example ${String(example)}, ${form}`,
        got,
        want,
      );
    }
    net.backward();
    const loss = net.loss[0] as number;
    sum = example === 0 ? loss : sum + loss;
  }
  if (p.loss.batched)
    same(`mean of the examples' losses, ${form}`, [sum / n], [batch.loss]);
}

/** Trainable parameters of a trace, as the flat vector has them. */
export const trainableIds = (trace: Trace): Id[] =>
  trace.parameters.filter((q) => q.trainable).flatMap((q) => [...q.grid.ids]);

/** Writes a program's data into a network, of one example where it is given. */
function prepare(
  net: HandleOf<Floats>,
  p: Program,
  trace: Trace,
  example: number | undefined,
): void {
  const dataOf = ({ value, data }: Leaf): readonly number[] =>
    value.batched && example !== undefined
      ? (data[example] as readonly number[])
      : data.flat();
  const frozen = trace.parameters.filter((q) => !q.trainable);
  const ids = [...trainableIds(trace), ...frozen.flatMap((q) => q.grid.ids)];
  const expected = new Map<string, number>([["params", ids.length]]);
  const inputs = p.leaves.filter(isInput);
  for (const leaf of inputs) expected.set(leaf.value.name, dataOf(leaf).length);
  const arrays = Object.entries({ ...net.inputs, params: net.params });
  for (const [name, { length }] of arrays)
    if (length !== expected.get(name))
      throw new Fault(
        `${name} has ${String(length)} entries, expected ${String(expected.get(name))}`,
      );
  net.params.set(ids.map((id) => trace.tape.value(id)));
  for (const leaf of inputs) net.inputs[leaf.value.name]?.set(dataOf(leaf));
}

/** Runs one form for n examples and compares each of its bits with the interpreter's. */
function checkForm(
  net: Handle,
  twin: Handle,
  plan: ModulePlan,
  n: number,
  form: string,
): Numbers {
  const oracle = new Oracle(plan, net.params, net.lr, networkSeed);
  const where = `${form} for ${String(n)}`;
  net.forward(n);
  const outputs = new Map<string, number[]>();
  for (const [key, want] of oracle.forward(net.inputs, n)) {
    const got = Array.from(net.outputs[key] ?? []).slice(0, want.length);
    same(`output ${key}, ${where}`, got, want);
    outputs.set(key, got);
  }
  oracle.backward(net.inputs, n);
  net.backward(n);
  same(`loss, ${where}`, net.loss, oracle.loss);
  same(`gradients, ${where}`, net.grads, oracle.grads);
  const numbers = {
    loss: net.loss[0] as number,
    grads: net.grads.slice(),
    outputs,
  };
  net.update();
  oracle.update();
  twin.trainStep(n);
  same(`parameters after update, ${where}`, net.params, oracle.params);
  same(`parameters after trainStep, ${where}`, twin.params, oracle.params);
  return numbers;
}

function same(
  what: string,
  got: ArrayLike<number>,
  want: ArrayLike<number>,
): void {
  if (got.length !== want.length)
    throw new Fault(
      `${what}: ${String(got.length)} numbers, expected ${String(want.length)}`,
    );
  for (let i = 0; i < want.length; i++)
    if (!Object.is(got[i], want[i]))
      throw new Fault(
        `${what}: entry ${String(i)} is ${String(got[i])}, the interpreter says ${String(want[i])}`,
      );
}
