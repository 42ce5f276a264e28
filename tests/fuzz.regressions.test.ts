/** What random programs have found, as small programs. */
import { expect, it } from "vitest";
import { importScript } from "../compiler/check.js";
import { compileModel } from "../compiler/compile.js";
import { less, maskedFill, model, param, sgd, sum } from "../dsl/index.js";

it.each(["full", "never"] as const)(
  "a parameter that only decides has the gradient 0, not -0 (%s)",
  async (unroll) => {
    const w = param("w", [2], { init: [1, -1] });
    const only = param("only", [2], { init: [0, -1] });
    const y = maskedFill(w, less(only, -0.5), 0);
    const built = model({
      inputs: {},
      outputs: { y },
      loss: sum(y),
      optimizer: sgd(0.1),
    });
    const { script } = await compileModel(built, {
      sourceName: "decides.ts",
      command: "test",
      unroll,
      math: "exact",
      verify: true,
    });
    const net = (await importScript(script)).create();
    net.backward();
    expect(Array.from(net.grads)).toEqual([1, 0, 0, 0]);
  },
);
