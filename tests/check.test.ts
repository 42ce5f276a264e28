/** A module that does something else than its model says is never written. */
import { expect, test } from "vitest";
import { exampleOf } from "../compiler/check/example.js";
import { successLine } from "../compiler/command/summary.js";
import { compile } from "./emitted/compiled.js";
import { models } from "./emitted/models.js";
import type { Node } from "../dsl/graph.js";
import * as g from "../dsl/index.js";
import { numbers } from "../dsl/ops/elementwise.js";
import { customNode } from "../dsl/primitives/identity.js";
import { constant, mul } from "../dsl/primitives/scalar.js";
import { asTensor } from "../dsl/tensor.js";

test.each([
  ["step", /p\[3\] -= lr \* g\[3\]/, "p[3] += lr * g[3]", "after step 1"],
  ["predict", /return first;/, "return m.p;", "prediction of output"],
  ["load", /m\.p\[i\] = view/, "m.p[i] = -view", "loaded parameter"],
  ["save", /\(8 \+ 8 \* i, x/, "(8 + 8 * i, 7 * i", "loaded number"],
])("a wrong %s is found", async (_, right, wrong, message) => {
  const build = models["seed"];
  if (build === undefined) expect.fail();
  const { plan, script } = await compile(build(), "seed", "auto");
  expect(script).toMatch(right);
  const { text, worstGradientError } = await exampleOf(plan, script);
  expect(text).toMatch("Verified: equals the interpreter bit for bit; ");
  expect(worstGradientError).toBeLessThan(1e-10);
  await expect(exampleOf(plan, script.replace(right, wrong))).rejects.toThrow(
    message,
  );
});

test("a parameter so large that a step of differences is lost in it says nothing of the gradient", async () => {
  const w = g.param("w", [2], { init: [1e300, 0.5] });
  const loss = g.sum(g.cos(w));
  const { summary } = await compile(
    g.model({ inputs: {}, outputs: { loss }, loss, optimizer: g.sgd(0.1) }),
    "huge",
    "auto",
  );
  // That of the other one.
  expect(summary.worstGradientError).toBeGreaterThan(0);
  expect(summary.worstGradientError).toBeLessThan(1e-9);
});

test.each<[string, (v: g.Tensor<[3]>) => g.Tensor<[3]>]>([
  [
    "limits it at 1, which the mean over two examples halves",
    g.customGradient(
      (v: g.Tensor<[3]>) => v,
      (dy) => [g.clamp(dy, { min: -1, max: 1 })],
    ),
  ],
  [
    "reverses it",
    g.customGradient(
      (v: g.Tensor<[3]>) => g.mul(v, 1),
      (dy) => [g.mul(dy, -0.5)],
    ),
  ],
])("a model whose custom derivative %s is right", async (_, f) => {
  const x = g.input("x", [3]);
  const y = g.input("y", [3]);
  const w = g.param("w", [3]);
  const z = f(g.mul(g.mul(w, x), 10));
  const loss = g.mse(z, y);
  const optimizer = g.sgd(0.1);
  const { text, summary } = await compile(
    g.model({ inputs: { x, y }, outputs: { z }, loss, optimizer }),
    "custom",
    "auto",
  );
  expect(summary.worstGradientError).toBeLessThan(1e-8);
  expect(text.replace(/\n \* /g, " ")).toContain(
    "of central differences, customGradient taken at its word.",
  );
});

test("a custom derivative in a step of a loop is held for each step and example", async () => {
  const x = g.input("x", [5, 3]);
  const y = g.input("y", [3]);
  const w = g.param("w", [3]);
  const clipped = g.customGradient(
    (v: g.Tensor<[3]>) => v,
    (dy) => [g.clamp(dy, { min: -0.01, max: 0.01 })],
  );
  const { carry } = g.scan(x, g.mul(y, 0), (h, e) => {
    const next = g.tanh(g.add(g.mul(w, clipped(h)), e));
    return { carry: next, output: next };
  });
  const loss = g.mse(g.mul(carry, 10), y);
  const optimizer = g.sgd(0.1);
  const { text, summary } = await compile(
    g.model({ inputs: { x, y }, outputs: { carry }, loss, optimizer }),
    "customStep",
    "auto",
  );
  expect(summary.worstGradientError).toBeLessThan(1e-8);
  expect(text.replace(/\n \* /g, " ")).toContain(
    "of central differences, customGradient taken at its word.",
  );
});

test.each(["outside", "in a loop"])(
  "a custom derivative that is computed twice is held (%s)",
  async (where) => {
    const x = g.input("x", [5, 3]);
    const y = g.input("y", [3]);
    const w = g.param("w", [3]);
    const clipped = g.customGradient(
      (v: g.Tensor<[3]>) => g.tanh(v),
      (dy) => [g.clamp(dy, { min: -0.1, max: 0.1 })],
    );
    const block = g.checkpoint((v: g.Tensor<[3]>) => clipped(g.mul(w, v)));
    const z =
      where === "outside"
        ? block(y)
        : g.scan(x, y, (h, e) => {
            const next = g.tanh(g.add(block(h), e));
            return { carry: next, output: next };
          }).carry;
    const loss = g.mse(g.mul(z, 10), y);
    const optimizer = g.sgd(0.1);
    const { summary } = await compile(
      g.model({
        inputs: where === "outside" ? { y } : { x, y },
        outputs: { z },
        loss,
        optimizer,
      }),
      "customTwice",
      "auto",
    );
    expect(summary.worstGradientError).toBeLessThan(1e-8);
  },
);

test("a wrong gradient is found where all slopes are small", async () => {
  const x = g.input("x", [3]);
  const y = g.input("y", [3]);
  const product = numbers("test", g.mul(g.param("w", [3]), x));
  // It says of itself that its derivative is that of its value.
  const half = (dy: Node): Node[] => [mul(dy, constant(0.5))];
  const z = asTensor<g.Tensor<[3]>>(customNode(product, [product], half, true));
  const loss = g.mul(g.mse(z, y), 1e-3);
  const optimizer = g.sgd(0.1);
  await expect(
    compile(
      g.model({ inputs: { x, y }, outputs: { z }, loss, optimizer }),
      "small",
      "auto",
    ),
  ).rejects.toThrow("a gradient differs from central differences");
});

test("a wrong gradient is found beside others that are a thousand times as large", async () => {
  const x = g.input("x", [3]);
  const product = numbers("test", g.mul(g.param("w", [3]), x));
  const half = (dy: Node): Node[] => [mul(dy, constant(0.5))];
  const small = asTensor<g.Tensor<[3]>>(
    customNode(product, [product], half, true),
  );
  const large = g.mul(g.param("v", [3]), x);
  const loss = g.sum(g.add(g.square(large), g.mul(g.square(small), 1e-3)));
  const optimizer = g.sgd(0.1);
  await expect(
    compile(
      g.model({ inputs: { x }, outputs: { small }, loss, optimizer }),
      "beside",
      "auto",
    ),
  ).rejects.toThrow("a gradient differs from central differences");
});

test.each<[string, (v: g.Tensor<[4]>) => g.Tensor<[4]>]>([
  ["relu at 0", (v) => g.relu(g.sub(v, v))],
  ["relu a fraction of a step from 0", (v) => g.relu(g.mul(v, 1e-7))],
  ["abs", (v) => g.abs(g.sub(v, 0.5))],
  ["max of what is equal", (v) => g.mul(v, g.max(g.sub(v, v)))],
  ["rounding beside a large number", (v) => g.sub(g.add(v, 1e9), 1e9)],
  ["a jump", (v) => g.where(g.less(v, 0.5), v, g.add(v, 1))],
  ["a curve", (v) => g.sin(g.mul(v, 3000))],
])("differences that say nothing refuse no gradient: %s", async (_, f) => {
  const w = g.param("w", [4], { init: [0.5, 0.5 + 3e-6, 0.5 - 8e-6, 1e-6] });
  const loss = g.sum(g.square(f(w)));
  const optimizer = g.sgd(0.1);
  await expect(
    compile(
      g.model({ inputs: {}, outputs: { loss }, loss, optimizer }),
      "doubtful",
      "auto",
    ),
  ).resolves.toHaveProperty("text");
});

test("gradients that are not finite keep none of the others from being compared", async () => {
  const w = g.param("w", [3], { init: [0, 0.25, 1] });
  const loss = g.sum(g.sqrt(w));
  const { text, summary } = await compile(
    g.model({ inputs: {}, outputs: { loss }, loss, optimizer: g.sgd(0.1) }),
    "roots",
    "auto",
  );
  expect(summary.worstGradientError).toBeLessThan(1e-8);
  expect(text.replace(/\n \* /g, " ")).toMatch(
    /of central differences at the 2 of 3 parameters where both are finite\./,
  );
});

test.each<[string, g.Model, string, string]>([
  [
    "nothing is trained",
    ((): g.Model => {
      const x = g.input("x", [3]);
      const [z, loss] = [g.relu(x), g.sum(x)];
      const optimizer = g.sgd(0.1);
      return g.model({ inputs: { x }, outputs: { z }, loss, optimizer });
    })(),
    "no gradients to compare",
    "no parameter is trained, no gradient was compared.",
  ],
  [
    "no gradient is finite",
    ((): g.Model => {
      const w = g.param("w", [2], { init: [0, 0] });
      const loss = g.sum(g.sqrt(w));
      const optimizer = g.sgd(0.1);
      return g.model({ inputs: {}, outputs: { loss }, loss, optimizer });
    })(),
    "gradients are not finite",
    "gradients are not finite where they were tried.",
  ],
])("where %s, nothing is said to be compared", async (_, m, why, words) => {
  const { text, summary } = await compile(m, "nothing", "auto");
  expect(summary).not.toHaveProperty("worstGradientError");
  expect(summary.uncompared).toBe(why);
  expect(successLine("nothing.ts", summary, true)).toMatch(`verified, ${why}`);
  expect(text.replace(/\n \* /g, " ")).toContain(`bit for bit; ${words}`);
});
