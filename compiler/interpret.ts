import {
  sizeOf,
  topological,
  type Node,
  type Op,
  type ReduceBy,
} from "../dsl/graph.js";
import { compileScalar } from "../dsl/math/evaluate.js";
import { variable } from "../dsl/math/scalar.js";
import { extents, lettersOf } from "../dsl/primitives/contract.js";
import { scalars } from "../dsl/primitives/index.js";
import type { ScalarName } from "../dsl/primitives/scalarName.js";
import { InternalError } from "./diagnostics.js";

export type Values = ArrayLike<number>;
/** Whose elementary functions: the compiler's own, or the host's Math. */
export type MathMode = "exact" | "host";

/**
 * Evaluates `roots` node by node over plain arrays: the meaning of the language, against which emitted code is held bit
 * for bit. A sum has one accumulator that starts at -0, the neutral element of IEEE addition; its terms come in
 * row-major order of the reduced axes, examples outermost.
 *
 * @param leaves contents of every leaf that is needed; a batched one has `n` examples, outermost.
 */
export function interpret(
  roots: readonly Node[],
  leaves: ReadonlyMap<Node, Values>,
  n = 1,
  math: MathMode = "exact",
): Map<Node, Values> {
  const functions = new Map<ScalarName, (...args: number[]) => number>();
  const values = new Map<Node, Values>();
  for (const v of topological(roots))
    values.set(
      v,
      v.op.kind === "leaf"
        ? leafOf(v, leaves)
        : evaluate(v, values, n, (f) => functionOf(f, math, functions)),
    );
  return values;
}

function leafOf(v: Node, leaves: ReadonlyMap<Node, Values>): Values {
  const given = leaves.get(v);
  if (given === undefined)
    throw new InternalError(
      `the interpreter has no value for ${v.op.kind === "leaf" ? v.op.name : ""}`,
    );
  return given;
}

function functionOf(
  name: ScalarName,
  math: MathMode,
  known: Map<ScalarName, (...args: number[]) => number>,
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

/** Offsets in an array of `shape` that the points of `dims` reach, row-major; stride 0 where `dims` has no axis of it. */
function offsets(
  dims: readonly number[],
  strides: readonly number[],
): Int32Array {
  let all = new Int32Array(1);
  dims.forEach((extent, axis) => {
    const next = new Int32Array(all.length * extent);
    all.forEach((base, i) => {
      for (let k = 0; k < extent; k++)
        next[i * extent + k] = base + k * (strides[axis] as number);
    });
    all = next;
  });
  return all;
}

function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--)
    strides[i] = (strides[i + 1] as number) * (shape[i + 1] as number);
  return strides;
}

const neutral: Readonly<Record<ReduceBy, number>> = {
  sum: -0,
  max: -Infinity,
  min: Infinity,
};
const step: Readonly<Record<ReduceBy, (s: number, x: number) => number>> = {
  sum: (s, x) => s + x,
  max: Math.max,
  min: Math.min,
};

function evaluate(
  v: Node,
  values: ReadonlyMap<Node, Values>,
  n: number,
  functionFor: (name: ScalarName) => (...args: number[]) => number,
): Values {
  const { op, args, shape } = v;
  const size = sizeOf(shape);
  const examples = v.batched ? n : 1;
  const out = new Float64Array(size * examples);
  const data = args.map((a) => values.get(a) as Values);
  /** First element of example e of argument i. */
  const base = (i: number, e: number): number =>
    args[i]?.batched === true ? e * sizeOf(args[i].shape) : 0;
  const gather = (from: Int32Array): void => {
    for (let e = 0; e < examples; e++)
      for (let k = 0; k < size; k++)
        out[e * size + k] = (data[0] as Values)[
          base(0, e) + (from[k] as number)
        ] as number;
  };
  switch (op.kind) {
    case "leaf":
      break;
    case "constant":
      for (let k = 0; k < size; k++) out[k] = op.data[k] as number;
      break;
    case "iota":
      for (let k = 0; k < size; k++) out[k] = op.start + k;
      break;
    case "batchSize":
      out[0] = n;
      break;
    case "label":
    case "reshape":
      for (let k = 0; k < out.length; k++)
        out[k] = (data[0] as Values)[k] as number;
      break;
    case "scalar": {
      const f = functionFor(op.name);
      const [a, b, c] = data as [Values, Values, Values];
      if (data.length === 1)
        for (let k = 0; k < out.length; k++) out[k] = f(a[k] as number);
      else if (data.length === 2)
        for (let k = 0; k < out.length; k++)
          out[k] = f(a[k] as number, b[k] as number);
      else
        for (let k = 0; k < out.length; k++)
          out[k] = f(a[k] as number, b[k] as number, c[k] as number);
      break;
    }
    case "expand": {
      const own = stridesOf((args[0] as Node).shape);
      gather(
        offsets(
          shape,
          shape.map((_, i) => own[op.axes.indexOf(i)] ?? 0),
        ),
      );
      break;
    }
    case "permute": {
      const own = stridesOf((args[0] as Node).shape);
      gather(
        offsets(
          shape,
          op.order.map((i) => own[i] as number),
        ),
      );
      break;
    }
    case "slice": {
      const own = stridesOf((args[0] as Node).shape);
      const from = offsets(
        shape,
        own.map((s, i) => (i === op.axis ? s * op.step : s)),
      );
      gather(from.map((o) => o + op.start * (own[op.axis] as number)));
      break;
    }
    case "concat": {
      const own = stridesOf(shape);
      let start = 0;
      args.forEach((a, i) => {
        const to = offsets(a.shape, own);
        for (let e = 0; e < examples; e++)
          to.forEach((o, k) => {
            out[e * size + start + o] = (data[i] as Values)[
              base(i, e) + k
            ] as number;
          });
        start += (a.shape[op.axis] as number) * (own[op.axis] as number);
      });
      break;
    }
    case "reduce": {
      const x = args[0] as Node;
      const own = stridesOf(x.shape);
      const kept = x.shape.map((_, i) => i).filter((i) => !op.axes.includes(i));
      const pick = (axes: readonly number[]): Int32Array =>
        offsets(
          axes.map((i) => x.shape[i] as number),
          axes.map((i) => own[i] as number),
        );
      fold(
        op,
        pick(kept),
        pick(op.axes),
        (e, at, k) => (data[0] as Values)[base(0, e) + at + k] as number,
      );
      break;
    }
    case "contract": {
      const extent = extents(op, args);
      const of = (letters: string, operand: string, arg: Node): Int32Array => {
        const own = stridesOf(arg.shape);
        return offsets(
          lettersOf(letters).map((c) => extent.get(c) as number),
          lettersOf(letters).map((c) => own[operand.indexOf(c)] ?? 0),
        );
      };
      const [a, b] = args as [Node, Node];
      const [ak, bk] = [of(op.over, op.left, a), of(op.over, op.right, b)];
      const [am, bm] = [of(op.out, op.left, a), of(op.out, op.right, b)];
      const [x, y] = data as [Values, Values];
      const terms = op.batch ? n : 1;
      for (let e = 0; e < examples; e++)
        for (let m = 0; m < size; m++) {
          let sum = -0;
          for (let t = 0; t < terms; t++) {
            const [ax, by] = [
              base(0, op.batch ? t : e) + (am[m] as number),
              base(1, op.batch ? t : e) + (bm[m] as number),
            ];
            for (let k = 0; k < ak.length; k++)
              sum +=
                (x[ax + (ak[k] as number)] as number) *
                (y[by + (bk[k] as number)] as number);
          }
          out[e * size + m] = sum;
        }
      break;
    }
    case "softmax":
    case "logsumexp":
      stable(op);
      break;
  }
  return out;

  function fold(
    o: Extract<Op, { kind: "reduce" }>,
    kept: Int32Array,
    over: Int32Array,
    term: (example: number, at: number, k: number) => number,
  ): void {
    const next = step[o.by];
    const terms = o.batch ? n : 1;
    for (let e = 0; e < examples; e++)
      kept.forEach((at, m) => {
        let s = neutral[o.by];
        for (let t = 0; t < terms; t++)
          for (const k of over) s = next(s, term(o.batch ? t : e, at, k));
        out[e * size + m] = s;
      });
  }

  /** e^x / sum e^x and ln sum e^x with the maximum taken out first. */
  function stable(o: Extract<Op, { kind: "softmax" | "logsumexp" }>): void {
    const x = args[0] as Node;
    const own = stridesOf(x.shape);
    const kept = x.shape.map((_, i) => i).filter((i) => i !== o.axis);
    const from = offsets(
      kept.map((i) => x.shape[i] as number),
      kept.map((i) => own[i] as number),
    );
    const along = offsets([x.shape[o.axis] as number], [own[o.axis] as number]);
    const [exp, log] = [functionFor("exp"), functionFor("log")];
    for (let e = 0; e < examples; e++)
      from.forEach((at, m) => {
        const row = Array.from(
          along,
          (k) => (data[0] as Values)[base(0, e) + at + k] as number,
        );
        const top = row.reduce((s, t) => Math.max(s, t), -Infinity);
        const powers = row.map((t) => exp(t - top));
        const sum = powers.reduce((s, t) => s + t, -0);
        if (o.kind === "logsumexp") out[e * size + m] = top + log(sum);
        else
          along.forEach(
            (k, i) => (out[e * size + at + k] = (powers[i] as number) / sum),
          );
      });
  }
}
