/** Dropout inside of layers: where PyTorch has it, in training alone. */
import { describe, expect, it } from "vitest";
import { importScript, type Handle } from "../compiler/check/emitted.js";
import { compileModel } from "../compiler/compile.js";
import * as g from "../dsl/index.js";
import { topological, type Node } from "../dsl/graph.js";
import { asNode } from "../dsl/tensor.js";

const x = g.input("x", [4, 6]) as g.Tensor;

/** Layers by their probability. */
const layers = {
  rnn: (dropout) => g.rnn(6, 3, { numLayers: 3, dropout })(x).output,
  gru: (dropout) =>
    g.gru(6, 3, { numLayers: 3, dropout, form: "scan" })(x).output,
  lstm: (dropout) =>
    g.lstm(6, 3, { numLayers: 3, dropout, bidirectional: true })(x).output,
  scaledDotProductAttention: (dropout) =>
    g.scaledDotProductAttention(x, x, x, { dropout }),
  multiHeadAttention: (dropout) => g.multiHeadAttention(6, 2, { dropout })(x),
  transformerEncoderLayer: (dropout) =>
    g.transformerEncoderLayer(6, 2, { dropout, feedForward: 5 })(x),
} satisfies Record<string, (dropout: number) => g.Tensor>;

/** Shapes of what is drawn, in order. */
const drawn = (y: g.Tensor): string[] =>
  topological([asNode(y)])
    .filter((v: Node) => v.op.kind === "random")
    .map((v) => v.shape.join());

/** The layer as a network, which is verified against the interpreter. */
async function network(
  name: keyof typeof layers,
  dropout: number,
): Promise<Handle> {
  const target = g.input("target", []);
  const y = layers[name](dropout);
  const { script } = await compileModel(
    g.model({
      inputs: { x, target },
      outputs: { y },
      loss: g.mse(g.sum(y), target),
      optimizer: g.sgd(0.1),
    }),
    {
      sourceName: "model.ts",
      command: "npm run compile model.ts",
      unroll: "auto",
      math: "exact",
      verify: true,
    },
  );
  return (await importScript(script)).create({ seed: 1 });
}

describe("dropout of a layer", { timeout: 60_000 }, () => {
  it.each([
    ["rnn", ["4,3", "4,3"]],
    ["gru", ["4,3", "4,3"]],
    ["lstm", ["4,6", "4,6"]],
    ["scaledDotProductAttention", ["4,4"]],
    ["multiHeadAttention", ["2,4,4"]],
    ["transformerEncoderLayer", ["2,4,4", "4,6", "4,5", "4,6"]],
  ] as const)("%s leaves entries out of %j", (name, shapes) => {
    expect(drawn(layers[name](0.5))).toEqual(shapes);
    expect(drawn(layers[name](0))).toEqual([]);
  });

  it.each(["gru", "transformerEncoderLayer"] as const)(
    "%s predicts from everything, and trains without what it leaves out",
    async (name) => {
      const [some, all] = [await network(name, 0.5), await network(name, 0)];
      some.params.set(all.params);
      for (const net of [some, all])
        for (const input of Object.values(net.inputs))
          input.forEach((_, i) => {
            input[i] = Math.sin(i + 1);
          });
      some.forward();
      all.forward();
      expect(some.outputs["y"]).toEqual(all.outputs["y"]);
      some.backward();
      all.backward();
      expect(some.loss[0]).not.toBe(all.loss[0]);
    },
  );

  it.each(Object.entries(layers))("%s refuses 1.5", (name, layer) => {
    expect(() => layer(1.5)).toThrow(
      `${name}: dropout is 1.5, expected a number in [0, 1]`,
    );
  });
});

/** d(sum k^2)/dz of what `f` makes of a parameter z, squared in the loss. */
async function sloped(
  f: (z: g.Tensor<[3]>) => g.Tensor,
): Promise<{ readonly text: string; readonly net: Handle }> {
  const one = g.input("one", []);
  const z = g.mul(g.param("z", [3], { init: [0.3, -0.2, 0.5] }), one);
  const [slope] = g.gradient(g.sum(g.square(f(z))), [z]);
  const { text, script } = await compileModel(
    g.model({
      inputs: { one },
      outputs: { slope },
      loss: g.mean(g.square(slope)),
      optimizer: g.sgd(0.1),
    }),
    {
      sourceName: "model.ts",
      command: "npm run compile model.ts",
      unroll: "full",
      math: "exact",
      verify: true,
    },
  );
  const net = (await importScript(script)).create({ seed: 1 });
  (net.inputs["one"] as Float64Array)[0] = 1;
  return { text, net };
}

describe("a derivative through dropout", { timeout: 60_000 }, () => {
  const dropped = (v: g.Tensor<[3]>, p: number): g.Tensor<[3]> =>
    g.tanh(g.dropout(g.tanh(v), p));
  it.each<[string, (z: g.Tensor<[3]>, p: number) => g.Tensor]>([
    ["itself", dropped],
    [
      "in a function that is computed again",
      (z, p) => g.checkpoint((v: typeof z) => dropped(v, p))(z),
    ],
    [
      "in a step of a loop",
      (z, p) =>
        g.scan(g.constant([2, 3], [1, 2, 3, 4, 5, 6]), z, (before, entry) => ({
          carry: dropped(g.mul(before, entry), p),
          output: before,
        })).carry,
    ],
  ])("%s has nothing of the other graph", async (_, f) => {
    const [half, whole] = [
      await sloped((z) => f(z, 0.5)),
      await sloped((z) => f(z, 0)),
    ];
    const [, backward = ""] =
      /function backward\(([^]*?)\n\}\n/.exec(half.text) ?? [];
    expect(backward).toContain("return loss");
    expect(backward).not.toMatch(/ [+*] 0;/);
    for (const { net } of [half, whole]) net.forward();
    expect(half.net.outputs["slope"]).toEqual(whole.net.outputs["slope"]);
    for (const { net } of [half, whole]) net.backward();
    expect(half.net.grads).not.toEqual(whole.net.grads);
  });

  it("reads the statistics of the batch in training, and the running ones in prediction", async () => {
    const { net } = await sloped((z) => {
      const v = g.reshape(g.concat([z, g.mul(z, z)], 0), [3, 2]);
      return g.batchNorm(v, { affine: false });
    });
    net.forward();
    const [first = NaN] = net.outputs["slope"] ?? [];
    // Before any step the mean is 0 and the variance 1: d(z^2 + z^4)/dz.
    expect(first).toBeCloseTo(0.6 + 4 * 0.3 ** 3, 4);
    net.backward();
    expect(net.loss[0]).toBeLessThan(1e-3);
  });
});
