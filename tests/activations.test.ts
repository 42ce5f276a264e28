import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as g from "../dsl/index.js";
import type { Tensor } from "../dsl/index.js";
import {
  difference,
  evaluate,
  pullback,
  relativeDifference,
  valueAndSlope,
  type Feeds,
} from "./opsHarness.js";

interface Data {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Case {
  readonly name: string;
  readonly graph: readonly {
    readonly id: string;
    readonly op: string;
    readonly inputs: readonly string[];
    readonly attrs?: Readonly<Record<string, number>> & {
      readonly approximate?: "none" | "tanh";
    };
  }[];
  readonly inputs: Readonly<Record<string, Data>>;
  readonly targets: Readonly<Record<string, Data>>;
  readonly expect: {
    readonly outputs: Readonly<Record<string, Data>>;
    readonly inputGrads: Readonly<Record<string, Data>>;
  };
  readonly tolerance: { readonly forward: number; readonly grad: number };
}

type Attributes = NonNullable<Case["graph"][number]["attrs"]>;
type Apply = (xs: readonly Tensor[], attrs: Attributes) => Tensor;
const one =
  (f: (x: Tensor) => Tensor): Apply =>
  ([x]) =>
    f(x as Tensor);
const two =
  (f: (a: Tensor, b: Tensor) => Tensor): Apply =>
  ([a, b]) =>
    f(a as Tensor, b as Tensor);
const bounds = ({ min, max }: Attributes): g.ClampOptions => ({
  ...(min !== undefined && { min }),
  ...(max !== undefined && { max }),
});

/** Ops of the golden format -> functions of the language. */
const ops: Readonly<Record<string, Apply>> = {
  abs: one(g.abs),
  atan: one(g.atan),
  celu: ([x], { alpha = 1 }) => g.celu(x as Tensor, { alpha }),
  clamp: ([x], attrs) => g.clamp(x as Tensor, bounds(attrs)),
  cos: one(g.cos),
  cosh: one(g.cosh),
  elu: ([x], { alpha = 1 }) => g.elu(x as Tensor, { alpha }),
  exp: one(g.exp),
  expm1: one(g.expm1),
  gelu: ([x], { approximate = "none" }) =>
    g.gelu(x as Tensor, { approximate }),
  gt: two((a, b) => g.greater(a, b)),
  hardsigmoid: one(g.hardsigmoid),
  hardswish: one(g.hardswish),
  hardtanh: ([x], { min_val: min = -1, max_val: max = 1 }) =>
    g.hardtanh(x as Tensor, { min, max }),
  leaky_relu: ([x], { negative_slope: negativeSlope = 0.01 }) =>
    g.leakyRelu(x as Tensor, { negativeSlope }),
  log: one(g.log),
  log2: one(g.log2),
  log_softmax: ([x], { dim = -1 }) => g.logSoftmax(x as Tensor, dim),
  logsigmoid: one(g.logSigmoid),
  maximum: two((a, b) => g.maximum(a, b)),
  minimum: two((a, b) => g.minimum(a, b)),
  mish: one(g.mish),
  mul: two((a, b) => g.mul(a, b)),
  neg: one(g.neg),
  pow: ([x], { exponent = 1 }) => g.pow(x as Tensor, exponent),
  reciprocal: one(g.reciprocal),
  relu: one(g.relu),
  relu6: one(g.relu6),
  rsqrt: one(g.rsqrt),
  selu: one(g.selu),
  sigmoid: one(g.sigmoid),
  silu: one(g.silu),
  sin: one(g.sin),
  sinh: one(g.sinh),
  softmax: ([x], { dim = -1 }) => g.softmax(x as Tensor, dim),
  softmin: ([x], { dim = -1 }) => g.softmin(x as Tensor, dim),
  softplus: ([x], { beta = 1, threshold = 20 }) =>
    g.softplus(x as Tensor, { beta, threshold }),
  softsign: one(g.softsign),
  sqrt: one(g.sqrt),
  square: one(g.square),
  sub: two((a, b) => g.sub(a, b)),
  tan: one(g.tan),
  tanh: one(g.tanh),
  threshold: ([x], { threshold = 0, value = 0 }) =>
    g.threshold(x as Tensor, threshold, value),
  where: ([c, a, b]) => g.where(c as Tensor, a as Tensor, b as Tensor),
};

const folder = join(import.meta.dirname, "golden", "activation");
const cases = readdirSync(folder).map(
  (file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Case,
);

describe("activations match PyTorch", () => {
  it.each(cases)("$name", (c) => {
    const named = new Map<string, Tensor>();
    const feeds: (readonly [Tensor, readonly number[]])[] = [];
    for (const [name, { shape, data }] of Object.entries({
      ...c.inputs,
      ...c.targets,
    })) {
      const leaf = g.input(name, shape, { batched: false });
      named.set(name, leaf);
      feeds.push([leaf, data]);
    }
    const get = (name: string): Tensor => named.get(name) as Tensor;
    for (const { id, op, inputs, attrs = {} } of c.graph) {
      const apply = ops[op];
      if (apply === undefined) throw new Error(`no op ${op}`);
      named.set(id, apply(inputs.map(get), attrs));
    }
    const outputs = Object.entries(c.expect.outputs);
    const inputs = Object.entries(c.expect.inputGrads);
    const xs = inputs.map(([name]) => get(name));
    const parts = outputs.map(([name]) =>
      pullback(get(name), get(`ct_${name}`), xs),
    );
    const gradients = xs.map((_, i) =>
      parts.map((p) => p[i] as Tensor).reduce((s, d) => g.add(s, d)),
    );
    const got = evaluate([...outputs.map(([n]) => get(n)), ...gradients], feeds);
    const want = [...outputs, ...inputs];
    want.forEach(([name, { data }], k) => {
      const { forward, grad } = c.tolerance;
      const off = data.flatMap((v, i) => {
        const limit = k < outputs.length ? forward : grad;
        const why = difference(got[k]?.[i], v, limit);
        return why === undefined ? [] : [`${name}[${String(i)}]: ${why}`];
      });
      expect(off).toEqual([]);
    });
  });
});

/** Values and slopes as PyTorch's own forward and backward formulas give them. */
interface Row {
  readonly f: (x: Tensor<[number]>) => Tensor;
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
  /** Relative. */
  readonly tolerance?: number;
}
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number =>
  Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const relu6 = (x: number): number => Math.min(Math.max(x, 0), 6);
const inside = (x: number, low: number, high: number): number =>
  x <= low || x >= high ? 0 : 1;
const [scale, alpha] = [1.0507009873554805, 1.6732632423543772];

const rows: Readonly<Record<string, Row>> = {
  abs: { f: g.abs, value: Math.abs, slope: (x) => Math.sign(x) },
  sign: { f: g.sign, value: Math.sign, slope: () => 0 },
  floor: { f: g.floor, value: Math.floor, slope: () => 0 },
  neg: { f: g.neg, value: (x) => -x, slope: () => -1 },
  square: { f: g.square, value: (x) => x * x, slope: (x) => 2 * x },
  sqrt: {
    f: g.sqrt,
    value: Math.sqrt,
    slope: (x) => 1 / (2 * Math.sqrt(x)),
  },
  rsqrt: {
    f: g.rsqrt,
    value: (x) => 1 / Math.sqrt(x),
    slope: (x) => -0.5 * (1 / Math.sqrt(x)) ** 3,
  },
  reciprocal: {
    f: g.reciprocal,
    value: (x) => 1 / x,
    slope: (x) => -(1 / x) * (1 / x),
  },
  "pow 0": { f: (x) => g.pow(x, 0), value: () => 1, slope: () => 0 },
  "pow 1": { f: (x) => g.pow(x, 1), value: (x) => x, slope: () => 1 },
  "pow 2": { f: (x) => g.pow(x, 2), value: (x) => x ** 2, slope: (x) => 2 * x },
  "pow 3": {
    f: (x) => g.pow(x, 3),
    value: (x) => x ** 3,
    slope: (x) => 3 * x ** 2,
  },
  "pow 1.5": {
    f: (x) => g.pow(x, 1.5),
    value: (x) => x ** 1.5,
    slope: (x) => 1.5 * x ** 0.5,
  },
  "pow of 2": {
    f: (x) => g.pow(2, x),
    value: (x) => 2 ** x,
    slope: (x) => 2 ** x * Math.LN2,
  },
  relu: {
    f: g.relu,
    value: (x) => (x <= 0 ? 0 : x),
    slope: (x) => (x <= 0 ? 0 : 1),
  },
  sigmoid: {
    f: g.sigmoid,
    value: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : sigmoid(x)),
    slope: (x) => Math.exp(-Math.abs(x)) / (1 + Math.exp(-Math.abs(x))) ** 2,
  },
};
