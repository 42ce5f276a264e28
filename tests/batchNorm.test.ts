/** Batch normalisation and dropout as modules: what training keeps, and what prediction uses. */
import { expect, test } from "vitest";
import { importScript, type Handle } from "../compiler/check.js";
import { compileModel } from "../compiler/compile.js";
import * as gradc from "../dsl/index.js";
import type { Model, Tensor } from "../dsl/index.js";

async function networkOf(model: Model, maxBatch: number): Promise<Handle> {
  const { script } = await compileModel(model, {
    sourceName: "test",
    command: "test",
    unroll: "auto",
    math: "exact",
    verify: true,
  });
  return (await importScript(script)).create({ seed: 3, maxBatch });
}

const modelOf = (
  x: Tensor,
  output: Tensor,
  options: { readonly trained?: Tensor } = {},
): Model =>
  gradc.model({
    inputs: { x },
    outputs: { output },
    loss: gradc.sum(options.trained ?? output),
    optimizer: gradc.sgd(0),
  });

const close = (got: ArrayLike<number> | undefined, want: number[]): void => {
  expect(Array.from(got ?? []).length).toBe(want.length);
  want.forEach((w, i) => {
    expect(got?.[i]).toBeCloseTo(w, 12);
  });
};

const data = [1, 10, 2, 20, 6, 60];
const meanOf = (xs: number[]): number =>
  xs.reduce((a, b) => a + b, 0) / xs.length;
const squaresOf = (xs: number[]): number =>
  xs.reduce((a, b) => a + (b - meanOf(xs)) ** 2, 0);

test("training moves the running statistics by the momentum and the unbiased variance", async () => {
  const x = gradc.input("x", [2]);
  const y = gradc.batchNorm(x, { name: "norm", momentum: 0.25 });
  const net = await networkOf(modelOf(x, y), 3);
  net.inputs["x"]?.set(data);
  net.trainStep(3);
  const first = [1, 2, 6];
  // weight, bias, running_mean, running_var
  close(net.params.subarray(4, 6), [
    0.25 * meanOf(first),
    0.25 * meanOf(first) * 10,
  ]);
  close(net.params.subarray(6), [
    0.75 + 0.25 * (squaresOf(first) / 2),
    0.75 + 0.25 * (squaresOf(first) / 2) * 100,
  ]);
});

test("prediction uses the running statistics and leaves them", async () => {
  const x = gradc.input("x", [2]);
  const y = gradc.batchNorm(x, { name: "norm", affine: false, eps: 0 });
  const net = await networkOf(modelOf(x, y), 3);
  net.params.set([1, 2, 4, 25]);
  net.inputs["x"]?.set(data);
  net.forward(3);
  close(net.outputs["output"], [0, 1.6, 0.5, 3.6, 2.5, 11.6]);
  close(net.params, [1, 2, 4, 25]);
});

test("without running statistics prediction uses those of the batch", async () => {
  const x = gradc.input("x", [2]);
  const y = gradc.batchNorm(x, { affine: false, trackRunningStats: false });
  const net = await networkOf(modelOf(x, y), 3);
  expect(net.params.length).toBe(0);
  net.inputs["x"]?.set(data);
  net.forward(3);
  const root = Math.sqrt(squaresOf([1, 2, 6]) / 3 + 1e-5);
  expect(net.outputs["output"]?.[0]).toBeCloseTo(-2 / root, 12);
});

test("one example has no variance: the running statistics stay numbers", async () => {
  const x = gradc.input("x", [2]);
  const y = gradc.batchNorm(x, { name: "norm" });
  const net = await networkOf(modelOf(x, y), 1);
  net.inputs["x"]?.set([3, 4]);
  net.trainStep(1);
  close(net.params.subarray(4), [0.3, 0.4, 0.9, 0.9]);
});

test("each use of a shared layer moves the running statistics in its turn, whichever is read first", async () => {
  const x = gradc.input("x", [1]);
  const norm = gradc.sharedBatchNorm(1, { name: "norm", affine: false });
  const first = norm(x, { name: "first" });
  const second = norm(gradc.mul(x, 3), { name: "second" });
  const y = gradc.sub(second, first);
  const net = await networkOf(modelOf(x, y), 2);
  net.inputs["x"]?.set([1, 3]);
  net.trainStep(2);
  close(net.params, [
    0.9 * (0.1 * 2) + 0.1 * 6,
    0.9 * (0.9 + 0.1 * 2) + 0.1 * 18,
  ]);
});

test("dropout keeps each entry with probability 1 - p, scaled, and all of them in prediction", async () => {
  const x = gradc.input("x", [500]);
  const scale = gradc.param("scale", [500], { init: gradc.ones() });
  const dropped = gradc.dropout(gradc.mul(x, scale), 0.25);
  const model = modelOf(x, dropped);
  const net = await networkOf(model, 4);
  net.inputs["x"]?.fill(3);
  net.forward(4);
  expect(new Set(net.outputs["output"])).toEqual(new Set([3]));
  const seen: number[][] = [];
  for (let step = 0; step < 2; step++) {
    net.backward(4);
    // The mean over four examples of 3 / 0.75 for those that stay.
    const counts = Array.from(net.grads);
    expect(counts.every((g) => [0, 1, 2, 3, 4].includes(g))).toBe(true);
    expect(meanOf(counts)).toBeGreaterThan(3 * 0.95);
    expect(meanOf(counts)).toBeLessThan(3 * 1.05);
    seen.push(counts);
    net.update();
  }
  expect(seen[0]).not.toEqual(seen[1]);
});

test("dropout with p = 0 is x, and with p = 1 nothing, in training too", async () => {
  const x = gradc.input("x", [4]);
  const scale = gradc.param("scale", [4], { init: gradc.ones() });
  const y = gradc.mul(x, scale);
  for (const [p, gradient] of [
    [0, 3],
    [1, 0],
  ] as const) {
    const net = await networkOf(modelOf(x, gradc.dropout(y, p)), 1);
    net.inputs["x"]?.fill(3);
    net.backward(1);
    close(net.grads, [gradient, gradient, gradient, gradient]);
  }
});

test("dropout takes a mask in training and in prediction", async () => {
  const x = gradc.input("x", [4]);
  const mask = gradc.constant([4], [1, 0, 0, 1]);
  const net = await networkOf(modelOf(x, gradc.dropout(x, 0.5, { mask })), 1);
  net.inputs["x"]?.set([1, 2, 3, 4]);
  net.forward(1);
  close(net.outputs["output"], [2, 0, 0, 8]);
});

test.each([
  [() => gradc.batchNorm(gradc.input("x", [2]), { momentum: 2 }), "GC1250"],
  [() => gradc.batchNorm(gradc.input("x", [2]), { eps: -1 }), "GC1250"],
  [() => gradc.groupNorm(gradc.input("x", [3, 2]), 2), "GC2112"],
  [() => gradc.instanceNorm(gradc.input("x", [3])), "GC2113"],
  [() => gradc.dropout(gradc.input("x", [3]), NaN), "GC2111"],
])("%s is refused with %s", (build, code) => {
  expect(build).toThrow(expect.objectContaining({ code }) as Error);
});
