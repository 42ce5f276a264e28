/** What random programs have found, as small programs. */
import { expect, it } from "vitest";
import { importScript } from "../compiler/check/emitted.js";
import { compileModel } from "../compiler/compile.js";
import {
  add,
  batchMax,
  batchSum,
  constant,
  cos,
  cosineEmbedding,
  dropout,
  input,
  gradient,
  less,
  marginRanking,
  maskedFill,
  model,
  mul,
  param,
  pow,
  randomNormal,
  reciprocal,
  scan,
  sgd,
  sign,
  square,
  sigmoid,
  sum,
  tanh,
  type Model,
  type Tensor,
} from "../dsl/index.js";
import { asNode } from "../dsl/tensor.js";

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

/** A model of a loss, in each form. */
const slopes = async (
  loss: (w: Tensor<[2]>, xs: Tensor<[3, 2]>) => Tensor<[]>,
): Promise<(readonly number[])[]> =>
  Promise.all(
    (["full", "never"] as const).map(async (unroll) => {
      const xs = input("xs", [3, 2]);
      const w = param("w", [2], { init: [0.5, -0.25] });
      const y = loss(w, xs);
      const built = model({
        inputs: { xs },
        outputs: { y },
        loss: y,
        optimizer: sgd(0.1),
      });
      const { script, summary } = await compiled(built, unroll);
      expect(summary.worstGradientError).toBeLessThan(1e-6);
      const net = (await importScript(script)).create();
      net.inputs["xs"]?.set([1, 2, -1, 0.5, 0.25, -2]);
      net.backward();
      return [net.loss[0] ?? NaN, ...net.grads];
    }),
  );

it("a step reads several values from outside that have no names", async () => {
  const [full, never] = await slopes((w, xs) => {
    const { carry } = scan(xs, w, (h, x) => {
      const next = tanh(add(mul(h, mul(w, 2)), add(x, mul(w, 3))));
      return { carry: next, output: next };
    });
    return sum(carry);
  });
  expect(never).toEqual(full);
});

it("two loops over the same values differ in their steps", async () => {
  const [full, never] = await slopes((w, xs) => {
    const [a, b] = [tanh, sigmoid].map(
      (f) =>
        scan(xs, w, (h, x) => {
          const next = f(add(h, x));
          return { carry: next, output: next };
        }).carry,
    ) as [Tensor<[2]>, Tensor<[2]>];
    return sum(mul(a, square(b)));
  });
  expect(never).toEqual(full);
});

it("a loop is differentiated twice", async () => {
  const [full, never] = await slopes((w, xs) => {
    const { carry } = scan(xs, { a: w, b: square(w) }, ({ a, b }, x) => {
      const next = tanh(add(mul(a, w), x));
      return { carry: { a: next, b: add(mul(b, next), a) }, output: mul(a, b) };
    });
    const [dw] = gradient(sum(mul(carry.a, carry.b)), [w]);
    return sum(square(dw));
  });
  expect(full?.length).toBe(3);
  full?.forEach((x, i) => {
    expect(never?.[i]).toBeCloseTo(x, 12);
  });
});

it("random numbers may be all that the examples of a model have", async () => {
  const w = param("w", [], { init: [0.5] });
  const loss = mul(batchSum(randomNormal([])), w);
  const { script } = await compiled(
    model({ inputs: {}, outputs: { w }, loss, optimizer: sgd(0.1) }),
    "full",
  );
  const net = (await importScript(script)).create({ maxBatch: 3 });
  const losses = [1, 2, 3].map((n) => {
    net.backward(n);
    return net.loss[0];
  });
  expect(new Set(losses).size).toBe(3);
});

it.each(["full", "never"] as const)(
  "a power whose base and exponent are both known is computed (%s)",
  async (unroll) => {
    const w = param("w", [], { init: [1] });
    const y = pow(2, constant([], [1.882]));
    const built = model({
      inputs: {},
      outputs: { y },
      loss: mul(w, y),
      optimizer: sgd(0.1),
    });
    const { script } = await compiled(built, unroll);
    const net = (await importScript(script)).create();
    net.forward();
    net.backward();
    const want = 2 ** 1.882;
    expect(net.outputs["y"]?.[0]).toBeCloseTo(want, 14);
    expect([net.loss[0], net.grads[0]]).toEqual([
      net.outputs["y"]?.[0],
      net.outputs["y"]?.[0],
    ]);
  },
);

it("dropout of everything has an entry for each example that its mask has", () => {
  const w = param("w", [2], { init: [1, 2] });
  const mask = input("mask", [2]);
  for (const p of [0, 0.5, 1])
    expect(asNode(dropout(w, p, { mask })).batched).toBe(true);
});

it("a loss that is next to nothing is no reason to refuse a module: differences do not see its slope", async () => {
  const w = param("w", [2, 2], { init: [-1.704, 0.747, -1.343, 1.464] });
  const loss = cosineEmbedding(w, w, constant([2], [1, 1]));
  const built = model({
    inputs: {},
    outputs: { loss },
    loss,
    optimizer: sgd(0.1),
  });
  const { summary } = await compiled(built, "full");
  expect(summary.worstGradientError).toBeLessThan(1e-11);
});

it.each([0, 2, 3, -0.5])(
  "a power that multiplications make is drawn in the header (x^%d)",
  async (exponent) => {
    const w = param("w", [2], { init: [1, 2] });
    const scaled = mul(sum(add(pow(w, exponent), w)), 0.5);
    const built = model({
      inputs: {},
      outputs: { scaled },
      loss: scaled,
      optimizer: sgd(0.1),
    });
    const { script } = await compiled(built, "full");
    expect((await importScript(script)).create().params.length).toBe(2);
  },
);

it.each(["full", "never"] as const)(
  "marginRanking of equal scores is +0, as in PyTorch (%s)",
  async (unroll) => {
    const x = input("x", [2]);
    const first = input("first", [2]);
    const w = param("w", [], { init: [1] });
    const loss = marginRanking(x, x, first, { reduction: "none" });
    const built = model({
      inputs: { x, first },
      outputs: { inverse: reciprocal(loss) },
      loss: sum(mul(w, loss)),
      optimizer: sgd(0.1),
    });
    const { script } = await compiled(built, unroll);
    const net = (await importScript(script)).create();
    net.inputs["x"]?.set([3, -2]);
    net.inputs["first"]?.set([1, -1]);
    net.forward();
    expect([...(net.outputs["inverse"] ?? [])]).toEqual([Infinity, Infinity]);
  },
);
