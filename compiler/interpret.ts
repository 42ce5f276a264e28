import {
  resultsOf,
  sizeOf,
  topological,
  type Loop,
  type Node,
  type Op,
} from "../dsl/graph.js";
import { compileScalar } from "../dsl/math/evaluate.js";
import { variable } from "../dsl/math/scalar.js";
import { scalars } from "../dsl/primitives/index.js";
import type { ScalarName } from "../dsl/primitives/scalarName.js";
import { InternalError } from "./diagnostics.js";
import { operationsIn } from "./interpret/operations.js";
import { evaluateContract } from "./interpret/contract.js";
import {
  baseOf,
  neutral,
  offsets,
  step,
  stridesOf,
  type Evaluation,
  type Rounding,
  type Values,
} from "./interpret/evaluation.js";
import {
  evaluateConcat,
  evaluateExpand,
  evaluateGather,
  evaluatePermute,
  evaluateScatter,
  evaluateWalk,
} from "./interpret/movement.js";
import {
  evaluateScan,
  resultOf,
  type ScanValues,
  type Stepper,
} from "./interpret/scan.js";

export type { Rounding, Values } from "./interpret/evaluation.js";
/** Whose elementary functions: the compiler's own, or the host's Math. */
export type MathMode = "exact" | "host";

/**
 * Evaluates `roots` node by node over plain arrays: the meaning of the language, against which emitted code is held bit
 * for bit. A sum has one accumulator that starts at -0, the neutral element of IEEE addition; its terms come in
 * row-major order of the reduced axes, examples outermost.
 *
 * @param leaves contents of every leaf that is needed; a batched one has `n` examples, outermost.
 * @param rounding what operations leave of their results, where that is less than float64
 */
export function interpret(
  roots: readonly Node[],
  leaves: ReadonlyMap<Node, Values>,
  n = 1,
  math: MathMode = "exact",
  rounding?: Rounding,
): Map<Node, Values> {
  return evaluateAll(topological(roots), leaves, {
    n,
    math,
    ...(rounding !== undefined && { rounding }),
    functions: new Map(),
    results: new Map(),
  });
}

type Functions = Map<ScalarName, (...args: number[]) => number>;

/** What is the same for all nodes of one interpretation. */
interface Run {
  readonly n: number;
  readonly math: MathMode;
  readonly rounding?: Rounding;
  readonly functions: Functions;
  /** Results of each scan that was run. */
  readonly results: Map<Node, ScanValues>;
}

function evaluateAll(
  order: readonly Node[],
  leaves: ReadonlyMap<Node, Values>,
  run: Run,
): Map<Node, Values> {
  const values = new Map<Node, Values>();
  for (const v of order)
    values.set(
      v,
      v.op.kind === "leaf" || v.op.kind === "bound"
        ? leafOf(v, leaves)
        : evaluate(v, values, run),
    );
  return values;
}

function leafOf(v: Node, leaves: ReadonlyMap<Node, Values>): Values {
  const given = leaves.get(v);
  if (given === undefined)
    throw new InternalError(
      `the interpreter has no value for ${v.op.kind === "leaf" || v.op.kind === "bound" ? v.op.name : ""}`,
    );
  return given;
}

function functionOf(
  name: ScalarName,
  math: MathMode,
  known: Functions,
): (...args: number[]) => number {
  const before = known.get(name);
  if (before !== undefined) return before;
  const row = scalars[name];
  const params = ["a", "b", "c"].slice(0, row.body.length);
  const body = math === "host" && row.host !== undefined ? row.host : row.body;
  const made = compileScalar(params, body(...params.map(variable)));
  known.set(name, made);
  return made;
}

function evaluate(
  node: Node,
  values: ReadonlyMap<Node, Values>,
  run: Run,
  start?: Values,
): Values {
  const { op, args, shape } = node;
  const { n, rounding } = run;
  const size = sizeOf(shape);
  const examples = node.batched ? n : 1;
  const out = new Float64Array(size * examples);
  const round =
    rounding?.exact.has(node) === false ? rounding.round : undefined;
  const data = args.map((a) => {
    const value = values.get(a) as Values;
    return round !== undefined && rounding?.exact.has(a) === true
      ? Array.from(value, (x) => stored(x, round))
      : value;
  });
  const functionFor: Evaluation["functionFor"] = (name) =>
    functionOf(name, run.math, run.functions);
  const v: Evaluation = {
    node,
    data,
    n,
    size,
    examples,
    functionFor,
    out,
    ...(start !== undefined && { start }),
    ...(round !== undefined && { round }),
  };
  switch (op.kind) {
    case "leaf":
    case "bound":
      break;
    case "scan":
      run.results.set(node, evaluateScan(v, op.loop, stepper(run)));
      break;
    case "result":
      return resultOf(op, run.results.get(args[0] as Node));
    case "constant":
      for (let k = 0; k < size; k++)
        out[k] = stored(op.data[k] as number, round);
      break;
    case "iota":
      for (let k = 0; k < size; k++) out[k] = op.start + k;
      break;
    case "batchSize":
      out[0] = n;
      break;
    case "exampleIndex":
      for (let e = 0; e < examples; e++) out[e] = e;
      break;
    case "random":
      throw new InternalError("random numbers are drawn before they are used");
    // The graph that trains: programs choose before they are run.
    case "mode":
    case "remember":
    case "custom":
    case "again":
    case "label":
    case "reshape":
      for (let k = 0; k < out.length; k++)
        out[k] = (data[0] as Values)[k] as number;
      break;
    case "scalar":
      evaluateScalar(v, functionFor(op.name));
      roundScalars(v, op.name);
      break;
    case "expand":
      evaluateExpand(v, op);
      break;
    case "permute":
      evaluatePermute(v, op);
      break;
    case "slice":
    case "window":
      evaluateWalk(v, op);
      break;
    case "concat":
      evaluateConcat(v, op);
      break;
    case "gather":
      evaluateGather(v, op);
      break;
    case "scatter":
      evaluateScatter(v, op);
      break;
    case "reduce":
      evaluateReduce(v, op);
      break;
    case "contract":
      evaluateContract(v, op);
      break;
    case "softmax":
    case "logsumexp":
      evaluateStable(v, op);
      break;
    default:
      // A kind that is missing above does not compile here.
      throw new InternalError(`no value of ${String(op satisfies never)}`);
  }
  return out;
}

/** A number that is known is rounded where float32 does not have it. */
const stored = (x: number, round: Rounding["round"] | undefined): number =>
  round === undefined || Math.fround(x) === x ? x : round(x);

/** Evaluates the step of a scan: one example, and sums that continue from what they are. */
function stepper(run: Run): Stepper {
  const single: Run = { ...run, n: 1, results: new Map() };
  const orders = new Map<Loop, readonly Node[]>();
  return {
    run: (loop, given) => {
      const order = orders.get(loop) ?? topological(resultsOf(loop));
      orders.set(loop, order);
      return evaluateAll(order, given, single);
    },
    continued: (sum, values, from) => evaluate(sum, values, single, from),
  };
}

function evaluateScalar(
  { data, out }: Evaluation,
  f: (...args: number[]) => number,
): void {
  const [a, b, c] = data as [Values, Values, Values];
  if (data.length === 1)
    for (let k = 0; k < out.length; k++) out[k] = f(a[k] as number);
  else if (data.length === 2)
    for (let k = 0; k < out.length; k++)
      out[k] = f(a[k] as number, b[k] as number);
  else
    for (let k = 0; k < out.length; k++)
      out[k] = f(a[k] as number, b[k] as number, c[k] as number);
}

/** Each operation of a function rounds its result; an elementary function that it calls does so once or twice. */
function roundScalars({ out, round }: Evaluation, name: ScalarName): void {
  if (round === undefined) return;
  const row = scalars[name];
  const params = ["a", "b", "c"].slice(0, row.body.length);
  const count = operationsIn(row.body(...params.map(variable)));
  for (let k = 0; k < out.length; k++)
    for (let i = 0; i < count; i++) out[k] = round(out[k] as number);
}

/** Offsets in the argument of the axes that stay and of those that are reduced. */
function splitAxes(
  { node }: Evaluation,
  axes: readonly number[],
): { readonly kept: Int32Array; readonly over: Int32Array } {
  const { shape } = node.args[0] as Node;
  const own = stridesOf(shape);
  const pick = (list: readonly number[]): Int32Array =>
    offsets(
      list.map((i) => shape[i] as number),
      list.map((i) => own[i] as number),
    );
  const kept = shape.map((_, i) => i).filter((i) => !axes.includes(i));
  return { kept: pick(kept), over: pick(axes) };
}

function evaluateReduce(
  v: Evaluation,
  op: Extract<Op, { kind: "reduce" }>,
): void {
  const { kept, over } = splitAxes(v, op.axes);
  const next = step[op.by];
  const isRounded = op.by === "sum" || op.by === "prod";
  const [x] = v.data as [Values];
  for (let e = 0; e < v.examples; e++)
    kept.forEach((at, m) => {
      let s = v.start?.[e * v.size + m] ?? neutral[op.by];
      for (let t = 0; t < (op.batch ? v.n : 1); t++) {
        const base = baseOf(v, 0, op.batch ? t : e) + at;
        for (const k of over) {
          s = next(s, x[base + k] as number);
          if (v.round !== undefined && isRounded) s = v.round(s);
        }
      }
      v.out[e * v.size + m] = s;
    });
}

/** e^x / sum e^x and ln sum e^x with the maximum taken out first. */
function evaluateStable(
  v: Evaluation,
  op: Extract<Op, { kind: "softmax" | "logsumexp" }>,
): void {
  const { kept, over } = splitAxes(v, [op.axis]);
  const [exp, log] = [v.functionFor("exp"), v.functionFor("log")];
  const { round = (x: number) => x } = v;
  for (let e = 0; e < v.examples; e++)
    kept.forEach((at, m) => {
      const base = baseOf(v, 0, e) + at;
      const row = Array.from(
        over,
        (k) => (v.data[0] as Values)[base + k] as number,
      );
      const largest = row.reduce((s, t) => Math.max(s, t), -Infinity);
      const top = Math.abs(largest) < Infinity ? largest : 0;
      const powers = row.map((t) => round(exp(round(t - top))));
      const sum = powers.reduce((s, t) => round(s + t), -0);
      if (op.kind === "logsumexp")
        v.out[e * v.size + m] = round(top + round(log(sum)));
      else
        over.forEach((k, i) => {
          v.out[e * v.size + at + k] = round((powers[i] as number) / sum);
        });
    });
}
