/** Networks that are too long for one function of straight lines, and too short for loops: a function for each few layers. */
import { describe, expect, it } from "vitest";
import { compileModel } from "../compiler/compile.js";
import * as g from "../dsl/index.js";
import { tiersOf } from "./support/tiers.js";

const ofClasses = (features: number, hidden: number): g.Model => {
  const x = g.input("x", [features]);
  const label = g.indices("label", [], 3);
  const logits = g.linear(g.relu(g.linear(x, hidden)), 3);
  return g.model({
    inputs: { x, label },
    outputs: { logits },
    loss: g.crossEntropy(logits, label),
    optimizer: g.sgd(0.05, { momentum: 0.9 }),
  });
};

const models: Readonly<Record<string, () => g.Model>> = {
  "4-16-3": () => ofClasses(4, 16),
  "one layer in two places": () => {
    const [x, y] = [g.input("x", [8]), g.input("y", [8])];
    const layer = g.dense(8, 8);
    const output = layer(g.tanh(layer(x)));
    return g.model({
      inputs: { x, y },
      outputs: { output },
      loss: g.mse(output, y),
      optimizer: g.adam(0.01),
    });
  },
  "statistics of a batch": () => {
    const [x, y] = [g.input("x", [6]), g.input("y", [3])];
    const h = g.sigmoid(g.batchNorm(g.linear(x, 8)));
    const output = g.linear(h, 3);
    return g.model({
      inputs: { x, y },
      outputs: { output },
      loss: g.mse(output, y),
      optimizer: g.sgd(0.05),
    });
  },
  "a loss that reads every layer": () => {
    const [x, y] = [g.input("x", [5]), g.input("y", [5])];
    const a = g.tanh(g.linear(x, 10));
    const b = g.softmax(g.linear(a, 10));
    const output = g.linear(g.concat([a, b], 0), 5);
    const size = g.mean(g.mul(g.square(a), b));
    return g.model({
      inputs: { x, y },
      outputs: { output, b },
      loss: g.add(g.mse(output, y), size),
      optimizer: g.sgd(0.05),
    });
  },
  "steps that are written out": () => {
    const [x, y] = [g.input("x", [4, 3]), g.input("y", [4])];
    const { h } = g.rnn(3, 4)(x);
    const output = g.reshape(h, [4]);
    return g.model({
      inputs: { x, y },
      outputs: { output },
      loss: g.mse(output, y),
      optimizer: g.sgd(0.05),
    });
  },
};

const compile = (
  m: g.Model,
  unroll: "auto" | "never",
): ReturnType<typeof compileModel> =>
  compileModel(m, {
    sourceName: "model.ts",
    command: "npm run compile model.ts",
    unroll,
    math: "exact",
    target: "wasm",
    verify: true,
  });

/** Functions that a step calls for its layers, and the variables of their loops. */
function layersOf(script: string): ReadonlyMap<string, readonly string[]> {
  const found = script.matchAll(/^function (\w+)\(m, n\) \{\n([^]*?)^\}/gm);
  return new Map(
    [...found]
      .filter(([, id = ""]) => /^(?:forward|backward)/.test(id))
      .map(([, id = "", body = ""]) => [
        id,
        [...body.matchAll(/for \(let (\w+)/g)].map(([, v = ""]) => v),
      ]),
  );
}

describe.each(Object.entries(models))("%s", (_, build) => {
  it("is straight lines in several functions, with the bits of loops", async () => {
    const straight = await compile(build(), "auto");
    const layers = layersOf(straight.script);
    expect(layers.size).toBeGreaterThan(1);
    for (const [id, loops] of layers)
      for (const variable of loops) expect(variable, id).toBe("row");
    const looped = await compile(build(), "never");
    const tiers = [
      ...(await tiersOf(straight.script)),
      ...(await tiersOf(looped.script)),
    ];
    const results = tiers.map(([, module]) => {
      const net = module.create({ seed: 3, maxBatch: 5 });
      for (const [name, into] of Object.entries(net.inputs))
        into.forEach((_, i) => {
          into[i] = name === "label" ? i % 3 : Math.sin(i + 1);
        });
      for (const n of [5, 2, 5, 3]) net.trainStep(n);
      net.forward(5);
      return [
        ...net.params,
        ...net.loss,
        ...Object.values(net.outputs).flatMap((o) => [...o]),
      ];
    });
    for (const other of results.slice(1)) expect(other).toEqual(results[0]);
  }, 120_000);
});

it("is straight lines where it predicts, and loops where it derives, in a network between", async () => {
  const { script } = await compile(ofClasses(10, 24), "auto");
  const bodyOf = (id: string): string =>
    new RegExp(`^function ${id}\\(m, n\\) \\{\n([^]*?)^\\}`, "m").exec(
      script,
    )?.[1] ?? "";
  const layers = [...layersOf(script)];
  const predicting = layers.filter(([id]) =>
    bodyOf("runForward").includes(`${id}(m, n);`),
  );
  expect(predicting.length).toBeGreaterThan(1);
  for (const [id, loops] of predicting)
    for (const variable of loops) expect(variable, id).toBe("row");
  expect(bodyOf("runBackward")).toContain("for (let i");
}, 120_000);
