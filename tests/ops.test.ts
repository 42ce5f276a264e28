import { describe, expect, it } from "vitest";
import * as g from "../dsl/index.js";
import type { Tensor } from "../dsl/index.js";
import { asNode } from "../dsl/tensor.js";
import { evaluate, valueAndSlope } from "./opsHarness.js";

const whole = { batched: false } as const;
const run = (y: g.AnyTensor, feeds: Parameters<typeof evaluate>[1], n = 1) =>
  evaluate([y], feeds, n)[0];

describe("operands", () => {
  const a = g.input("a", [2, 1], whole);
  const b = g.input("b", [3], whole);
  const feeds = [
    [a, [1, 2]],
    [b, [10, 20, 30]],
  ] as const;

  it("broadcast as NumPy's", () => {
    expect(run(g.sub(b, a), feeds)).toEqual([9, 19, 29, 8, 18, 28]);
    const [da, db] = g.gradient(g.sum(g.mul(a, b)), [a, b]);
    expect(evaluate([da, db], feeds)).toEqual([
      [60, 60],
      [3, 3, 3],
    ]);
  });
  it("may be a plain number on either side", () => {
    expect(run(g.div(1, a), feeds)).toEqual([1, 0.5]);
    expect(run(g.pow(2, b), feeds)).toEqual([2 ** 10, 2 ** 20, 2 ** 30]);
    expect(run(g.atan2(0, g.neg(a)), feeds)).toEqual([Math.PI, Math.PI]);
    expect(run(g.add(1, 2), feeds)).toEqual([3]);
  });
  it("pow(x, 0) is 1 without a gradient", () => {
    expect(run(g.pow(a, 0), feeds)).toEqual([1, 1]);
    expect(() => g.gradient(g.sum(g.pow(a, 0)), [a])).toThrow(
      'gradient: y does not depend on xs[0] "a"',
    );
  });
  it("of another kind are refused with a sentence", () => {
    const loose = g as unknown as Record<string, (...x: unknown[]) => unknown>;
    const label = g.indices("label", [3], 10, whole);
    expect(() => loose["exp"]?.(undefined)).toThrow(
      "exp: expects a tensor, got undefined",
    );
    expect(() => loose["add"]?.(a, [1, 2])).toThrow(
      "add: expects a tensor, got an array",
    );
    expect(() => loose["add"]?.(b, label)).toThrow(
      "add: expects numbers (f64), got indices of shape [3]",
    );
    expect(() => loose["sub"]?.(b, g.input("c", [2]))).toThrow(
      "sub: shapes [3] and [2] do not broadcast",
    );
  });
});

describe("comparisons", () => {
  const x = g.input("x", [4], whole);
  const feeds = [[x, [-1, 2, 3, NaN]]] as const;
  it.each([
    ["less", g.less(x, 2), [1, 0, 0, 0]],
    ["lessEqual", g.lessEqual(x, 2), [1, 1, 0, 0]],
    ["greater", g.greater(x, 2), [0, 0, 1, 0]],
    ["greaterEqual", g.greaterEqual(x, 2), [0, 1, 1, 0]],
    ["equal", g.equal(x, 2), [0, 1, 0, 0]],
    ["notEqual", g.notEqual(x, 2), [1, 0, 1, 1]],
  ] as const)("%s", (_, y, want) => {
    expect(run(y, feeds)).toEqual(want);
  });
  it("take indices", () => {
    const label = g.indices("label", [3], 10, whole);
    const y = g.equal(label, 3);
    expect(y.dtype).toBe("f64");
    expect(run(y, [[label, [3, 0, 3]]])).toEqual([1, 0, 1]);
  });
  it("where gives the operand not chosen a gradient of 0, even if it is NaN", () => {
    const f = (v: Tensor<[number]>) => g.where(g.less(0, v), g.log(v), v);
    const { y, slope } = valueAndSlope(f, [-2, 4, 0]);
    expect(y).toEqual([-2, Math.log(4), 0]);
    expect(slope.slice(0, 2)).toEqual([1, 0.25]);
  });
  it("maskedFill with -Infinity leaves a softmax row without that entry", () => {
    const mask = g.constant([3], [0, 1, 0]);
    const f = (v: Tensor<[number]>) =>
      g.slice(g.softmax(g.maskedFill(v, mask, -Infinity)), 0, 0, 1);
    const { y, slope } = valueAndSlope(f, [1, 100, 1]);
    expect(y).toEqual([0.5]);
    expect(slope).toEqual([0.25, 0, -0.25]);
  });
});

describe("reductions", () => {
  const data = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];
  const x = g.input("x", [2, 3, 2], whole);
  const feeds = [[x, data]] as const;
  it("reduce one axis, several, or all", () => {
    expect(run(g.sum(x), feeds)).toEqual([52]);
    expect(run(g.sum(x, 1), feeds)).toEqual([12, 11, 12, 17]);
    expect(run(g.max(x, [0, -1]), feeds)).toEqual([6, 5, 9]);
    expect(run(g.min(x, -1), feeds)).toEqual([1, 1, 5, 2, 3, 5]);
    expect(run(g.sum(x, []), feeds)).toEqual(data);
    const kept = g.mean(x, [0, 2], { keepdims: true });
    expect(kept.shape).toEqual([1, 3, 1]);
    expect(run(kept, feeds)).toEqual([3, 3.25, 6.75]);
  });
  it("never mix the examples of a batch; batchSum, batchMean and batchMax do", () => {
    const v = g.input("v", [2]);
    const batch = [[v, [1, 2, 3, 4, 5, 1]]] as const;
    expect(run(g.sum(v), batch, 3)).toEqual([3, 7, 6]);
    expect(run(g.batchSum(v), batch, 3)).toEqual([9, 7]);
    expect(run(g.batchMean(v), batch, 3)).toEqual([3, 7 / 3]);
    expect(run(g.batchMax(v), batch, 3)).toEqual([5, 4]);
    expect(() => g.batchMean(x)).toThrow(
      "batchMean: expects a value of each example, got one of shape [2, 3, 2]",
    );
  });
  it("ties of max and min share the gradient", () => {
    expect(valueAndSlope((v) => g.max(v), [2, 2, 1]).slope).toEqual([
      0.5, 0.5, 0,
    ]);
    expect(valueAndSlope((v) => g.min(v), [1, 2, 1]).slope).toEqual([
      0.5, 0, 0.5,
    ]);
  });
  it.each([1e4, 1e8])("the variance of %f +- 1 is exact", (c) => {
    const f = (v: Tensor<[number]>) => g.variance(v, 0, { correction: 0 });
    const { y, slope } = valueAndSlope(f, [c - 1, c + 1]);
    expect(y).toEqual([1]);
    expect(slope).toEqual([-1, 1]);
  });
  it("std and norm have gradient 0 where they are 0", () => {
    expect(valueAndSlope((v) => g.std(v), [2, 2, 2])).toEqual({
      y: [0],
      slope: [0, 0, 0],
    });
    for (const p of [1, 2, 3, Infinity])
      expect(valueAndSlope((v) => g.norm(v, 0, { p }), [0, 0])).toEqual({
        y: [0],
        slope: [0, 0],
      });
  });
  it("norm neither overflows nor underflows", () => {
    for (const s of [1e-200, 1, 1e200]) {
      const { y, slope } = valueAndSlope((v) => g.norm(v), [3 * s, -4 * s]);
      expect((y[0] as number) / s).toBeCloseTo(5, 13);
      expect(slope[0]).toBeCloseTo(0.6, 14);
      expect(slope[1]).toBeCloseTo(-0.8, 14);
    }
    expect(valueAndSlope((v) => g.norm(v), [1, Infinity]).y).toEqual([
      Infinity,
    ]);
    expect(valueAndSlope((v) => g.norm(v), [1, NaN]).y).toEqual([NaN]);
    expect(() => g.norm(x, 0, { p: 0.5 })).toThrow("norm: p is 0.5");
  });
  it("logsumexp runs over several axes as over one", () => {
    const want = [0, 1, 2].map((j) =>
      Math.log(
        [0, 1, 6, 7].reduce(
          (s, k) => s + Math.exp(data[k + 2 * j] as number),
          0,
        ),
      ),
    );
    const got = run(g.logsumexp(x, [0, 2]), feeds) ?? [];
    want.forEach((v, j) => {
      expect(got[j]).toBeCloseTo(v, 13);
    });
    expect(valueAndSlope((v) => g.logsumexp(v), [1000, 1000]).slope).toEqual([
      0.5, 0.5,
    ]);
  });
});

describe("softmax", () => {
  it("is finite where e^x is not", () => {
    expect(valueAndSlope((v) => g.softmax(v), [1000, 0, -1000]).y).toEqual([
      1, 0, 0,
    ]);
    expect(valueAndSlope((v) => g.logSoftmax(v), [1000, 0, -1000]).y).toEqual([
      0, -1000, -2000,
    ]);
    expect(valueAndSlope((v) => g.softmin(v), [-1000, 0]).y).toEqual([1, 0]);
  });
  it("of one tensor equals that of its columns", () => {
    const x = g.input("x", [2, 2], whole);
    const p = run(g.softmax(x, 0), [[x, [0, 3, 0, 3]]]);
    expect(p).toEqual([0.5, 0.5, 0.5, 0.5]);
  });
});

describe("names", () => {
  it("come as given, with symbols", () => {
    const y = g.tanh(g.input("x", [2]), { name: "h", symbols: "h1 h2" });
    expect(asNode(y).op).toMatchObject({ name: "h", symbols: ["h1", "h2"] });
  });
  it("of layerNorm's parameters follow the layer's, and start as 1 and 0", () => {
    const x = g.input("x", [3]);
    const y = g.layerNorm(x, { name: "norm", symbols: { bias: "b1 b2 b3" } });
    const leaves = new Map<string, ReturnType<typeof asNode>>();
    const walk = (n: ReturnType<typeof asNode>): void => {
      if (n.op.kind === "leaf") leaves.set(n.op.name, n);
      n.args.forEach(walk);
    };
    walk(asNode(y));
    expect([...leaves.keys()].sort()).toEqual(["bias", "weight", "x"]);
    expect(leaves.get("weight")?.op).toMatchObject({
      call: { explicit: "norm" },
    });
    expect(leaves.get("bias")?.op).toMatchObject({
      symbols: ["b1", "b2", "b3"],
    });
  });
});

it("the bias of a layer without one is zeros", () => {
  const { bias } = g.dense(2, 3, { bias: false });
  expect(asNode(bias).shape).toEqual([3]);
  expect(run(bias, [])).toEqual([0, 0, 0]);
});
