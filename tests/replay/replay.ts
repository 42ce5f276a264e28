import type { Handle } from "../../compiler/check/emitted.js";
import { interpret } from "../../compiler/interpret.js";
import { leafNode } from "../../dsl/primitives/leaf.js";
import { within } from "../../dsl/context.js";
import { asNode, asTensor } from "../../dsl/tensor.js";
import {
  buildModel,
  sharedExamples,
  type Built,
  type Statistics,
} from "./buildModel.js";
import { CrossesExamples } from "./batchAxis.js";
import {
  Unsupported,
  type Arrays,
  type Batch,
  type GoldenCase,
  type TrainingRun,
} from "./caseFile.js";
import { Comparison } from "./compare.js";
import { datasetBatches, rowsAsBatch } from "./dataset.js";
import { compileForms, fed, fill, slice, start, type Form } from "./form.js";
import { Oracle } from "./oracle.js";

/** Multiply-adds of an example up to which a case runs unrolled. */
export const mostUnrolled = 20_000;
/** Steps of a run that are held against the interpreter, bit for bit. */
const checkedSteps = 2;

export interface Replayed {
  readonly name: string;
  readonly family: string;
  readonly result: "pass" | "fail" | "unsupported";
  /** Largest error relative to max(1, |want|), over all forms. */
  readonly worst: number;
  /** Why it failed, or which operation is missing. */
  readonly why: string;
  readonly unrolled: boolean;
  readonly looped: boolean;
  readonly batched: boolean;
}

/** Replays one case in every form that it allows. */
export async function replay(c: GoldenCase): Promise<Replayed> {
  const ran = { unrolled: false, looped: false, batched: false };
  const check = new Comparison(c.tolerance);
  const done = (result: Replayed["result"], why: string): Replayed => ({
    name: c.name,
    family: c.family,
    result,
    why,
    worst: check.worst,
    ...ran,
  });
  try {
    const prepared = withFirstBatch(c);
    const runs = c.training ?? [];
    // A case means training everywhere, but a compiled forward predicts: with statistics of the batch where it has to.
    if (movesBuffers(c))
      await replayRun(prepared, undefined, check, ran, "of the batch");
    for (const run of runs.length === 0 ? [undefined] : runs)
      await replayRun(prepared, run, check, ran, "kept");
  } catch (error) {
    if (error instanceof Unsupported) return done("unsupported", error.op);
    return done("fail", error instanceof Error ? error.message : String(error));
  }
  return check.faults.length === 0
    ? done("pass", "")
    : done("fail", check.faults.join("; "));
}

const movesBuffers = (c: GoldenCase): boolean =>
  c.graph.some(
    (node) => node.op === "batch_norm" && node.attrs?.["training"] === true,
  );

/** Data-set cases say their inputs by rows: the first batch is what `expect` belongs to. */
export function withFirstBatch(c: GoldenCase): GoldenCase {
  if (c.dataset === undefined) return c;
  const [first] = datasetBatches(c, c.dataset);
  const filled = (arrays: Arrays, from: Arrays | undefined): Arrays =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, a]) => {
        const data = from?.[name]?.data;
        return [name, { ...a, ...(data !== undefined && { data }) }];
      }),
    );
  return {
    ...c,
    inputs: filled(c.inputs, first?.inputs),
    targets: filled(c.targets, first?.targets),
  };
}

async function replayRun(
  c: GoldenCase,
  run: TrainingRun | undefined,
  check: Comparison,
  ran: { unrolled: boolean; looped: boolean; batched: boolean },
  statistics: Statistics,
): Promise<void> {
  const whole = buildModel(c, run, undefined, statistics);
  if (run !== undefined) rates(whole, run, check);
  const examples = batchedForm(c, run, statistics);
  const forms: [string, Form][] = [];
  /** Compiles a form in both tiers; returns its size. */
  const add = async (
    name: string,
    unroll: "full" | "never",
    { built, n }: { readonly built: Built; readonly n?: number },
  ): Promise<number> => {
    const tiers = await compileForms(built, c.name, unroll, n);
    forms.push(
      ...tiers.map((f): [string, Form] => [`${name} in ${f.tier}`, f]),
    );
    return tiers[0]?.macs ?? 0;
  };
  const size = await add("looped", "never", { built: whole });
  ran.looped = true;
  const batchedSize = examples && (await add("batched", "never", examples));
  if (examples !== undefined) ran.batched = true;
  if (size <= mostUnrolled) {
    await add("unrolled", "full", { built: whole });
    ran.unrolled = true;
  }
  if (examples !== undefined && (batchedSize ?? Infinity) <= mostUnrolled) {
    await add("batched unrolled", "full", examples);
    ran.unrolled = true;
  }
  for (const [name, form] of forms) {
    const own = new Comparison(c.tolerance);
    const predicts = statistics === "kept" && movesBuffers(c);
    check1(c, form, own, predicts);
    if (run !== undefined) train(c, run, form, own);
    check.worst = Math.max(check.worst, own.worst);
    check.faults.push(...own.faults.slice(0, 3).map((f) => `${name}: ${f}`));
  }
}

/** The same case with its leading axis as the batch, where that is possible. */
function batchedForm(
  c: GoldenCase,
  run: TrainingRun | undefined,
  statistics: Statistics,
): { readonly built: Built; readonly n: number } | undefined {
  const n = sharedExamples(c);
  if (n === undefined) return undefined;
  try {
    return { built: buildModel(c, run, n, statistics), n };
  } catch (error) {
    if (error instanceof CrossesExamples) return undefined;
    throw error;
  }
}

/** Outputs, loss and gradients at the case's own numbers; no outputs where the forward pass `predicts`. */
function check1(
  c: GoldenCase,
  form: Form,
  check: Comparison,
  predicts: boolean,
): void {
  const { expect } = c;
  const { n, built } = form;
  const net = start(form, c);
  fill(net, fed(c, undefined));
  const oracle = new Oracle(form.plan, net.params, net.lr);
  const truth = oracle.forward(net.inputs, n);
  net.forward(n);
  for (const [key, value] of truth)
    check.same(`output ${key}`, net.outputs[key], value);
  for (const name of predicts ? [] : built.outputs)
    check.close(
      `output ${name}`,
      net.outputs[name],
      expect.outputs[name]?.data ?? [],
      "forward",
    );
  for (const [name, key] of predicts ? [] : built.inputGradients) {
    const scale = built.perExample ? n : 1;
    check.close(
      `gradient of ${name}`,
      net.outputs[key]?.map((g) => g / scale),
      expect.inputGrads[name]?.data ?? [],
      "grad",
    );
  }
  oracle.backward(net.inputs, n);
  net.backward(n);
  check.same("loss", net.loss, oracle.loss);
  check.same("gradients", net.grads, oracle.grads);
  check.same("what training keeps", net.params, oracle.params);
  check.close("loss", net.loss, [expect.loss], "forward");
  for (const [name, { data }] of Object.entries(expect.grads))
    check.close(
      `gradient of ${name}`,
      slice(form, net.grads, name),
      data ?? [],
      "grad",
    );
  if (predicts) hold(c, form, net, expect.buffersAfter, "afterwards", check);
}

/** The rate of every step, as the schedule's graph says. */
function rates(built: Built, run: TrainingRun, check: Comparison): void {
  const { lr, schedule } = built.model.optimizer;
  const wanted = run.lrPerStep;
  const at = (k: number): number => {
    if (schedule === undefined) return lr;
    return within({ phase: "update", call: undefined }, () => {
      const [base, step] = [
        leafNode("number", "lr", []),
        leafNode("number", "steps", []),
      ];
      const rate = asNode(schedule(asTensor(base), asTensor(step)));
      const leaves = new Map([
        [base, [lr]],
        [step, [k]],
      ]);
      return interpret([rate], leaves).get(rate)?.[0] ?? NaN;
    });
  };
  const steps = typeof wanted === "number" ? [0] : [...wanted.keys()];
  check.close(
    "lr",
    steps.map(at),
    typeof wanted === "number" ? [wanted] : wanted,
    "training",
  );
}

function train(
  c: GoldenCase,
  run: TrainingRun,
  form: Form,
  check: Comparison,
): void {
  const { n } = form;
  const batches: readonly Batch[] =
    run.batchesFrom === "dataset" && c.dataset !== undefined
      ? datasetBatches(c, c.dataset)
      : (run.batches ?? [{}]);
  const net = start(form, c);
  const twin = start(form, c);
  const oracle = new Oracle(form.plan, net.params, net.lr);
  const [losses, norms]: [number[], number[]] = [[], []];
  for (let k = 0; k < run.steps; k++) {
    const arrays = fed(c, batches[k % batches.length]);
    fill(net, arrays);
    fill(twin, arrays);
    net.backward(n);
    losses.push(net.loss[0] ?? NaN);
    if (run.gradNormPerStep !== undefined) norms.push(normOf(net.grads, run));
    net.update();
    twin.trainStep(n);
    if (k < checkedSteps) {
      oracle.backward(net.inputs, n);
      oracle.update();
      check.same(
        `parameters after step ${String(k)}`,
        net.params,
        oracle.params,
      );
    }
    if (k === 0)
      hold(
        c,
        form,
        net,
        run.paramsAfterFirstStep,
        "after the first step",
        check,
      );
  }
  check.same("trainStep's parameters", twin.params, net.params);
  check.same("trainStep's loss", twin.loss, net.loss);
  check.close("loss of a step", losses, run.lossPerStep, "training");
  if (run.gradNormPerStep !== undefined)
    check.close(
      "norm of the gradients",
      norms,
      run.gradNormPerStep,
      "training",
    );
  hold(c, form, net, run.finalParams, "at the end", check);
  hold(c, form, net, run.finalBuffers, "at the end", check);
  for (const [part, { rows, correct, total }] of Object.entries(
    run.accuracy ?? {},
  )) {
    check.equal(`rows of ${part}`, rows[1] - rows[0], total);
    check.equal(`right in ${part}`, rightIn(c, form, net, rows), correct);
  }
}

const normOf = (grads: Float64Array, run: TrainingRun): number => {
  const type = run.gradClip?.["normType"];
  return type === "inf" || type === "Infinity"
    ? grads.reduce((s, g) => Math.max(s, Math.abs(g)), 0)
    : Math.sqrt(grads.reduce((s, g) => s + g * g, 0));
};

function hold(
  c: GoldenCase,
  form: Form,
  net: Handle,
  want: Arrays | undefined,
  when: string,
  check: Comparison,
): void {
  for (const [name, { data }] of Object.entries(want ?? {}))
    if (c.params[name] !== undefined || c.buffers?.[name] !== undefined)
      check.close(
        `${name} ${when}`,
        slice(form, net.params, name),
        data ?? [],
        "training",
      );
}

/** Rows whose largest output is their class. */
function rightIn(
  c: GoldenCase,
  form: Form,
  net: Handle,
  [from, to]: readonly [number, number],
): number {
  const { dataset } = c;
  if (dataset === undefined) throw new Error("accuracy without a data set");
  const size = c.inputs[dataset.input]?.shape[0] ?? 1;
  const [output] = c.outputs;
  let right = 0;
  for (let first = from; first < to; first += size) {
    // Whole arrays have one length: the last rows are followed by repetitions.
    const rows = Array.from({ length: size }, (_, i) =>
      Math.min(first + i, to - 1),
    );
    const batch = rowsAsBatch(c, dataset, rows);
    fill(net, fed(c, batch));
    net.forward(form.n);
    const y = net.outputs[output ?? ""] ?? new Float64Array();
    const classes = y.length / size;
    const labels = batch.targets?.[dataset.target]?.data ?? [];
    for (let i = 0; i < Math.min(size, to - first); i++) {
      const row = y.subarray(i * classes, (i + 1) * classes);
      if (row.indexOf(Math.max(...row)) === labels[i]) right += 1;
    }
  }
  return right;
}
