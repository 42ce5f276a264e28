/** `--target wasm --dtype f32`: WebAssembly rounds every operation to float32, and is held to what that explains. */
import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { importFloat32, type Floats } from "../compiler/check/emitted.js";
import { fillInput, numbersFrom } from "../compiler/check/given.js";
import {
  add,
  batchMean,
  constant,
  conv2d,
  crossEntropy,
  dropout,
  exp,
  indices,
  input,
  linear,
  log2,
  mean,
  model,
  mse,
  mul,
  neg,
  param,
  relu,
  scaledDotProductAttention,
  sgd,
  sigmoid,
  softmax,
  softplus,
  square,
  sub,
  sum,
  tanh,
  type Model,
} from "../dsl/index.js";
import type { Compiled } from "../compiler/compile.js";
import { engines } from "./support/tiers.js";
import { models } from "./emitted/models.js";
import { compile } from "./emitted/compiled.js";

const compiled = (name: string, unroll: "auto" | "never") => {
  const build = models[name] ?? expect.fail(name);
  return compile(build(), name, unroll, "exact", "wasm", "f32");
};

/** What the header of a module says that has them. */
const zeros = "Zeros that lie around an axis are terms like others";

const looped = (network: Model) =>
  compile(network, "network", "never", "exact", "wasm", "f32");

/** Networks of straight lines, of which WebAssembly takes four examples at a time, as far as their loops let it. */
const batches: Readonly<Record<string, () => Model>> = {
  "classes, gates and outputs that are hidden": () => {
    const x = input("x", [3]);
    const y = indices("y", [], 3);
    const h = tanh(linear(x, 5));
    const gate = sigmoid(linear(h, 5));
    const logits = linear(relu(mul(h, gate)), 3);
    return model({
      inputs: { x, y },
      outputs: { h, logits, p: softmax(logits) },
      loss: crossEntropy(logits, y),
      optimizer: sgd(0.1),
    });
  },
  // Each is in memory until it has a name; the next one takes its place.
  "functions of several parameters": () => {
    const x = input("x", [3]);
    const w = param("w", [3], { init: [0.1, 0.2, -0.3] });
    const b = param("b", [], { init: [0.1] });
    const out = add(sum(mul(x, softplus(w))), tanh(b));
    return model({
      inputs: { x },
      outputs: { out },
      loss: square(out),
      optimizer: sgd(0.1),
    });
  },
  "functions of statistics of the batch": () => {
    const x = input("x", []);
    const a = exp(batchMean(x));
    const b = exp(batchMean(mul(x, a)));
    const out = mul(mul(mul(x, a), b), param("w", [], { init: [0.5] }));
    return model({
      inputs: { x },
      outputs: { out },
      loss: square(out),
      optimizer: sgd(0.1),
    });
  },
  // What draws numbers takes examples one by one, and so does what it reads.
  "numbers that are drawn for each example": () => {
    const x = input("x", [4]);
    const h = tanh(linear(x, 4));
    const out = linear(dropout(sub(h, batchMean(h)), 0.5), 2);
    return model({
      inputs: { x },
      outputs: { out },
      loss: mean(square(out)),
      optimizer: sgd(0.1),
    });
  },
};

/** The network after five steps in an engine. */
async function trained({ script, plan }: Compiled, engine: object) {
  const { create } = await importFloat32(script, engine);
  const net = create({ seed: 3, maxBatch: 4 });
  const next = numbersFrom(7);
  for (const x of plan.model.inputs)
    fillInput(net.inputs[x.op.name] as Floats, x.op.classes, next);
  for (let step = 0; step < 5; step++) net.trainStep(4);
  return net;
}

function expectNear(a: Float32Array, b: Float32Array): void {
  expect(a).not.toEqual(b);
  const far = a.map((x, i) => Math.abs(x - (b[i] ?? NaN)));
  expect(Math.max(...far)).toBeLessThan(1e-5);
}

describe("both tiers in float32", { timeout: 300_000 }, () => {
  it.each(Object.keys(models))(
    "%s: each is within what rounding explains, in both forms",
    async (name) => {
      for (const unroll of ["auto", "never"] as const) {
        const { text } = await compiled(name, unroll);
        expect(text.replace(/\n \* /g, " ")).toContain(
          "WebAssembly rounds each operation",
        );
      }
    },
  );

  it("differ by rounding, and take each other's states", async () => {
    const network = await compiled("digits", "auto");
    const js = await trained(network, engines.none);
    const wasm = await trained(network, engines.wasm);
    expect([js.tier, wasm.tier]).toEqual(["js", "wasm"]);
    expectNear(js.params, wasm.params);
    js.load(wasm.save());
    expect(js.params).toEqual(wasm.params);
  });

  it("round tables of constants, and what is made of them", async () => {
    const x = input("x", [2]);
    const near = log2(constant([4], [1.001, 0.999, 1.0003, 0.9997]));
    const total = sum(mul(near, param("scale", [4])));
    const compiling = compile(
      model({
        inputs: { x },
        outputs: { near },
        loss: mul(total, sum(x)),
        optimizer: sgd(0.1),
      }),
      "table",
      // Straight lines have the numbers themselves.
      "never",
      "exact",
      "wasm",
      "f32",
    );
    await expect(compiling).resolves.toBeDefined();
  });

  it("do points again where rows are no whole number of vectors", async () => {
    const x = input("x", [3, 14, 14]);
    const y = input("y", [8, 10, 10]);
    const seen = relu(conv2d(x, 8, 5));
    const { text } = await looped(
      model({
        inputs: { x, y },
        outputs: { seen },
        loss: mse(seen, y),
        optimizer: sgd(0.1),
      }),
    );
    expect(text.replace(/\n \* /g, " ")).not.toContain(zeros);
    // Ten points are three vectors, the last one from the seventh point on.
    expect(text).toMatch(/const (\w+) = Math\.min\(\1From, 6\);/);
  });

  it.each([2, 4, 3])(
    "have the mean over %i equal examples that one of them has",
    async (n) => {
      const { script, plan } = await compiled("digits", "auto");
      const { create } = await importFloat32(script, engines.apart);
      const net = create({ seed: 3, maxBatch: n });
      for (const x of plan.model.inputs) {
        const all = net.inputs[x.op.name] as Floats;
        const one = all.subarray(0, all.length / n);
        fillInput(one, x.op.classes, numbersFrom(7));
        for (let i = 1; i < n; i++) all.set(one, i * one.length);
      }
      net.backward(1);
      const alone = net.grads.slice();
      net.backward(n);
      // Two equal numbers have an exact sum; of more, each further term may be rounded.
      const most = n === 2 ? 0 : n * 2 ** -24;
      net.grads.forEach((g, i) => {
        const one = alone[i] ?? NaN;
        expect(Math.abs(g - one)).toBeLessThanOrEqual(most * Math.abs(one));
      });
    },
  );

  it("have zeros around what windows leave, in steps and with gaps too", async () => {
    const x = input("x", [3, 12, 12]);
    const inner = relu(conv2d(x, 3, 3, { padding: 1 }));
    const plain = conv2d(inner, 4, 5, { padding: 2 });
    const inSteps = conv2d(inner, 4, 5, { padding: 2, stride: 2 });
    const withGaps = conv2d(inner, 4, 5, { padding: 3, dilation: 2 });
    const squares = [
      mean(square(plain)),
      mean(square(inSteps)),
      mean(square(withGaps)),
    ];
    const { text } = await looped(
      model({
        inputs: { x },
        outputs: { plain, inSteps, withGaps },
        loss: squares.reduce((a, b) => add(a, b)),
        optimizer: sgd(0.1),
      }),
    );
    expect(text.replace(/\n \* /g, " ")).toContain(zeros);
  });

  it("have tiles of their own for sums over the same points", async () => {
    const x = input("x", [16, 24]);
    const y = input("y", [16, 24]);
    const [q, k, v] = [linear(x, 24), linear(x, 24), linear(x, 24)];
    const seen = scaledDotProductAttention(q, k, v);
    const { text } = await looped(
      model({
        inputs: { x, y },
        outputs: { seen },
        loss: mse(seen, y),
        optimizer: sgd(0.1),
      }),
    );
    // The last of a tile's 32 sums: of each of the three gradients of a weight, and of three of the attention.
    expect(text.match(/\bsum32 \+= /g)?.length).toBeGreaterThanOrEqual(6);
  });

  it("add up eight products that are written out in lanes", async () => {
    const x = input("x", [8]);
    const y = linear(x, 1, { name: "y" });
    const { script } = await compile(
      model({
        inputs: { x },
        outputs: { y },
        loss: mse(y, constant([1], [0])),
        optimizer: sgd(0.1),
      }),
      "dot",
      "auto",
      "exact",
      "wasm",
      "f32",
    );
    const { create } = await importFloat32(script, engines.apart);
    const net = create({ maxBatch: 1 });
    // One after the other, three of them are lost beside the first.
    net.params.set([2 ** 24, 1, 1, 1, -(2 ** 24), 1, 1, 1, 0]);
    net.inputs["x"]?.fill(1);
    net.forward(1);
    expect(net.outputs["y"]?.[0]).toBe(6);
  });

  it.each(["added", "subtracted"])(
    "have terms of four examples at a time %s in lanes, and the rest after them",
    async (how) => {
      const x = input("x", [1]);
      const y = linear(x, 1, { name: "y" });
      const total = sum(y);
      const loss = how === "added" ? total : neg(total);
      const { script } = await compile(
        model({ inputs: { x }, outputs: { y }, loss, optimizer: sgd(1) }),
        "lanes",
        "auto",
        "exact",
        "wasm",
        "f32",
      );
      const net = (await importFloat32(script, engines.apart)).create({
        maxBatch: 9,
      });
      // One after the other, three of them are lost beside the first.
      net.inputs["x"]?.set([2 ** 24, 1, 1, 1, -(2 ** 24), 1, 1, 1, 3]);
      net.backward(8);
      const sign = how === "added" ? 1 : -1;
      expect([...net.grads]).toEqual([(sign * 6) / 8, sign]);
      net.backward(9);
      expect([...net.grads]).toEqual([sign, sign]);
    },
  );

  it.each(Object.keys(batches))(
    "have the same numbers for a batch of any size as JavaScript: %s",
    async (name) => {
      const network = batches[name] ?? expect.fail(name);
      const { script, plan } = await compile(
        network(),
        name,
        "auto",
        "exact",
        "wasm",
        "f32",
      );
      const size = 10;
      const netIn = async (engine: object) => {
        const { create } = await importFloat32(script, engine);
        const net = create({ seed: 5, maxBatch: size });
        const next = numbersFrom(2);
        for (const x of plan.model.inputs)
          fillInput(net.inputs[x.op.name] as Floats, x.op.classes, next);
        return net;
      };
      const [js, wasm] = [
        await netIn(engines.none),
        await netIn(engines.apart),
      ];
      const expectAlike = (a: Float32Array, b: Float32Array): void => {
        const far = a.map((v, i) => Math.abs(v - (b[i] ?? NaN)));
        expect(Math.max(0, ...far)).toBeLessThan(4e-6);
      };
      for (let n = size; n >= 1; n--) {
        for (const net of [js, wasm]) {
          for (const list of Object.values(net.outputs)) list.fill(NaN);
          net.forward(n);
        }
        for (const [id, list] of Object.entries(js.outputs)) {
          const length = (list.length / size) * n;
          const own = wasm.outputs[id]?.subarray(0, length);
          expectAlike(list.subarray(0, length), own ?? expect.fail(id));
        }
        js.backward(n);
        wasm.backward(n);
        expectAlike(js.grads, wasm.grads);
        expectAlike(js.loss, wasm.loss);
      }
    },
  );

  it("add up the lanes of rows of ten terms, and two more", async () => {
    const x = input("x", [10]);
    const y = linear(x, 8, { name: "y", bias: false });
    const { script } = await looped(
      model({
        inputs: { x },
        outputs: { y },
        loss: mean(square(y)),
        optimizer: sgd(0.1),
      }),
    );
    const { create } = await importFloat32(script, engines.apart);
    const net = create({ maxBatch: 3 });
    // One after the other, three of them are lost beside the first.
    const row = [2 ** 24, 1, 1, 1, -(2 ** 24), 1, 1, 1, 0.5, 0.25];
    net.params.set(Array.from({ length: 8 }, () => row).flat());
    net.inputs["x"]?.fill(1);
    for (const n of [1, 3]) {
      net.outputs["y"]?.fill(0);
      net.forward(n);
      const got = [...(net.outputs["y"] ?? [])].slice(0, 8 * n);
      expect(got).toEqual(Array.from({ length: 8 * n }, () => 6.75));
    }
  });

  it.each([8, 9, 10, 11, 17, 22, 24, 27])(
    "add up rows of %i terms, and nothing of what lies beside them",
    async (terms) => {
      const x = input("x", [terms]);
      const y = linear(x, 8, { name: "y", bias: false });
      const { script } = await looped(
        model({
          inputs: { x },
          outputs: { y },
          loss: mean(square(y)),
          optimizer: sgd(0.1),
        }),
      );
      const { create } = await importFloat32(script, engines.apart);
      const net = create({ maxBatch: 3 });
      // Every second row of weights, and of examples, is no number.
      net.params.forEach((_, i) => {
        const [row, k] = [Math.floor(i / terms), i % terms];
        net.params[i] = row % 2 === 1 ? NaN : 2 ** -k;
      });
      const inputs = net.inputs["x"] ?? expect.fail("no x");
      inputs.fill(1);
      inputs.fill(Infinity, terms, 2 * terms);
      for (const n of [1, 3]) {
        net.outputs["y"]?.fill(0);
        net.forward(n);
        const sum = Math.fround(2 - 2 ** (1 - terms));
        const row = (of: number) => [of, NaN, of, NaN, of, NaN, of, NaN];
        expect([...(net.outputs["y"] ?? [])].slice(0, 8 * n)).toEqual(
          [sum, Infinity, sum].slice(0, n).flatMap(row),
        );
      }
    },
  );

  it("have arrays of float32 in the memory of WebAssembly", async () => {
    const { script } = await compiled("iris", "auto");
    const net = (await importFloat32(script)).create({ maxBatch: 2 });
    expect(net.tier).toBe("wasm");
    expect(net.params).toBeInstanceOf(Float32Array);
    expect(net.loss).toBeInstanceOf(Float32Array);
    expect(net.outputs["logits"]?.length).toBe(6);
  });

  it("round products once with their sums where the engine can, within the same bounds", async () => {
    const network = await compiled("digits", "auto");
    const apart = await trained(network, engines.apart);
    const first = await trained(network, engines.wasm);
    // Node 20 has the instruction behind an option.
    if (first.fused !== true)
      setFlagsFromString("--experimental-wasm-relaxed-simd");
    const once = await trained(network, engines.wasm);
    const js = await trained(network, engines.none);
    expect([js, apart, once].map((net) => net.fused)).toEqual([
      false,
      false,
      true,
    ]);
    expectNear(apart.params, once.params);
    for (const name of ["digits", "convolved", "attention", "bidirectional"])
      await expect(compiled(name, "never")).resolves.toBeDefined();
  });
});
