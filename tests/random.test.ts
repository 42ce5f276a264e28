/** randomUniform() and randomNormal(), through compiled modules. */
import { describe, expect, test } from "vitest";
import { importScript } from "../compiler/check/emitted.js";
import * as g from "../dsl/index.js";
import { compile } from "./emitted/compiled.js";

const n = 4000;

/** A network that answers with its random numbers, and learns their mean in one weight. */
async function drawing(random: (shape: readonly [3]) => g.Tensor<[3]>) {
  const x = g.input("x", []);
  const noise = random([3]);
  const w = g.param("w", [3], { init: g.zeros() });
  const y = g.add(noise, g.mul(x, 0));
  const model = g.model({
    inputs: { x },
    outputs: { y },
    loss: g.mse(g.add(w, g.mul(x, 0)), noise),
    optimizer: g.sgd(0.1),
  });
  const { script } = await compile(model, "drawing", "auto");
  const { create } = await importScript(script);
  const numbers = (seed: number, steps: number): number[] => {
    const net = create({ seed, maxBatch: n });
    for (let step = 0; step < steps; step++) net.trainStep(n);
    net.forward(n);
    return Array.from(net.outputs["y"] ?? []);
  };
  return { create, numbers };
}

const mean = (xs: readonly number[]): number =>
  xs.reduce((sum, x) => sum + x, 0) / xs.length;
const moment = (xs: readonly number[], k: number): number =>
  mean(xs.map((x) => x ** k));

describe("randomUniform()", async () => {
  const { create, numbers } = await drawing((shape) => g.randomUniform(shape));
  const some = numbers(1, 0);

  test("lies in [0, 1), spread evenly", () => {
    expect(some).toHaveLength(3 * n);
    expect(some.every((u) => u >= 0 && u < 1)).toBe(true);
    expect(Math.abs(moment(some, 1) - 1 / 2)).toBeLessThan(0.01);
    expect(Math.abs(moment(some, 2) - 1 / 3)).toBeLessThan(0.01);
    expect(new Set(some).size).toBeGreaterThan(3 * n - 10);
  });

  test("comes again with the same seed and step, and only then", () => {
    expect(numbers(1, 0)).toEqual(some);
    expect(numbers(2, 0)).not.toEqual(some);
    expect(numbers(1, 1)).not.toEqual(some);
    expect(numbers(1, 1)).toEqual(numbers(1, 1));
  });

  test("is a constant to the gradient", () => {
    const net = create({ seed: 1, maxBatch: n });
    net.backward(n);
    const expected = [0, 1, 2].map(
      (k) => (-2 / 3) * mean(some.filter((_, i) => i % 3 === k)),
    );
    net.grads.forEach((d, k) => {
      expect(d).toBeCloseTo(expected[k] ?? NaN, 12);
    });
  });
});

describe("randomNormal()", async () => {
  const { numbers } = await drawing((shape) => g.randomNormal(shape));
  const some = numbers(1, 0);

  test("has the moments of the normal distribution", () => {
    expect(some.every(Number.isFinite)).toBe(true);
    expect(Math.abs(moment(some, 1))).toBeLessThan(0.03);
    expect(Math.abs(moment(some, 2) - 1)).toBeLessThan(0.05);
    expect(Math.abs(moment(some, 3))).toBeLessThan(0.1);
    expect(Math.abs(moment(some, 4) - 3)).toBeLessThan(0.3);
  });

  test("draws other numbers at every step", () => {
    expect(numbers(1, 0)).toEqual(some);
    expect(numbers(1, 1)).not.toEqual(some);
  });
});

test("batched: false draws the same numbers for all examples", async () => {
  const { numbers } = await drawing((shape) =>
    g.randomUniform(shape, { batched: false }),
  );
  const some = numbers(1, 0);
  expect(new Set(some).size).toBe(3);
  expect(some.slice(0, 3)).toEqual(some.slice(-3));
});

test("a dimension that is no positive integer is refused", () => {
  const unknownToTypes: readonly number[] = [2, 0];
  for (const random of [g.randomUniform, g.randomNormal])
    expect(() => random(unknownToTypes)).toThrow(g.ShapeError);
});
