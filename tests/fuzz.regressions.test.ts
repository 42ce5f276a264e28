/** What random programs have found, as small programs. */
import { expect, it } from "vitest";
import { importScript } from "../compiler/check.js";
import { compileModel } from "../compiler/compile.js";
import {
  batchMax,
  cos,
  input,
  less,
  maskedFill,
  model,
  mul,
  param,
  scan,
  sgd,
  sign,
  sum,
  type Model,
} from "../dsl/index.js";

const compiled = (
  built: Model,
  unroll: "full" | "never",
): ReturnType<typeof compileModel> =>
  compileModel(built, {
    sourceName: "found.ts",
    command: "test",
    unroll,
    math: "exact",
    verify: true,
  });

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
    const { script } = await compiled(built, unroll);
    const net = (await importScript(script)).create();
    net.backward();
    expect(Array.from(net.grads)).toEqual([1, 0, 0, 0]);
  },
);

it("a parameter that starts at a jump is no reason to refuse a module", async () => {
  const w = param("w", [2], { init: [0, 1] });
  const y = sign(w);
  const built = model({
    inputs: {},
    outputs: { y },
    loss: sum(y),
    optimizer: sgd(0.1),
  });
  const { summary } = await compiled(built, "full");
  expect(summary.worstGradientError).toBe(0);
});

it.each(["full", "never"] as const)(
  "an elementary function reads what was made from all examples (%s)",
  async (unroll) => {
    const x = input("x", [2]);
    const y = cos(batchMax(x));
    const built = model({
      inputs: { x },
      outputs: { y },
      loss: sum(y),
      optimizer: sgd(0.1),
    });
    const { script } = await compiled(built, unroll);
    const net = (await importScript(script)).create({ maxBatch: 2 });
    net.inputs["x"]?.set([1, 0, -1, 0]);
    net.forward(2);
    expect(net.outputs["y"]?.[0]).toBeCloseTo(Math.cos(1), 14);
    expect(net.outputs["y"]?.[1]).toBe(1);
  },
);

it.each(["full", "never"] as const)(
  "the last carry of a loop can be the loss (%s)",
  async (unroll) => {
    const xs = input("xs", [3]);
    const w = param("w", [], { init: [0.5] });
    const last = scan(xs, w, (carry, x) => {
      const next = mul(carry, x);
      return { carry: next, output: next };
    }).carry;
    const built = model({
      inputs: { xs },
      outputs: { last },
      loss: last,
      optimizer: sgd(0.1),
    });
    const { script } = await compiled(built, unroll);
    const net = (await importScript(script)).create({ maxBatch: 2 });
    net.inputs["xs"]?.set([1, 2, 3, 2, 2, 2]);
    net.backward(2);
    expect([net.loss[0], net.grads[0]]).toEqual([3.5, 7]);
    net.backward(1);
    expect([net.loss[0], net.grads[0]]).toEqual([3, 6]);
  },
);
