/** Long loops run in blocks: those of tiles too, whose turns do several points, and no further than their rows. */
import { describe, expect, it } from "vitest";
import { importScript } from "../compiler/check/emitted.js";
import {
  input,
  linear,
  mean,
  model,
  mse,
  relu,
  sgd,
  square,
  tanh,
  type Model,
} from "../dsl/index.js";
import { compile } from "./emitted/compiled.js";

/** A layer between two numbers and one. */
const between = (units: number, activation: typeof relu): Model => {
  const x = input("x", [2]);
  const y = input("y", [1]);
  const h = activation(linear(x, units));
  const output = linear(h, 1, { name: "output" });
  return model({
    inputs: { x, y },
    outputs: { h, output },
    loss: mse(output, y),
    optimizer: sgd(0.1),
  });
};

/** Rows of one term: tiles without a loop inside. */
const spread = (units: number): Model => {
  const x = input("x", [1]);
  const spread = linear(x, units);
  return model({
    inputs: { x },
    outputs: { spread },
    loss: mean(square(spread)),
    optimizer: sgd(0.1),
  });
};

describe("what runs in blocks", { timeout: 120_000 }, () => {
  // Compiling compares each module with the interpreter.
  it.each([255, 256, 300, 1024, 3000])(
    "has the gradients of %i units",
    async (units) => {
      for (const unroll of ["auto", "never"] as const)
        for (const activation of [relu, tanh]) {
          const { text } = await compile(
            between(units, activation),
            "between",
            unroll,
          );
          const hasBlocks = text.includes("const end = Math.min(start +");
          expect(hasBlocks || units < 300).toBe(true);
        }
      await compile(between(units, relu), "b", "auto", "exact", "wasm");
      await compile(between(units, relu), "b", "auto", "exact", "wasm", "f32");
    },
  );

  it.each([255, 300, 513, 1024, 2100])(
    "writes %i numbers of one example, and none of the next",
    async (units) => {
      const { script } = await compile(spread(units), "spread", "auto");
      const { create } = await importScript(script);
      const net = create({ seed: 1, maxBatch: 2 });
      net.inputs["x"]?.fill(2);
      const out = net.outputs["spread"] ?? expect.fail("no output");
      out.fill(7);
      net.forward(1);
      const expected = Array.from(
        { length: units },
        (_, i) => (net.params[i] ?? NaN) * 2 + (net.params[units + i] ?? NaN),
      );
      expect([...out.subarray(0, units)]).toEqual(expected);
      expect(new Set(out.subarray(units))).toEqual(new Set([7]));
    },
  );
});
