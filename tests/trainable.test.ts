/** Training a part of a network: the same bits as of the whole for what is trained, and nothing for the rest. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pythonWithTorch } from "../bench/peers/torch.js";
import { nameModel } from "../compiler/load/name.js";
import { buildPrograms } from "../compiler/programs.js";
import { faultOf } from "../compiler/weights/fault.js";
import { readSafetensors } from "../compiler/weights/safetensors.js";
import { savedBytes } from "../compiler/weights/saved.js";
import { sourceOf } from "../compiler/weights/source.js";
import { paramsOfStateDict } from "../compiler/weights/stateDict.js";
import { ModelMistake } from "../dsl/errors.js";
import * as g from "../dsl/index.js";
import { root } from "./cliHarness.js";
import { byName, cases, fill, made, mlp } from "./trainable/networks.js";
import { weightsFile } from "./weights/file.js";

const n = 3;
const isStatistic = (name: string): boolean => name.includes(".running_");

describe.each(cases)("%s", { timeout: 240_000 }, (_, build, lists) => {
  describe.each(["auto", "never"] as const)("--unroll %s", (unroll) => {
    test("gradients are those of the whole network, to the bit", async () => {
      const whole = await made(build(), { unroll });
      const net = whole.module.create({ seed: 5, maxBatch: n });
      const start = byName(net.params, whole.layout);
      fill(net, 7);
      net.backward(n);
      const gradients = byName(
        net.grads,
        whole.layout.filter((p) => p.trainable),
      );
      for (const list of lists) {
        const { module, layout } = await made(build(list), { unroll });
        const part = module.create({ seed: 5, maxBatch: n });
        // A seed means the same network, whatever is trained of it.
        expect(byName(part.params, layout)).toEqual(
          new Map(layout.map(({ name }) => [name, start.get(name)])),
        );
        fill(part, 7);
        part.backward(n);
        expect(part.loss).toEqual(net.loss);
        const trained = layout.filter((p) => p.trainable);
        expect(trained.length).toBeLessThan(gradients.size);
        expect(layout.slice(0, trained.length)).toEqual(trained);
        expect(part.grads).toHaveLength(
          trained.reduce((sum, { size }) => sum + size, 0),
        );
        for (const [name, gradient] of byName(part.grads, trained)) {
          expect(gradient).toEqual(gradients.get(name));
          expect(gradient.some((d) => d !== 0)).toBe(true);
        }
      }
    });
  });

  test("what is not trained keeps its bits, what is trained learns", async () => {
    for (const list of lists) {
      const { module, layout } = await made(build(list));
      const net = module.create({ seed: 5, maxBatch: n });
      const before = byName(net.params, layout);
      fill(net, 7);
      net.trainStep(n);
      const [first = NaN] = net.loss;
      for (let step = 0; step < 20; step++) net.trainStep(n);
      expect(net.loss[0]).toBeLessThan(first);
      const after = byName(net.params, layout);
      for (const { name, trainable } of layout)
        if (trainable || isStatistic(name))
          expect(after.get(name), name).not.toEqual(before.get(name));
        else expect(after.get(name), name).toEqual(before.get(name));
    }
  });
});

describe("the report of a part", () => {
  test("says what is saved, in multiply-adds and memory", async () => {
    const report = { examples: 1, profile: false };
    const { compiled } = await made(mlp(["head"]), { report });
    const { savings } = compiled.report ?? {};
    const [first, second, head] = [3 * 4, 4 * 4, 4 * 2];
    expect(savings).toMatchObject({
      parameters: 46,
      part: {
        trained: 10,
        // Forward, and the gradient of the weight.
        multiplyAdds: first + second + 2 * head,
        gradientBytes: 8 * 10,
        stateBytes: 2 * 8 * 10,
      },
      whole: {
        trained: 46,
        multiplyAdds: 2 * first + 3 * (second + head),
        gradientBytes: 8 * 46,
        stateBytes: 2 * 8 * 46,
      },
    });
    expect(savings?.part.memoryBytes).toBeLessThanOrEqual(
      (savings?.whole.memoryBytes ?? 0) - 3 * 8 * 36,
    );
    expect(savings?.part.memoryBytes).toBe(compiled.summary.ram);
    expect(compiled.summary).toMatchObject({ parameters: 46, trained: 10 });
    expect(compiled.text).toContain("46 parameters, 10 of them trained");
    const all = await made(mlp(), { report });
    expect(all.compiled.report).not.toHaveProperty("savings");
    expect(all.compiled.summary).not.toHaveProperty("trained");
    expect(savings?.whole.memoryBytes).toBe(all.compiled.summary.ram);
  });
});

describe("trainable", () => {
  const build = (trainable: readonly unknown[]): g.Model => {
    const x = g.input("x", [3]);
    const gain = g.param("gain", [3]);
    const kept = g.param("kept", [3], { frozen: true });
    const shared = g.dense(3, 3, { name: "shared" });
    const twice = shared(shared(g.mul(g.mul(x, gain), kept)));
    const head = g.linear(twice, 2, { name: "head" });
    const named = { x, gain, kept, twice, head, none: g.tanh(twice) };
    const given = trainable.map((t) =>
      typeof t === "string" && t.startsWith("=")
        ? named[t.slice(1) as keyof typeof named]
        : t,
    );
    return g.model({
      inputs: { x },
      outputs: { head },
      loss: g.mean(g.square(head)),
      optimizer: g.sgd(0.1),
      trainable: given as ["head"],
    });
  };
  const trainedOf = (list: readonly unknown[]): string[] =>
    nameModel(build(list), () => undefined)
      .params.filter((p) => p.op.trainable !== false)
      .map((p) => p.op.name);

  test.each([
    [["=gain"], ["gain"]],
    [["=head"], ["head.weight", "head.bias"]],
    // A layer that is used twice.
    [["=twice"], ["shared.weight", "shared.bias"]],
    [["*.bias"], ["shared.bias", "head.bias"]],
    [
      ["h*", "gain"],
      ["gain", "head.weight", "head.bias"],
    ],
    [
      ["head", "head.bias", "=head"],
      ["head.weight", "head.bias"],
    ],
    [
      ["*"],
      ["gain", "shared.weight", "shared.bias", "head.weight", "head.bias"],
    ],
  ])("%j trains %j", (list, trained) => {
    expect(trainedOf(list)).toEqual(trained);
  });

  const expected =
    "expected one of gain, shared.weight, shared.bias, head.weight, head.bias";
  test.each([
    [
      "heads",
      "GC1109",
      `model: trainable has "heads", which is no parameter and no layer with parameters, ${expected}`,
    ],
    [
      "hea",
      "GC1109",
      `model: trainable has "hea", which is no parameter and no layer with parameters, ${expected}`,
    ],
    [
      "h.ad.*",
      "GC1109",
      `model: trainable has "h.ad.*", which is no parameter and no layer with parameters, ${expected}`,
    ],
    [
      "=x",
      "GC1109",
      `model: trainable has input "x", which is no parameter and no layer with parameters, ${expected}`,
    ],
    [
      "=none",
      "GC1109",
      `model: trainable has what tanh() returned, which is no parameter and no layer with parameters, ${expected}`,
    ],
    [
      "k*",
      "GC1119",
      `model: trainable has "k*", and kept is frozen, ${expected}`,
    ],
    [
      "=kept",
      "GC1119",
      `model: trainable has param "kept", and kept is frozen, ${expected}`,
    ],
  ])("%s is refused: %s", (wrong, code, message) => {
    expect.assertions(2);
    try {
      trainedOf(["gain", wrong]);
    } catch (error) {
      expect(error).toBeInstanceOf(ModelMistake);
      expect((error as ModelMistake).thrown).toMatchObject({ code, message });
    }
  });
});

test("a state_dict brings what is not trained, too", async () => {
  const { module, layout, compiled } = await made(mlp(["second"]));
  const named = nameModel(mlp(["second"]), () => undefined);
  const tensors = named.params.map(({ op, shape }, k) => ({
    name: op.name,
    shape,
    values: Array.from(
      {
        length: byName(new Float64Array(46), layout).get(op.name)?.length ?? 0,
      },
      (_, i) => k + i / 100,
    ),
  }));
  const fault = faultOf("/weights");
  const file = readSafetensors(
    sourceOf(weightsFile([...tensors].reverse())),
    fault,
  );
  const conversion = {
    ...{ rules: [], skip: [], allowNonfinite: false },
    report: () => undefined,
  };
  const flat = paramsOfStateDict(named.params, file, conversion, fault);
  const derived = { model: named, programs: buildPrograms(named) };
  const net = module.create();
  net.load(savedBytes(derived, flat));
  const got = byName(net.params, layout);
  for (const { name, values } of tensors)
    expect(Array.from(got.get(name) ?? [])).toEqual(values);
  expect(compiled.plan.model.params[0]?.op.name).toBe("second.weight");
});

/** Of three layers, the middle one adapted. */
function adapted(adapter: boolean): g.Model {
  const x = g.input("x", [6]);
  const y = g.input("y", [2]);
  const first = g.tanh(g.linear(x, 8, { name: "first", frozen: true }));
  const options = { name: "second", rank: 2, alpha: 3 };
  const second = adapter
    ? g.loraLinear(first, 8, options)
    : g.linear(first, 8, { name: "second", frozen: true });
  const head = g.linear(g.tanh(second), 2, { name: "head" });
  return g.model({
    inputs: { x, y },
    outputs: { head },
    loss: g.mse(head, y),
    optimizer: g.adam(0.05),
  });
}

describe("loraLinear", { timeout: 120_000 }, () => {
  test("starts as the layer that it adapts, and trains A and B alone", async () => {
    const plain = await made(adapted(false));
    const lora = await made(adapted(true));
    const trained = lora.layout.filter((p) => p.trainable);
    expect(trained.map(({ name, size }) => [name, size])).toEqual([
      ["second.lora_A.weight", 2 * 8],
      ["second.lora_B.weight", 8 * 2],
      ["head.weight", 16],
      ["head.bias", 2],
    ]);
    const base = plain.module.create({ seed: 3, maxBatch: n });
    const net = lora.module.create({ seed: 4, maxBatch: n });
    const weights = byName(base.params, plain.layout);
    for (const { name, offset } of lora.layout)
      net.params.set(weights.get(name) ?? [], offset);
    for (const handle of [base, net]) {
      fill(handle, 9);
      handle.forward(n);
    }
    expect(net.outputs["head"]).toEqual(base.outputs["head"]);

    const before = byName(net.params, lora.layout);
    net.trainStep(n);
    const [first = NaN] = net.loss;
    for (let step = 0; step < 30; step++) net.trainStep(n);
    expect(net.loss[0]).toBeLessThan(0.5 * first);
    const after = byName(net.params, lora.layout);
    for (const { name, trainable } of lora.layout)
      if (trainable) expect(after.get(name)).not.toEqual(before.get(name));
      else expect(after.get(name)).toEqual(before.get(name));
  });
});

const python = pythonWithTorch();
describe.skipIf(python === undefined)(
  "PyTorch with requires_grad = False",
  { timeout: 240_000 },
  () => {
    test.each([["head"], ["*.bias"], ["second.*", "head"]].map((l) => [l]))(
      "trains %j alike",
      async (list) => {
        const { module, layout } = await made(mlp(list));
        const net = module.create({ seed: 5, maxBatch: n });
        fill(net, 7);
        const job = {
          params: [...byName(net.params, layout)].map(([name, values]) => ({
            name,
            values: Array.from(values),
            trained: layout.some((p) => p.name === name && p.trainable),
          })),
          x: Array.from(net.inputs["x"] ?? []),
          y: Array.from(net.inputs["y"] ?? []),
          steps: 20,
        };
        for (let step = 0; step < job.steps; step++) net.trainStep(n);
        const theirs = JSON.parse(
          execFileSync(
            python?.path ?? "",
            [join(root, "tests", "trainable", "torch_part.py")],
            { encoding: "utf8", input: JSON.stringify(job) },
          ),
        ) as Readonly<Record<string, readonly number[]>>;
        for (const [name, values] of byName(net.params, layout))
          values.forEach((value, i) => {
            expect(Math.abs(value - (theirs[name]?.[i] ?? NaN))).toBeLessThan(
              1e-12,
            );
          });
      },
    );
  },
);
