/** Replays golden cases of the operators: values and gradients of every input and parameter, with the interpreter. */
import { readFileSync } from "node:fs";
import * as g from "../dsl/index.js";
import type { Tensor } from "../dsl/index.js";
import { difference, evaluate } from "./opsHarness.js";

interface Data {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
type Datas = Readonly<Record<string, Data>>;
interface Case {
  readonly graph: readonly {
    readonly id: string;
    readonly op: string;
    readonly inputs: readonly string[];
    readonly attrs?: Readonly<Record<string, unknown>>;
  }[];
  readonly inputs: Datas;
  readonly params: Datas;
  readonly targets: Datas;
  readonly expect: {
    readonly outputs: Datas;
    readonly inputGrads: Datas;
    readonly grads: Datas;
  };
  readonly tolerance: { readonly forward: number; readonly grad: number };
}

/** Attributes of one op of a case. */
class Attributes {
  readonly #all: Readonly<Record<string, unknown>>;
  constructor(all: Readonly<Record<string, unknown>> = {}) {
    this.#all = all;
  }
  number(key: string, otherwise: number): number {
    const value = this.#all[key];
    return typeof value === "number" ? value : otherwise;
  }
  list(key: string): number[] {
    return [...(this.#all[key] as readonly number[])];
  }
  has(key: string): boolean {
    return key in this.#all;
  }
  get axes(): number[] | undefined {
    return this.has("dims") ? this.list("dims") : undefined;
  }
  get keep(): { readonly keepdims: boolean } {
    return { keepdims: this.#all["keepdim"] === true };
  }
  get approximate(): "none" | "tanh" {
    return this.#all["approximate"] === "tanh" ? "tanh" : "none";
  }
}

type Apply = (
  at: Attributes,
  ...xs: readonly [Tensor, Tensor, Tensor]
) => Tensor;
const one =
  (f: (x: Tensor) => Tensor): Apply =>
  (_, x) =>
    f(x);

/** Ops of the golden format -> functions of the language. */
const ops: Readonly<Record<string, Apply>> = {
  abs: one(g.abs),
  add: (_, a, b) => g.add(a, b),
  amax: (at, x) => g.max(x, at.axes, at.keep),
  amin: (at, x) => g.min(x, at.axes, at.keep),
  atan: one(g.atan),
  celu: (at, x) => g.celu(x, { alpha: at.number("alpha", 1) }),
  clamp: (at, x) =>
    g.clamp(x, {
      ...(at.has("min") && { min: at.number("min", 0) }),
      ...(at.has("max") && { max: at.number("max", 0) }),
    }),
  cos: one(g.cos),
  cosh: one(g.cosh),
  div: (_, a, b) => g.div(a, b),
  elu: (at, x) => g.elu(x, { alpha: at.number("alpha", 1) }),
  exp: one(g.exp),
  expand: (at, x) => g.expand(x, at.list("shape")),
  expm1: one(g.expm1),
  gelu: (at, x) => g.gelu(x, { approximate: at.approximate }),
  gt: (_, a, b) => g.greater(a, b),
  hardsigmoid: one(g.hardsigmoid),
  hardswish: one(g.hardswish),
  hardtanh: (at, x) =>
    g.hardtanh(x, {
      min: at.number("min_val", -1),
      max: at.number("max_val", 1),
    }),
  layer_norm: (at, x, weight, bias) =>
    g.add(
      g.mul(
        g.layerNorm(x, {
          normalizedShape: at.list("normalized_shape"),
          eps: at.number("eps", 1e-5),
          affine: false,
        }),
        weight,
      ),
      bias,
    ),
  leaky_relu: (at, x) =>
    g.leakyRelu(x, { negativeSlope: at.number("negative_slope", 0.01) }),
  log: one(g.log),
  log2: one(g.log2),
  log_softmax: (at, x) => g.logSoftmax(x, at.number("dim", -1)),
  logsigmoid: one(g.logSigmoid),
  logsumexp: (at, x) =>
    g.logsumexp(x, at.axes ?? x.shape.map((_, i) => i), at.keep),
  matmul: (_, a, b) => g.matmul(a, b),
  maximum: (_, a, b) => g.maximum(a, b),
  mean: (at, x) => g.mean(x, at.axes, at.keep),
  minimum: (_, a, b) => g.minimum(a, b),
  mish: one(g.mish),
  mul: (_, a, b) => g.mul(a, b),
  neg: one(g.neg),
  norm: (at, x) => g.norm(x, at.axes, { ...at.keep, p: at.number("p", 2) }),
  permute: (at, x) => g.permute(x, at.list("dims")),
  pow: (at, x) => g.pow(x, at.number("exponent", 1)),
  reciprocal: one(g.reciprocal),
  relu: one(g.relu),
  relu6: one(g.relu6),
  reshape: (at, x) => g.reshape(x, at.list("shape")),
  rms_norm: (at, x, weight) =>
    g.mul(g.rmsNorm(x, { eps: at.number("eps", 0), affine: false }), weight),
  rsqrt: one(g.rsqrt),
  selu: one(g.selu),
  sigmoid: one(g.sigmoid),
  silu: one(g.silu),
  sin: one(g.sin),
  sinh: one(g.sinh),
  slice: (at, x) =>
    g.slice(
      x,
      at.number("dim", 0),
      at.number("start", 0),
      at.number("end", 0),
      at.number("step", 1),
    ),
  softmax: (at, x) => g.softmax(x, at.number("dim", -1)),
  softmin: (at, x) => g.softmin(x, at.number("dim", -1)),
  softplus: (at, x) =>
    g.softplus(x, {
      beta: at.number("beta", 1),
      threshold: at.number("threshold", 20),
    }),
  softsign: one(g.softsign),
  sqrt: one(g.sqrt),
  square: one(g.square),
  std: (at, x) =>
    g.std(x, at.axes, { ...at.keep, correction: at.number("correction", 1) }),
  sub: (_, a, b) => g.sub(a, b),
  sum: (at, x) => g.sum(x, at.axes, at.keep),
  tan: one(g.tan),
  tanh: one(g.tanh),
  threshold: (at, x) =>
    g.threshold(x, at.number("threshold", 0), at.number("value", 0)),
  transpose: (at, x) =>
    g.transpose(x, at.number("dim0", -2), at.number("dim1", -1)),
  var: (at, x) =>
    g.variance(x, at.axes, {
      ...at.keep,
      correction: at.number("correction", 1),
    }),
  where: (_, c, a, b) => g.where(c, a, b),
};
/** Ops of a list of any length. */
const joins: Readonly<
  Record<string, (at: Attributes, xs: readonly Tensor[]) => Tensor>
> = {
  concat: (at, xs) => g.concat(xs, at.number("dim", 0)),
  stack: (at, xs) => g.stack(xs, at.number("dim", 0)),
};

/** What differs between a case's expected values and gradients and those of the language. */
export function replay(path: string): string[] {
  const c = JSON.parse(readFileSync(path, "utf8")) as Case;
  const named = new Map<string, Tensor>();
  const feeds: (readonly [Tensor, readonly number[]])[] = [];
  const leaves = { ...c.inputs, ...c.params, ...c.targets };
  for (const [name, { shape, data }] of Object.entries(leaves)) {
    const leaf = g.input(name, shape, { batched: false });
    named.set(name, leaf);
    feeds.push([leaf, data]);
  }
  const get = (name: string): Tensor => named.get(name) as Tensor;
  for (const { id, op, inputs, attrs } of c.graph) {
    const at = new Attributes(attrs);
    const xs = inputs.map(get);
    const apply = ops[op];
    const y =
      joins[op]?.(at, xs) ?? apply?.(at, ...(xs as [Tensor, Tensor, Tensor]));
    if (y === undefined) throw new Error(`no function for ${op}`);
    named.set(id, y);
  }
  const outputs = Object.entries(c.expect.outputs);
  const wanted = Object.entries({ ...c.expect.inputGrads, ...c.expect.grads });
  const loss = outputs
    .map(([name]) => g.sum(g.mul(get(name), get(`ct_${name}`))))
    .reduce((s, t) => g.add(s, t));
  const gradients = g.gradient(
    loss,
    wanted.map(([name]) => get(name)),
  );
  const got = evaluate([...outputs.map(([n]) => get(n)), ...gradients], feeds);
  return [...outputs, ...wanted].flatMap(([name, { data }], k) => {
    const forward = k < outputs.length;
    const limit = forward ? c.tolerance.forward : c.tolerance.grad;
    return data.flatMap((v, i) => {
      const why = difference(got[k]?.[i], v, limit);
      const what = `${forward ? "" : "d"}${name}[${String(i)}]`;
      return why === undefined ? [] : [`${what}: ${why}`];
    });
  });
}
