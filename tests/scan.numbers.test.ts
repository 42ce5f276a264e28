/** A scan over numbers written in the model: its sequence, where its carry starts, and what its steps read. */
import { expect, it } from "vitest";
import { compileModel } from "../compiler/compile.js";
import * as g from "../dsl/index.js";

it.each(["auto", "never"] as const)(
  "equals the interpreter with --unroll %s",
  async (unroll) => {
    const w = g.param("w", [2]);
    const x = g.input("x", [2]);
    const scale = g.constant([2], [0.5, -0.25]);
    const table = g.constant([3, 2], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
    const { carry } = g.scan(table, g.mul(g.constant(0), x), (h, e) => ({
      carry: g.tanh(g.add(g.mul(h, w), g.mul(e, scale))),
      output: h,
    }));
    const counted = g.scan(
      g.constant([3], [1, 2, 3]),
      g.constant([2], [1, 2]),
      (h, e) => ({ carry: g.mul(g.mul(h, e), w), output: h }),
    );
    const loss = g.add(g.sum(g.square(carry)), g.sum(g.square(counted.carry)));
    const model = g.model({
      inputs: { x },
      outputs: { carry },
      loss,
      optimizer: g.sgd(0.1),
    });
    // A difference from the interpreter or from central differences is an error.
    const { summary } = await compileModel(model, {
      sourceName: "model.ts",
      command: "test",
      unroll,
      math: "exact",
      verify: true,
    });
    expect(summary.worstGradientError).toBeLessThan(1e-8);
  },
);
