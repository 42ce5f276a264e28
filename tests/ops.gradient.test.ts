import { describe, expect, it } from "vitest";
import * as g from "../dsl/index.js";
import type { Tensor } from "../dsl/index.js";
import { evaluate } from "./opsHarness.js";

/** Numbers without structure, the same in every run. */
const noise = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => {
    const t = Math.sin(12.9898 * (i + 1) + 78.233 * seed) * 43758.5453;
    return 2 * (t - Math.floor(t)) - 1;
  });
const size = (shape: readonly number[]): number =>
  shape.reduce((n, d) => n * d, 1);

/** Gradients of sum(y * noise) against central differences, for each input; per example where it is batched. */
function check(
  shapes: readonly (readonly number[])[],
  f: (...xs: readonly [Tensor, Tensor, Tensor]) => Tensor,
  batched: readonly boolean[] = shapes.map(() => false),
): void {
  const n = batched.includes(true) ? 3 : 1;
  const xs: readonly Tensor[] = shapes.map((s, i) =>
    g.input(`x${String(i)}`, s, { batched: batched[i] ?? false }),
  );
  const data = shapes.map((s, i) => noise(size(s) * (batched[i] ? n : 1), i));
  const y = f(...(xs as readonly [Tensor, Tensor, Tensor]));
  const weight = g.constant([size(y.shape)], noise(size(y.shape), 9));
  const loss = g.sum(g.mul(g.flatten(y), weight));
  const feeds = xs.map((x, i) => [x, data[i] as number[]] as const);
  const gradients = evaluate(g.gradient(loss, xs), feeds, n);
  const total = (): number =>
    (evaluate([loss], feeds, n)[0] ?? []).reduce((s, v) => s + v, 0);
  data.forEach((values, k) => {
    values.forEach((v, i) => {
      const h = 1e-6;
      values[i] = v + h;
      const above = total();
      values[i] = v - h;
      const below = total();
      values[i] = v;
      expect(gradients[k]?.[i]).toBeCloseTo((above - below) / (2 * h), 7);
    });
  });
}

const matmul = (a: Tensor, b: Tensor): Tensor => g.matmul(a, b);

describe("gradients agree with central differences", () => {
  it.each([
    [
      [3, 4],
      [4, 2],
    ],
    [[4], [4]],
    [[3, 4], [4]],
    [[4], [4, 2]],
    [[4], [5, 4, 2]],
    [[5, 3, 4], [4]],
    [
      [5, 3, 4],
      [4, 2],
    ],
    [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
    [
      [1, 3, 4],
      [1, 4, 2],
    ],
    [
      [3, 4],
      [1, 4, 2],
    ],
  ])("matmul(%j, %j)", (a, b) => {
    check([a, b], matmul);
    check([a, b], matmul, [true, false]);
    check([a, b], matmul, [false, true]);
    check([a, b], matmul, [true, true]);
  });
  it.each<readonly [string, readonly number[], (x: Tensor) => Tensor]>([
    ["transpose", [2, 3, 4], (x) => g.transpose(x)],
    ["transpose(x, 0, -1)", [2, 3, 4], (x) => g.transpose(x, 0, -1)],
    ["permute", [2, 3, 4], (x) => g.permute(x, [2, 0, -2])],
    ["reshape", [2, 6], (x) => g.reshape(x, [3, 4])],
    ["flatten from 1", [2, 3, 2], (x) => g.flatten(x, 1)],
    ["squeeze, unsqueeze", [2, 1], (x) => g.unsqueeze(g.squeeze(x, -1), 0)],
    ["expand", [3, 1], (x) => g.expand(x, [2, 3, 4])],
    ["slice with step", [7], (x) => g.slice(x, 0, 1, 7, 3)],
    ["select", [3, 4], (x) => g.select(x, 1, -2)],
    [
      "overlapping slices",
      [5],
      (x) => g.add(g.slice(x, 0, 0, 3), g.slice(x, 0, 2, 5)),
    ],
    ["glu", [3, 4], (x) => g.glu(x, 1)],
    ["softmax", [3, 4], (x) => g.softmax(x, 0)],
    ["logSoftmax", [3, 4], (x) => g.logSoftmax(x)],
    ["logsumexp", [2, 3, 2], (x) => g.logsumexp(x, [0, 2])],
    ["variance", [3, 4], (x) => g.variance(x, 0)],
    ["std", [3, 4], (x) => g.std(x)],
    ["norm", [3, 4], (x) => g.norm(x, 1)],
    ["norm, p = 3", [3, 4], (x) => g.norm(x, 1, { p: 3 })],
    ["norm, p = Infinity", [3, 4], (x) => g.norm(x, 1, { p: Infinity })],
    ["gelu", [5], (x) => g.gelu(x)],
    ["gelu, tanh", [5], (x) => g.gelu(x, { approximate: "tanh" })],
    ["layerNorm", [3, 4], (x) => g.layerNorm(x, { affine: false })],
    ["rmsNorm", [3, 4], (x) => g.rmsNorm(x, { affine: false })],
  ])("%s", (_, shape, f) => {
    check([shape], f);
    check([shape], f, [true]);
  });
  it("concat, stack and split", () => {
    for (const batched of [
      [false, false],
      [true, false],
    ]) {
      check(
        [
          [2, 3],
          [2, 1],
        ],
        (a, b) => g.concat([a, b, a], -1),
        batched,
      );
      check(
        [
          [2, 3],
          [2, 3],
        ],
        (a, b) => g.stack([a, b], 1),
        batched,
      );
    }
    check([[5, 2]], (x) => {
      const [a, b] = g.split(x, [2, 3]);
      return g.mul(g.sum(a), b);
    });
  });
  it("prelu with one slope, and with one for each channel", () => {
    check([[3, 2], [1]], (x, a) => g.prelu(x, a), [true, false]);
    check([[3, 2], [3]], (x, a) => g.prelu(x, a), [true, false]);
    check([[4, 3, 2], [3]], (x, a) => g.prelu(x, a));
    expect(() => g.prelu(g.input("x", [3, 2]), g.param("a", [2]))).toThrow(
      "prelu: expects shape [3], got [2]",
    );
  });
  it("batchSum, batchMean and batchMax", () => {
    // The loss is one number for the whole batch: evaluate() gives it once.
    check([[2, 2]], (x) => g.square(g.batchSum(x)), [true]);
    check([[2, 2]], (x) => g.square(g.batchMean(x)), [true]);
    check([[2, 2]], (x) => g.square(g.batchMax(x)), [true]);
    check([[2]], (x) => g.div(g.sub(x, g.batchMean(x)), 2), [true]);
  });
  it("a gradient inside of a loss", () => {
    const penalty = (x: Tensor, w: Tensor): Tensor => {
      const y = g.sum(g.tanh(g.matmul(w, x)));
      const [slope] = g.gradient(y, [x]);
      return g.square(g.sub(g.norm(slope), 1));
    };
    check([[3], [4, 3]], penalty);
    check([[3], [4, 3]], penalty, [true, false]);
  });
});

describe("gradient", () => {
  const x = g.input("x", [2]);
  const w = g.input("w", [2], { batched: false });
  const feeds = [
    [x, [1, 2, 3, 4]],
    [w, [10, 20]],
  ] as const;

  it("is per example for a batched x, the sum over examples for another", () => {
    const [dx, dw] = g.gradient(g.sum(g.mul(x, w)), [x, w]);
    expect(evaluate([dx, dw], feeds, 2)).toEqual([
      [10, 20, 10, 20],
      [4, 6],
    ]);
  });
  it("takes values on the way", () => {
    const h = g.mul(x, w);
    const [dh] = g.gradient(g.sum(g.square(h)), [h]);
    expect(evaluate([dh], feeds, 2)[0]).toEqual([20, 80, 60, 160]);
  });
  it("of gradients gives higher derivatives", () => {
    const v = g.input("v", [], { batched: false });
    let y: Tensor<[]> = g.pow(v, 4);
    for (let k = 0; k < 3; k++) [y] = g.gradient(y, [v]);
    expect(evaluate([y], [[v, [2]]])[0]).toEqual([48]);
  });
  it("stops at stopGradient, and is 0 through steps", () => {
    const y = g.sum(g.mul(g.stopGradient(w), w));
    expect(evaluate(g.gradient(y, [w]), feeds)[0]).toEqual([10, 20]);
    expect(evaluate(g.gradient(g.sum(g.sign(w)), [w]), feeds)[0]).toEqual([
      0, 0,
    ]);
  });
  it("refuses a y that is no scalar and an x that y does not depend on", () => {
    const loose = g.gradient as unknown as (
      y: Tensor,
      xs: readonly Tensor[],
    ) => unknown;
    expect(() => loose(w, [w])).toThrow(
      "gradient: expects a scalar of shape [], got [2]",
    );
    expect(() => g.gradient(g.sum(x), [x, w])).toThrow(
      'gradient: y does not depend on xs[1] "w"',
    );
  });
});
