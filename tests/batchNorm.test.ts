/** Batch normalisation and dropout as modules: what training keeps, and what prediction uses. */
import { runInThisContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { importScript, type Handle } from "../compiler/check/emitted.js";
import { compileModel } from "../compiler/compile.js";
import * as gradc from "../dsl/index.js";
import type { Model, Tensor } from "../dsl/index.js";

const options = {
  sourceName: "test",
  command: "test",
  unroll: "auto",
  math: "exact",
  verify: true,
} as const;

async function networkOf(model: Model, maxBatch: number): Promise<Handle> {
  const { script } = await compileModel(model, options);
  return (await importScript(script)).create({ seed: 3, maxBatch });
}

const modelOf = (
  x: Tensor,
  output: Tensor,
  parts: { readonly trained?: Tensor } = {},
): Model =>
  gradc.model({
    inputs: { x },
    outputs: { output },
    loss: gradc.sum(parts.trained ?? output),
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

describe("one value of each channel has no variance", () => {
  const model = (trackRunningStats = true): Model => {
    const x = gradc.input("x", [2]);
    const norm = { name: "norm", trackRunningStats };
    return modelOf(x, gradc.batchNorm(x, norm));
  };

  test.each([true, false])(
    "training refuses one example (trackRunningStats: %s), prediction takes it",
    async (tracked) => {
      const net = await networkOf(model(tracked), 4);
      const before = net.save();
      for (const train of [
        () => {
          net.trainStep();
        },
        () => {
          net.backward(1);
        },
      ])
        expect(train).toThrow(
          new RangeError("n is 1, expected an integer from 2 to maxBatch = 4"),
        );
      expect(net.save()).toEqual(before);
      expect(net.predict([3, 4]).every(Number.isFinite)).toBe(true);
      net.inputs["x"]?.set([3, 4, 5, 7]);
      net.trainStep(2);
      expect(net.steps).toBe(1);
    },
  );

  test("an example with several values of each channel is enough", async () => {
    const x = gradc.input("x", [1, 2]);
    const net = await networkOf(modelOf(x, gradc.batchNorm(x)), 1);
    net.inputs["x"]?.set([3, 4]);
    net.trainStep();
    close(net.params.subarray(2), [0.35, 0.95]);
  });

  test("a whole array with one is refused when it is declared", () => {
    const x = gradc.input("x", [1, 2], { batched: false });
    expect(() => gradc.batchNorm(x)).toThrow(
      "batchNorm: [1, 2] has one value of each channel, expected more, as one has no variance",
    );
  });

  test("the header says so, and its example trains two", async () => {
    const { text, script } = await compileModel(model(), options);
    expect(text.replaceAll(/\s+\*\s+/g, " ")).toContain(
      "Training takes 2 or more examples: one has no variance.",
    );
    const [, example = ""] = /\* ```ts\n([^`]*?) \* ```/.exec(text) ?? [];
    const lines = example.replaceAll(/^ \* /gm, "").trimEnd().split("\n");
    expect(lines[1]).toBe("const net = create({ seed: 1, maxBatch: 2 });");
    expect(lines[3]).toBe("for (let i = 0; i < 100; i++) net.trainStep(2);");
    const { create } = await importScript(script);
    const said: unknown[] = [];
    const run = runInThisContext(
      `(create, console) => {\n${lines.slice(1).join("\n")}\n}`,
    ) as (
      made: typeof create,
      console: { readonly log: (...values: unknown[]) => void },
    ) => void;
    run(create, { log: (...values) => said.push(...values) });
    expect(said[0]).toBeGreaterThan(-Infinity);
  });
});

test("running statistics move in backward: a step that is left out puts the parameters back", async () => {
  const x = gradc.input("x", [2]);
  const model = modelOf(x, gradc.batchNorm(x, { name: "norm" }));
  const { text, script } = await compileModel(model, options);
  expect(text).toContain(
    "/** Loss, and the mean gradient over the first n examples; running statistics move. */",
  );
  const net = (await importScript(script)).create({ seed: 3, maxBatch: 3 });
  net.inputs["x"]?.set([NaN, ...data.slice(1)]);
  const before = net.params.slice();
  net.backward(3);
  expect(net.loss[0]).toBeNaN();
  expect(net.params).not.toEqual(before);
  net.params.set(before);
  net.inputs["x"]?.set(data);
  net.forward(3);
  expect(net.outputs["output"]?.every(Number.isFinite)).toBe(true);
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
