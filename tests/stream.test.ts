/** A network over a sequence, and the same over one step with its state passed on: weights and bits are the same. */
import { describe, expect, it } from "vitest";
import { importScript, type Module } from "../compiler/check/emitted.js";
import { compileModel } from "../compiler/compile.js";
import * as g from "../dsl/index.js";

const [features, hidden, length] = [3, 4, 20];

const layers = {
  rnn: g.rnn,
  gru: g.gru,
  lstm: g.lstm,
} as const;
type Kind = keyof typeof layers;
interface States {
  readonly output: g.Tensor;
  readonly h: g.Tensor;
  readonly c?: g.Tensor;
}

/** Outputs of every step, and the last state; the state goes in where it is a stream. */
async function compiled(kind: Kind, steps: number): Promise<Module> {
  const isStream = steps === 1;
  const x = g.input("x", [steps, features]);
  const y = g.input("y", [steps, 2]);
  const [h0, c0] = [g.input("h0", [2, hidden]), g.input("c0", [2, hidden])];
  const memory = layers[kind](features, hidden, {
    name: "memory",
    numLayers: 2,
  }) as (x: g.Tensor, state?: unknown) => States;
  const state = kind === "lstm" ? { h: h0, c: c0 } : h0;
  const { output, h, c } = isStream ? memory(x, state) : memory(x);
  const out = g.linear(output, 2, { name: "out" });
  const states: Readonly<Record<string, g.Tensor>> = {
    h,
    ...(c !== undefined && { c }),
  };
  const { script } = await compileModel(
    g.model({
      inputs: { x, y, ...(isStream && (c ? { h0, c0 } : { h0 })) },
      outputs: { out, ...(isStream && states) },
      loss: g.mse(out, y as g.Tensor),
      optimizer: g.adam(0.01),
    }),
    {
      sourceName: "model.ts",
      command: "npm run compile model.ts",
      unroll: "auto",
      math: "exact",
      verify: false,
    },
  );
  return importScript(script);
}

describe("one step at a time", { timeout: 60_000 }, () => {
  it.each(["rnn", "gru", "lstm"] as const)(
    "%s() loads what the network over the sequence saved, and gives its bits",
    async (kind) => {
      const whole = (await compiled(kind, length)).create({ seed: 3 });
      const stream = (await compiled(kind, 1)).create({ seed: 4 });
      const { x = [], y = [] } = whole.inputs;
      for (let i = 0; i < length * features; i++) x[i] = Math.sin(i * i);
      for (let i = 0; i < length * 2; i++) y[i] = Math.cos(i);
      for (let i = 0; i < 3; i++) whole.trainStep();
      whole.forward();
      stream.load(whole.save());
      const got: number[] = [];
      for (let t = 0; t < length; t++) {
        stream.inputs["x"]?.set(x.slice(t * features, (t + 1) * features));
        stream.forward();
        got.push(...(stream.outputs["out"] ?? []));
        for (const part of ["h", "c"])
          stream.inputs[`${part}0`]?.set(stream.outputs[part] ?? []);
      }
      expect(got).toEqual(Array.from(whole.outputs["out"] ?? []));
    },
  );

  it("load() refuses what a network with other parameters saved", async () => {
    const gru = (await compiled("gru", 1)).create({ seed: 1 });
    const rnn = (await compiled("rnn", 1)).create({ seed: 1 });
    expect(() => {
      gru.load(rnn.save());
    }).toThrow(RangeError);
  });
});
