/** docs/kinks.md is a contract: every row of its table is evaluated. */
import { describe, expect, it } from "vitest";
import * as g from "../dsl/index.js";
import type { IndexTensor, Tensor } from "../dsl/index.js";
import { relativeDifference, valueAndSlope } from "./opsHarness.js";
import { read } from "./support/documents.js";

type Vector = Tensor<[number]>;

const number = (x: number): Tensor<[1]> => g.constant([1], [x]);
const index = (k: number): IndexTensor<[]> => g.constantIndices([], [k]);
const one = (x: Vector): Tensor<[1]> => g.reshape(x, [1]);
const withOne = (x: Vector): Tensor<[2]> => g.concat([one(x), number(1)], 0);

/** What each row's text means. */
const functions: Readonly<Record<string, (x: Vector) => Tensor>> = {
  "relu(x)": (x) => g.relu(x),
  "relu6(x)": (x) => g.relu6(x),
  "leakyRelu(x)": (x) => g.leakyRelu(x),
  "elu(x)": (x) => g.elu(x),
  "selu(x)": (x) => g.selu(x),
  "celu(x)": (x) => g.celu(x),
  "hardtanh(x)": (x) => g.hardtanh(x),
  "hardsigmoid(x)": (x) => g.hardsigmoid(x),
  "hardswish(x)": (x) => g.hardswish(x),
  "clamp(x, { min: -1, max: 1 })": (x) => g.clamp(x, { min: -1, max: 1 }),
  "softshrink(x)": (x) => g.softshrink(x),
  "hardshrink(x)": (x) => g.hardshrink(x),
  "threshold(x, 1, 0)": (x) => g.threshold(x, 1, 0),
  "abs(x)": (x) => g.abs(x),
  "sign(x)": (x) => g.add(g.sign(x), g.mul(x, 0)),
  "floor(x)": (x) => g.add(g.floor(x), g.mul(x, 0)),
  "sqrt(x)": (x) => g.sqrt(x),
  "norm(x)": (x) => g.norm(x),
  "maximum(x, 1)": (x) => g.maximum(x, 1),
  "minimum(x, 1)": (x) => g.minimum(x, 1),
  "max([x, 1])": (x) => g.max(withOne(x)),
  "min([x, 1])": (x) => g.min(withOne(x)),
  "l1(x, 1)": (x) => g.l1(one(x), number(1)),
  "huber(x, 0)": (x) => g.huber(one(x), number(0)),
  "smoothL1(x, 0)": (x) => g.smoothL1(one(x), number(0)),
  "hinge(x, 1)": (x) => g.hinge(one(x), number(1)),
  "multiMargin([x, 0], 0)": (x) =>
    g.mul(2, g.multiMargin(g.concat([one(x), number(0)]), index(0))),
  "maxDim([x, 1], 0)": (x) => g.maxDim(withOne(x), 0),
  "maxDim([1, x], 0)": (x) => g.maxDim(g.flip(withOne(x), 0), 0),
  "minDim([x, 1], 0)": (x) => g.minDim(withOne(x), 0),
  "minDim([1, x], 0)": (x) => g.minDim(g.flip(withOne(x), 0), 0),
  "pow(x, 0)": (x) => g.add(g.pow(x, 0), g.mul(x, 0)),
  "pow(x, 1)": (x) => g.pow(x, 1),
  "pow(x, 2)": (x) => g.pow(x, 2),
  "prod([x, 2, 3])": (x) => g.prod(g.concat([x, g.constant([2], [2, 3])])),
  "prod([x, 0, 3])": (x) => g.prod(g.concat([x, g.constant([2], [0, 3])])),
  "rsqrt(x)": (x) => g.rsqrt(x),
  "reciprocal(x)": (x) => g.reciprocal(x),
};

/** What the text of each row of edge values means. */
const edges: Readonly<Record<string, (x: Vector) => Tensor>> = {
  "softplus(x)": (x) => g.softplus(x),
  "sigmoid(x)": (x) => g.sigmoid(x),
  "logSigmoid(x)": (x) => g.logSigmoid(x),
  "tanh(x)": (x) => g.tanh(x),
  "silu(x)": (x) => g.silu(x),
  "gelu(x)": (x) => g.gelu(x),
  "mish(x)": (x) => g.mish(x),
  "elu(x)": (x) => g.elu(x),
  "exp(x)": (x) => g.exp(x),
  "expm1(x)": (x) => g.expm1(x),
  "log(x)": (x) => g.log(x),
  "log1p(x)": (x) => g.log1p(x),
  "erf(x)": (x) => g.erf(x),
  "sin(x)": (x) => g.sin(x),
  "pow(x, 2)": (x) => g.pow(x, 2),
  "pow(x, 3)": (x) => g.pow(x, 3),
  "norm(x)": (x) => g.norm(x),
  "max(x)": (x) => g.max(x),
  "min(x)": (x) => g.min(x),
  "maxDim(x, 0)": (x) => g.maxDim(x, 0),
  "minDim(x, 0)": (x) => g.minDim(x, 0),
  "prod(x)": (x) => g.prod(x),
  "logsumexp(x)": (x) => g.logsumexp(x),
  "softmax(x)": (x) => g.softmax(x),
  "logSoftmax(x)": (x) => g.logSoftmax(x),
  "crossEntropy(x, 2)": (x) => g.crossEntropy(g.reshape(x, [3]), index(2)),
  "variance(x)": (x) => g.variance(x),
  "std(x)": (x) => g.std(x),
  "bceWithLogits(x, 0)": (x) =>
    g.bceWithLogits(g.reshape(x, [2]), g.constant([2], [0, 0]), {
      reduction: "sum",
    }),
  "logCosh(x, 0)": (x) => g.logCosh(one(x), number(0)),
  "normalize(x)": (x) => g.normalize(x),
  "cosineSimilarity(x, [3, 4])": (x) =>
    g.cosineSimilarity(x, g.constant([2], [3, 4])),
};

const rows = read("docs/kinks.md")
  .split("\n")
  .flatMap((line) => {
    const cells = /^\| `(.+)` \| x = (\S+) \| (\S+) \|$/.exec(line);
    return cells === null ? [] : [cells.slice(1) as [string, string, string]];
  });

describe("docs/kinks.md", () => {
  it("has a row for every function of this test, and no other", () => {
    expect([...new Set(rows.map(([f]) => f))]).toEqual(Object.keys(functions));
  });

  it.each(rows)("d %s at x = %s is %s", (f, at, slope) => {
    const evaluated = valueAndSlope(functions[f] as (x: Vector) => Tensor, [
      Number(at),
    ]);
    expect(evaluated.slope[0]).toBeCloseTo(Number(slope), 14);
  });
});

describe("the words of docs/kinks.md on where", () => {
  const slopeAt = (f: (x: Vector) => Tensor, x: number): number | undefined =>
    valueAndSlope(f, [x]).slope[0];
  const positive = (x: Vector): Tensor<[number]> => g.less(0, x);

  it.each([NaN, Infinity])("a branch of %d that is not taken gets 0", (x) => {
    expect(slopeAt((a) => g.where(g.less(a, 0), a, 5), x)).toBe(0);
  });

  it("what it is made of may get NaN, but for an operand that is chosen too", () => {
    const plain = (x: Vector): Tensor =>
      g.where(positive(x), g.log(x), g.mul(x, 2));
    const chosen = (x: Vector): Tensor =>
      g.where(positive(x), g.log(g.where(positive(x), x, 1)), g.mul(x, 2));
    expect([slopeAt(plain, 0), slopeAt(chosen, 0)]).toEqual([NaN, 2]);
    expect([slopeAt(plain, 4), slopeAt(chosen, 4)]).toEqual([0.25, 0.25]);
    expect([slopeAt(plain, -4), slopeAt(chosen, -4)]).toEqual([2, 2]);
  });
});

const numbers = (text: string): number[] => text.split(", ").map(Number);
const edgeRows = read("docs/kinks.md")
  .split("\n")
  .flatMap((line) => {
    const cells = /^\| `(.+)` \| x = (.+) \| (.+) \| (.+) \|$/.exec(line);
    return cells === null
      ? []
      : [cells.slice(1) as [string, string, string, string]];
  });

describe("the edge values of docs/kinks.md", () => {
  it("have a row for every function of this test, and no other", () => {
    const named = new Set(edgeRows.map(([f]) => f));
    expect([...named]).toEqual(Object.keys(edges));
  });

  it.each(edgeRows)("%s at x = %s is %s, with slope %s", (f, at, y, slope) => {
    const edge = edges[f] as (x: Vector) => Tensor;
    const got = valueAndSlope(edge, numbers(at));
    // The last digit or two: a composition rounds more than once.
    const off = (values: readonly number[], text: string): unknown[] =>
      numbers(text).flatMap(
        (want, i) => relativeDifference(values[i], want, 1e-15) ?? [],
      );
    expect(got.y).toHaveLength(numbers(y).length);
    expect(off(got.y, y)).toEqual([]);
    expect(off(got.slope, slope)).toEqual([]);
  });
});
