/** Values that are made from several examples have no plain functions: one example cannot tell them. */
import { expect, test } from "vitest";
import { compile } from "./emitted/compiled.js";
import * as g from "../dsl/index.js";

const trained = (
  inputs: g.Model["inputs"],
  outputs: Record<string, g.Tensor>,
  loss: g.Tensor<[]>,
): g.Model => g.model({ inputs, outputs, loss, optimizer: g.sgd(0.1) });

test.each<[string, () => g.Model]>([
  [
    "the gradient of a table, which adds up rows of all examples",
    () => {
      const ids = g.indices("ids", [2], 4);
      const y = g.input("y", [2, 3]);
      const table = g.param("t", [4, 3]);
      const rows = g.lookup(table, ids);
      const [dt] = g.gradient(g.sum(g.mul(g.square(rows), y)), [table]);
      const loss = g.add(g.mse(rows, y), g.sum(g.square(dt)));
      return trained({ ids, y }, { rows }, loss);
    },
  ],
  [
    "the gradient of a loop, which adds up steps of all examples",
    () => {
      const x = g.input("x", [20, 3]);
      const y = g.input("y", [3]);
      const w = g.param("w", [3]);
      const run = g.scan(x, g.mul(y, 1), (h, e) => {
        const next = g.tanh(g.add(g.mul(h, w), e));
        return { carry: next, output: next };
      });
      const [dw] = g.gradient(g.sum(run.carry), [w]);
      return trained({ x, y }, { dw }, g.mse(run.carry, y));
    },
  ],
])("%s, leaves the plain functions out", async (_, build) => {
  const { script } = await compile(build(), "crossing", "auto");
  expect(script).not.toMatch(/^function (?:forward|backward|step)\(/m);
  expect(script).toMatch(/^function create\(/m);
});
