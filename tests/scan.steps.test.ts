/** What a step of scan() may do: draw random numbers anew; and what it may not, in one sentence each. */
import { describe, expect, it } from "vitest";
import { importScript } from "../compiler/check/emitted.js";
import { compileModel, type Compiled } from "../compiler/compile.js";
import * as g from "../dsl/index.js";
import type { Tensor } from "../dsl/index.js";

const compiled = (
  model: g.Model,
  unroll: "never" | "full" = "never",
): Promise<Compiled> =>
  compileModel(model, {
    sourceName: "steps.ts",
    command: "test",
    unroll,
    math: "exact",
    verify: true,
  });

const x = g.input("x", [5, 2]);
const y = g.input("y", [2]);
const rows = g.param("rows", [5, 2]);

/** The module of a recurrence whose step is `step`. */
const recurrence = (
  step: (before: Tensor<[2]>, entry: Tensor<[2]>) => Tensor<[2]>,
): g.Model => {
  const { carry, outputs } = g.scan(x, y, (before, entry) => {
    const next = step(before, entry);
    return { carry: next, output: next };
  });
  return g.model({
    inputs: { x, y },
    outputs: { outputs },
    loss: g.mse(carry, y),
    optimizer: g.sgd(0.1),
  });
};

describe("random numbers in a step of scan()", () => {
  it.each(["never", "full"] as const)(
    "are drawn anew at every step and for every example (unroll %s)",
    async (unroll) => {
      const w = g.param("w", [2], { init: [0, 0] });
      // The output is the numbers themselves: w is 0.
      const model = recurrence((before, entry) =>
        g.add(g.mul(w, g.mul(before, entry)), g.randomUniform([2])),
      );
      const { script, summary } = await compiled(model, unroll);
      expect(summary.worstGradientError).toBeLessThan(1e-8);
      const net = (await importScript(script)).create({ maxBatch: 2 });
      net.forward(2);
      const drawn = Array.from(net.outputs["outputs"] ?? []);
      expect(drawn.length).toBe(20);
      expect(new Set(drawn).size).toBe(20);
    },
  );

  it("drop other entries at every step", async () => {
    const w = g.param("w", [2], { init: [1, 1] });
    const model = recurrence((before, entry) =>
      g.add(g.mul(w, g.dropout(before, 0.5)), entry),
    );
    const { script, summary } = await compiled(model);
    expect(summary.worstGradientError).toBeLessThan(1e-8);
    const net = (await importScript(script)).create({ maxBatch: 64 });
    net.inputs["y"]?.fill(1);
    // What no step dropped is 2^5, a 32nd of the entries; with one mask for all steps it would be half of them.
    net.backward(64);
    const loss = net.loss[0] ?? NaN;
    const left = (128 * (loss - 1)) / (31 ** 2 - 1);
    expect(left).toBeLessThan(16);
  });
});

describe("a step of scan()", () => {
  it("may not update running statistics", () => {
    expect(() =>
      g.scan(rows, rows, (before) => ({
        carry: g.batchNorm(before),
        output: before,
      })),
    ).toThrow(
      "scan: a step keeps running statistics, expected a step that keeps nothing but its carry",
    );
  });

  it("may not use sums over examples, of entries that were looked up neither", () => {
    const ids = g.indices("ids", [3], 4);
    const table = g.param("table", [4, 2]);
    expect(() =>
      recurrence((before, entry) => {
        const found = g.lookup(table, ids);
        const [slope] = g.gradient(g.sum(g.mul(g.square(found), before)), [
          table,
        ]);
        return g.add(entry, g.sum(slope, [0]));
      }),
    ).toThrow(
      "scan: a step uses a value made from several examples, expected one example at a time",
    );
  });

  it("may not have a loop of its own", () => {
    const layer = g.gru(2, 2, { form: "scan" });
    expect(() =>
      recurrence((before, entry) =>
        g.sum(layer(g.stack([before, entry])).h, [0]),
      ),
    ).toThrow(
      "scan: a step has a loop of its own, expected a step without scan() and recurrent layers",
    );
  });

  it("keeps its values to itself", async () => {
    let kept: Tensor<[2]> | undefined;
    const { carry } = g.scan(x, y, (before, entry) => {
      const next = g.tanh(g.add(before, entry));
      kept = next;
      return { carry: next, output: entry };
    });
    const model = g.model({
      inputs: { x, y },
      outputs: { kept: g.mul(kept as unknown as Tensor<[2]>, 2) },
      loss: g.mse(carry, y),
      optimizer: g.sgd(0.1),
    });
    await expect(compiled(model)).rejects.toThrow(
      "a value of one step of scan() is used outside of the step, expected a result of scan()",
    );
  });
});
