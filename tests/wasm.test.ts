/** `--target wasm`: the handle's functions in WebAssembly give the bits that those in JavaScript give. */
import { describe, expect, it } from "vitest";
import { importScript, type Handle } from "../compiler/check/emitted.js";
import { fillInput, numbersFrom } from "../compiler/check/given.js";
import { compileModel } from "../compiler/compile.js";
import type { Unrolling } from "../compiler/emit/body.js";
import type { MathMode } from "../compiler/interpret.js";
import {
  crossEntropy,
  dropout,
  embedding,
  flatten,
  gru,
  indices,
  input,
  linear,
  model,
  mse,
  relu,
  sgd,
  type Model,
} from "../dsl/index.js";
import { models } from "./emitted/models.js";
import { engine, engines, tiersOf } from "./support/tiers.js";

const compile = (
  build: () => Model,
  unroll: Unrolling = "auto",
  math: MathMode = "exact",
) =>
  compileModel(build(), {
    sourceName: "tiers.ts",
    command: "npm run compile tiers.ts -- --target wasm",
    unroll,
    math,
    target: "wasm",
    verify: false,
  });

/** Random numbers, words, steps and layers in one network. */
const words = (): Model => {
  const word = indices("word", [5], 11);
  const y = input("y", [3]);
  const vectors = dropout(embedding(word, 11, 6, { name: "vectors" }), 0.3);
  const reader = gru(6, 4, { name: "reader", form: "scan" });
  const out = linear(relu(flatten(reader(vectors).output)), 3, { name: "out" });
  return model({
    inputs: { word, y },
    outputs: { out },
    loss: mse(out, y),
    optimizer: sgd(0.1, { momentum: 0.9 }),
  });
};

const networks: Readonly<Record<string, () => Model>> = { ...models, words };

const maxBatch = 5;

/** Two handles with the same numbers in their inputs. */
async function twins(
  compiled: Awaited<ReturnType<typeof compile>>,
): Promise<readonly [js: Handle, wasm: Handle]> {
  const handles = (await tiersOf(compiled.script)).map(([, { create }]) => {
    const net = create({ seed: 3, maxBatch });
    const next = numbersFrom(7);
    for (const x of compiled.plan.model.inputs)
      fillInput(inputOf(net, x.op.name), x.op.classes, next);
    return net;
  });
  return handles as [Handle, Handle];
}

const inputOf = (net: Handle, name: string): Float64Array | Int32Array =>
  net.inputs[name] ?? expect.fail(name);

/** All that an application sees of a handle. */
const seen = (net: Handle) => ({
  params: Array.from(net.params),
  grads: Array.from(net.grads),
  loss: Array.from(net.loss),
  outputs: Object.entries(net.outputs).map(([key, y]) => [key, Array.from(y)]),
  numbers: [net.lr, net.steps],
});

describe("both tiers", { timeout: 60_000 }, () => {
  const forms: readonly (readonly [Unrolling, MathMode])[] = [
    ["auto", "exact"],
    ["never", "exact"],
    ["never", "host"],
  ];
  it.each(Object.keys(networks))(
    "%s: the same bits after each call",
    async (name) => {
      for (const [unroll, math] of forms) {
        const build = networks[name] ?? expect.fail(name);
        const compiled = await compile(build, unroll, math);
        const both = await twins(compiled);
        const alike = (call: string, run: (net: Handle) => void): void => {
          both.forEach(run);
          const [js, wasm] = both.map(seen);
          expect(wasm, `${call}, ${unroll}, ${math}`).toEqual(js);
        };
        alike("create", () => undefined);
        for (const n of compiled.plan.programs.batched
          ? [1, 3, maxBatch]
          : [1]) {
          alike(`forward(${String(n)})`, (net) => {
            net.forward(n);
          });
          alike(`backward(${String(n)})`, (net) => {
            net.backward(n);
          });
          alike("update()", (net) => {
            net.update();
          });
          for (let step = 0; step < 3; step++)
            alike(`trainStep(${String(n)})`, (net) => {
              net.trainStep(n);
            });
        }
      }
    },
  );

  it("predict, save and load are the same, from one tier to the other too", async () => {
    const [js, wasm] = await twins(
      await compile(networks["iris"] ?? expect.fail()),
    );
    const x = [5.1, 3.5, 1.4, 0.2];
    expect(wasm.predict(x)).toEqual(js.predict(x));
    expect(wasm.save()).toEqual(js.save());
    wasm.lr = 0.5;
    wasm.trainStep(2);
    js.load(wasm.save());
    expect(seen(js).params).toEqual(seen(wasm).params);
    expect([js.lr, js.steps]).toEqual([0.5, 1]);
  });

  it("refuse the same numbers", async () => {
    for (const net of await twins(
      await compile(networks["iris"] ?? expect.fail()),
    )) {
      expect(() => {
        net.forward(maxBatch + 1);
      }).toThrow("n is 6, expected an integer from 1 to maxBatch = 5");
      net.inputs["label"]?.set([7]);
      expect(() => {
        net.trainStep(1);
      }).toThrow("label[0] is 7, expected an integer from 0 to 2");
    }
  });
});

describe("an engine", () => {
  it.each([
    ["without WebAssembly", engines.none],
    ["that refuses the bytes", engines.refusing],
  ])(
    "%s: the JavaScript of the module does the work",
    async (_, surroundings) => {
      const { script } = await compile(models["seed"] ?? expect.fail());
      const net = (await importScript(script, surroundings)).create({
        seed: 1,
      });
      expect(net.tier).toBe("js");
      net.inputs["x"]?.set([2, 2]);
      net.trainStep();
      const same = (await importScript(script)).create({ seed: 1 });
      expect(same.tier).toBe("wasm");
      same.inputs["x"]?.set([2, 2]);
      same.trainStep();
      expect(same.params).toEqual(net.params);
    },
  );

  it("that has too little memory: a RangeError says how much it is", async () => {
    const { script } = await compile(models["digits"] ?? expect.fail());
    const { create } = await importScript(script);
    expect(() => create({ maxBatch: 2 ** 24 })).toThrow(
      /^create: maxBatch 16777216 needs \d+ pages of 64 KiB, more than the engine gives$/,
    );
    expect(() => create({ maxBatch: 2 ** 24 })).toThrow(RangeError);
    for (const wrong of [0, -1, 1.5, 2 ** 24 + 1, NaN])
      expect(() => create({ maxBatch: wrong })).toThrow(
        `create: maxBatch is ${String(wrong)}, expected an integer from 1 to 16777216`,
      );
  });
});

describe("the functions", () => {
  it("are one module that is given a memory and nothing of the host", async () => {
    const { text } = await compile(() => {
      const x = input("x", [4]);
      const label = indices("label", [], 3);
      const logits = linear(x, 3, { name: "logits" });
      return model({
        inputs: { x, label },
        outputs: { logits },
        loss: crossEntropy(logits, label),
        optimizer: sgd(0.1),
      });
    });
    const [, base64 = ""] = /const wasm =\n {2}"([^"]+)";/.exec(text) ?? [];
    const bytes = Buffer.from(base64, "base64");
    const wasm = new engine.Module(bytes);
    expect(engine.Module.exports(wasm).map((e) => e.name)).toEqual([
      "runForward",
      "runBackward",
      "runUpdate",
    ]);
    expect(
      engine.Module.imports(wasm).map((i) => `${i.module}.${i.name}`),
    ).toEqual(["network.memory", "network.maxBatch"]);
  });
});
