/** Numbers that random data never has, through compiled modules: emitted code is the interpreter, bit for bit. */
import { describe, expect, it } from "vitest";
import { importScript, type Handle } from "../compiler/check/emitted.js";
import { compileModel, type Compiled } from "../compiler/compile.js";
import {
  batchMax,
  batchSum,
  concat,
  div,
  input,
  logSoftmax,
  logsumexp,
  matmul,
  max,
  mean,
  min,
  model,
  mul,
  norm,
  param,
  reshape,
  select,
  sgd,
  softmax,
  std,
  sum,
  where,
  type Model,
  type Tensor,
} from "../dsl/index.js";
import { models } from "./emitted/models.js";
import { Oracle } from "./replay/oracle.js";
import { tiersOf } from "./support/tiers.js";
import { drawn } from "./support/values.js";

const special = [
  -0,
  0,
  -0,
  NaN,
  Infinity,
  -Infinity,
  1,
  -1,
  0.5,
  1,
  5e-324,
  1e308,
  -1e308,
  1e-300,
];

const compile = (m: Model, unroll: "full" | "never"): Promise<Compiled> =>
  compileModel(m, {
    sourceName: "probe.ts",
    command: "test",
    unroll,
    math: "exact",
    target: "wasm",
    verify: false,
  });

/** Fills the network, runs everything it can do, and compares each number with the interpreter's. */
function hold(
  { plan }: Compiled,
  create: () => Handle,
  n: number,
  fill: (into: Float64Array | Int32Array, salt: number) => void,
): void {
  const net = create();
  const twin = create();
  Object.entries(net.inputs).forEach(([name, into], i) => {
    const classes = plan.model.inputs.find((x) => x.op.name === name)?.op
      .classes;
    if (classes === undefined) fill(into, i);
    else into.forEach((_, k) => (into[k] = k % classes));
    twin.inputs[name]?.set(into);
  });
  fill(net.params, 77);
  twin.params.set(net.params);
  const oracle = new Oracle(plan, net.params, net.lr);
  net.forward(n);
  for (const [key, value] of oracle.forward(net.inputs, n))
    expect(
      Array.from(net.outputs[key]?.slice(0, value.length) ?? []),
      key,
    ).toEqual(Array.from(value));
  for (let step = 0; step < 2; step++) {
    net.backward(n);
    oracle.backward(net.inputs, n);
    expect(Array.from(net.loss), "loss").toEqual(Array.from(oracle.loss));
    expect(Array.from(net.grads), "grads").toEqual(Array.from(oracle.grads));
    net.update();
    oracle.update();
    expect(Array.from(net.params), "params").toEqual(Array.from(oracle.params));
    twin.trainStep(n);
    expect(Array.from(twin.params), "trainStep").toEqual(
      Array.from(net.params),
    );
    expect(Array.from(twin.loss)).toEqual(Array.from(net.loss));
  }
}

/** Every reduction, whose sums, products and maxima have edges. */
const reductions = (): Model => {
  const x = input("x", [2, 3]);
  const y = input("y", [3]);
  const w = param("w", [3], { init: [1, 1, 1] });
  const scaled = mul(x, w);
  const rows: Tensor[] = [
    sum(scaled, 1),
    mean(scaled, 1),
    max(scaled, 1),
    min(scaled, 1),
    logsumexp(scaled, 1),
    norm(scaled, 1),
    std(scaled, 1),
    matmul(scaled, y),
    sum(softmax(scaled), 1),
    max(logSoftmax(scaled), 1),
    select(div(scaled, y), 1, 0),
    reshape(sum(where(x, scaled, y), 1), [2]),
  ];
  const all = concat(rows as [Tensor, ...Tensor[]], 0, { name: "all" });
  return model({
    inputs: { x, y },
    outputs: { all },
    loss: sum(all),
    optimizer: sgd(0.1, { momentum: 0.9 }),
  });
};

/** The same over the examples. */
const overExamples = (): Model => {
  const x = input("x", [3]);
  const w = param("w", [3], { init: [1, 1, 1] });
  const scaled = mul(x, w);
  const total = batchSum(scaled, { name: "total" });
  const largest = batchMax(scaled, { name: "largest" });
  return model({
    inputs: { x },
    outputs: { total, largest, scaled },
    loss: sum(mul(total, largest)),
    optimizer: sgd(0.1),
  });
};

const networks: Readonly<Record<string, () => Model>> = {
  ...models,
  reductions,
  overExamples,
};

const fills: Readonly<
  Record<string, (into: Float64Array | Int32Array, salt: number) => void>
> = {
  "only -0": (into) => into.fill(-0),
  "only 0": (into) => into.fill(0),
  "only ties": (into) => into.fill(1.5),
  "0 and Infinity": (into, salt) => {
    into.forEach((_, i) => (into[i] = (i + salt) % 2 === 0 ? 0 : Infinity));
  },
  "a NaN": (into, salt) => {
    drawn(salt + 1, into.length).forEach((v, i) => {
      into[i] = i === 1 ? NaN : v;
    });
  },
  ...Object.fromEntries(
    [1, 2, 3, 4].map((seed) => [
      `edges ${String(seed)}`,
      (into: Float64Array | Int32Array, salt: number) => {
        drawn(seed * 101 + salt, into.length).forEach((v, i) => {
          const k = Math.floor(((v + 1) / 2) * special.length);
          into[i] = special[k] ?? 0;
        });
      },
    ]),
  ),
};

describe("edges of the doubles", { timeout: 60_000 }, () => {
  it.each(Object.keys(networks))(
    "%s: emitted bits are the interpreter's",
    async (name) => {
      const build = networks[name];
      if (build === undefined) return;
      for (const unroll of ["full", "never"] as const) {
        if (name === "digits" && unroll === "full") continue;
        const compiled = await compile(build(), unroll);
        const counts = compiled.plan.programs.batched ? [1, 3] : [1];
        for (const [, { create }] of await tiersOf(compiled.script))
          for (const n of counts)
            for (const fill of Object.values(fills))
              hold(compiled, () => create({ maxBatch: 4 }), n, fill);
      }
    },
  );

  it("a sum of -0 is -0, and of no other zeros", async () => {
    const x = input("x", [3], { batched: false });
    const total = sum(x, 0, { name: "total" });
    for (const unroll of ["full", "never"] as const) {
      const { script } = await compile(
        model({
          inputs: { x },
          outputs: { total },
          loss: total,
          optimizer: sgd(0.1),
        }),
        unroll,
      );
      for (const [, { create }] of await tiersOf(script)) {
        const net = create();
        net.inputs["x"]?.set([-0, -0, -0]);
        net.forward();
        expect(net.outputs["total"]?.[0]).toBe(-0);
        net.inputs["x"]?.set([-0, 0, -0]);
        net.forward();
        expect(net.outputs["total"]?.[0]).toBe(0);
      }
    }
  });

  it("ties of a maximum share the gradient, over the examples too", async () => {
    const { script } = await compile(overExamples(), "full");
    const net = (await importScript(script)).create({ maxBatch: 2 });
    net.inputs["x"]?.set([1, 2, 3, 1, 5, 3]);
    net.backward(2);
    // d(total largest)/dw = total x + largest sum x, where largest = 1 of two examples with x = 1 each.
    expect(Array.from(net.grads)).toEqual([4, 70, 36]);
  });
});
