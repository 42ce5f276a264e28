/** Values of a model that are called like what a module's own functions use. */
import { expect, it } from "vitest";
import * as g from "../dsl/index.js";
import { compileModel } from "../compiler/compile.js";

const words = [
  ...["lr", "steps", "seed", "numbers", "meanLoss", "m", "n", "p", "g", "s"],
  ...["options", "maxBatch", "first", "count", "checked", "row", "work", "out"],
  ...["create", "init", "zeros", "forward", "backward", "step", "layout"],
  ...["bytes", "view", "load", "save", "tier", "Math", "globalThis"],
  ...["pow2", "exp2", "exponents", "twoOverPiDigits", "erfMiddle"],
];

it.each(words)(
  "%s is a value in memory beside the module's own",
  async (name) => {
    const x = g.input("x", [20]);
    const y = g.input("y", [20]);
    const weight = g.param("weight", [20, 20], { init: g.xavierUniform() });
    const named = g.matmul(weight, x, { name });
    const output = g.linear(g.dropout(g.tanh(named), 0.5), 20);
    const model = g.model({
      inputs: { x, y },
      outputs: { output },
      loss: g.mse(output, y),
      optimizer: g.adam(0.01),
    });
    for (const target of ["ts", "wasm"] as const) {
      const { summary } = await compileModel(model, {
        sourceName: "model.ts",
        command: "test",
        unroll: "never",
        math: "exact",
        target,
        verify: true,
      });
      expect(summary.worstGradientError).toBeLessThan(1e-6);
    }
  },
);

it.each(["pow2", "exp2"])("%s is an input beside a table", async (name) => {
  const x = g.input(name, [6]);
  const y = g.input("y", [3]);
  const output = g.linear(g.exp(g.tanh(g.linear(x, 10))), 3);
  const model = g.model({
    inputs: { [name]: x, y },
    outputs: { output },
    loss: g.mse(output, y),
    optimizer: g.sgd(0.01),
  });
  const { summary } = await compileModel(model, {
    sourceName: "model.ts",
    command: "test",
    unroll: "auto",
    math: "exact",
    target: "wasm",
    verify: true,
  });
  expect(summary.worstGradientError).toBeLessThan(1e-6);
});
