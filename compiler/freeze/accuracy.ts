/** What rounding its weights did to a network: to each weight, and to outputs on a user's examples. */
import { sizeOf } from "../../dsl/graph.js";
import { importScript, type Handle } from "../check/emitted.js";
import type { Trained } from "../check/frozen.js";
import { planModule } from "../emit/module.js";
import { moduleCode, scriptText } from "../emit/write.js";
import type { MathMode } from "../interpret.js";
import { aligned } from "../report/aligned.js";
import type { Examples } from "./examples.js";
import type { Rounding } from "./quantize.js";

export interface Accuracy {
  readonly rounding: readonly Rounding[];
  /** Absent where no examples are given. */
  readonly examples?: {
    readonly count: number;
    readonly outputs: readonly OutputError[];
    readonly classes: readonly Right[];
  };
}

/** How far an output is from the trained network's. */
interface OutputError {
  readonly name: string;
  readonly worst: number;
  readonly mean: number;
  /** Examples whose largest entry is the same one; absent for an output of one number. */
  readonly sameLargest?: number;
}

/** Examples whose largest output is the class that an index says. */
interface Right {
  readonly index: string;
  readonly output: string;
  readonly before: number;
  readonly after: number;
}

/** @param script of the module that only predicts */
export async function accuracyOf(
  trained: Trained,
  script: string,
  rounding: readonly Rounding[],
  examples: Examples | undefined,
  math: MathMode,
): Promise<Accuracy> {
  if (examples === undefined) return { rounding };
  const { model, programs, params } = trained;
  const plan = planModule(model, programs, { unrolling: "auto", math });
  const whole = await importScript(scriptText(moduleCode(plan, 0)));
  const rounded = await importScript(script);
  const before = whole.create({ maxBatch: chunk });
  before.params.set(params);
  const after = rounded.create({ maxBatch: chunk });
  const sizes = [...programs.forward.outputs].map(
    ([name, v]) => [name, sizeOf(v.shape)] as const,
  );
  const was = outputsOf(before, trained, examples);
  const is = outputsOf(after, trained, examples);
  const { count } = examples;
  const at = (all: Outputs, name: string): Float64Array =>
    all.get(name) ?? new Float64Array(0);
  return {
    rounding,
    examples: {
      count,
      outputs: sizes.map(([name, size]) =>
        errorOf(name, size, at(was, name), at(is, name)),
      ),
      classes: model.inputs.flatMap(({ op, shape }) => {
        const labels = examples.inputs.get(op.name);
        return sizes.flatMap(([name, size]): Right[] =>
          labels === undefined || op.classes !== size || sizeOf(shape) !== 1
            ? []
            : [
                {
                  index: op.name,
                  output: name,
                  before: right(at(was, name), size, labels),
                  after: right(at(is, name), size, labels),
                },
              ],
        );
      }),
    },
  };
}

type Outputs = ReadonlyMap<string, Float64Array>;

/** Examples that are computed at a time. */
const chunk = 64;

/** What a handle computes of all examples. */
function outputsOf(
  net: Handle,
  { model, programs }: Trained,
  { count, inputs }: Examples,
): Outputs {
  const outputs = [...programs.forward.outputs];
  const all = new Map(
    outputs.map(([name, v]) => [
      name,
      new Float64Array((v.batched ? count : 1) * sizeOf(v.shape)),
    ]),
  );
  for (let from = 0; from < count; from += chunk) {
    const n = Math.min(chunk, count - from);
    for (const x of model.inputs) {
      const list = inputs.get(x.op.name);
      if (list === undefined) continue;
      const size = sizeOf(x.shape);
      net.inputs[x.op.name]?.set(
        x.batched ? list.subarray(from * size, (from + n) * size) : list,
      );
    }
    net.forward(programs.batched ? n : 1);
    for (const [name, v] of outputs) {
      const size = sizeOf(v.shape);
      const got = net.outputs[name]?.subarray(0, (v.batched ? n : 1) * size);
      all.get(name)?.set(got ?? [], v.batched ? from * size : 0);
    }
  }
  return all;
}

function errorOf(
  name: string,
  size: number,
  was: Float64Array,
  is: Float64Array,
): OutputError {
  let [worst, sum, same] = [0, 0, 0];
  for (let i = 0; i < was.length; i++) {
    const error = Math.abs((was[i] as number) - (is[i] as number));
    worst = Math.max(worst, error);
    sum += error;
  }
  for (let i = 0; i < was.length; i += size)
    if (largest(was, i, size) === largest(is, i, size)) same++;
  return {
    name,
    worst,
    mean: sum / was.length,
    ...(size > 1 && { sameLargest: same }),
  };
}

function right(all: Float64Array, size: number, labels: Float64Array): number {
  return labels.reduce(
    (n, label, i) => n + (largest(all, i * size, size) === label ? 1 : 0),
    0,
  );
}

function largest(all: Float64Array, from: number, size: number): number {
  let best = 0;
  for (let k = 1; k < size; k++)
    if ((all[from + k] as number) > (all[from + best] as number)) best = k;
  return best;
}

/** The report as lines of text. */
export function accuracyText({ rounding, examples }: Accuracy): string {
  const rows = [
    ["weights", "type", "shape", "largest error", "relative"],
    ...rounding.map((r) => [
      r.name,
      r.type,
      `[${r.shape.join(", ")}]`,
      r.worst.toExponential(1),
      r.relative.toExponential(1),
    ]),
  ];
  const share = (n: number, of: number): string =>
    `${String(n)} of ${String(of)} (${((100 * n) / of).toFixed(1)} %)`;
  const { count = 0, outputs = [], classes = [] } = examples ?? {};
  const lines = [
    ...outputs.map(
      ({ name, worst, mean, sameLargest }) =>
        `${name} on ${String(count)} examples: largest difference ${worst.toExponential(1)}, mean ${mean.toExponential(1)}${sameLargest === undefined ? "" : `, the same largest entry in ${share(sameLargest, count)}`}`,
    ),
    ...classes.map(
      ({ index, output, before, after }) =>
        `${output} says ${index} in ${share(before, count)} before, ${share(after, count)} after`,
    ),
  ];
  return [...(rounding.length === 0 ? [] : [aligned(rows), ""]), ...lines]
    .join("\n")
    .trimEnd();
}
