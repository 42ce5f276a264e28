import { describe, expect, it } from "vitest";
import { input } from "../dsl/declare.js";
import { bce, bceWithLogits, hinge, softMargin } from "../dsl/losses/binary.js";
import { hingeEmbedding, marginRanking } from "../dsl/losses/distance.js";
import {
  gaussianNll,
  klDiv,
  klStandardNormal,
  poissonNll,
} from "../dsl/losses/likelihood.js";
import {
  halfSse,
  huber,
  logCosh,
  mse,
  smoothL1,
} from "../dsl/losses/regression.js";
import { gradient } from "../dsl/ops/gradient.js";
import { sum as total } from "../dsl/ops/reduce.js";
import type { Tensor } from "../dsl/tensor.js";
import { checkLoss, sum } from "./support/checkLoss.js";
import { lossAndGradients, worstError } from "./support/values.js";

const whole = { batched: false } as const;

describe("entrywise losses by the formula", () => {
  const n = 6;
  const y = input("y", [n], whole);
  const t = input("t", [n], whole);
  const v = input("v", [n], whole);
  const contents = {
    y: [0.2, -1.3, 2.4, -0.7, 0.05, 3.1],
    t: [1.1, -0.4, 0.3, 2.2, -3.5, 0.6],
    v: [0.5, 1.5, 2.5, 0.1, 1, 3],
  };
  const probabilities = {
    y: [0.1, 0.5, 0.95, 0.3, 0.05, 0.7],
    t: [0, 1, 0.4, 1, 0.25, 0],
    v: contents.v,
  };
  const counts = {
    y: [0.4, 1.2, 0.9, 2.1, 0.3, 1.7],
    t: [0, 1, 3, 7, 2, 1.5],
    v: contents.v,
  };
  const signs = { y: contents.y, t: [1, -1, 1, 1, -1, -1], v: contents.v };
  const rows: readonly (readonly [
    name: string,
    loss: Tensor<[]>,
    by: string,
    values: typeof contents,
    entry: (y: number, t: number, v: number) => number,
    total?: "sum",
  ])[] = [
    ["mse", mse(y, t), "yt", contents, (a, b) => (a - b) ** 2],
    [
      "halfSse",
      halfSse(y, t),
      "yt",
      contents,
      (a, b) => (a - b) ** 2 / 2,
      "sum",
    ],
    [
      "smoothL1 beta 0",
      smoothL1(y, t, { beta: 0 }),
      "yt",
      contents,
      (a, b) => Math.abs(a - b),
    ],
    [
      "smoothL1 beta 2",
      smoothL1(y, t, { beta: 2 }),
      "yt",
      contents,
      (a, b) => (Math.abs(a - b) < 2 ? (a - b) ** 2 / 4 : Math.abs(a - b) - 1),
    ],
    [
      "huber delta 0.5",
      huber(y, t, { delta: 0.5 }),
      "yt",
      contents,
      (a, b) =>
        Math.abs(a - b) < 0.5
          ? (a - b) ** 2 / 2
          : 0.5 * (Math.abs(a - b) - 0.25),
    ],
    [
      "logCosh",
      logCosh(y, t),
      "yt",
      contents,
      (a, b) => Math.log(Math.cosh(a - b)),
    ],
    [
      "bce with weights",
      bce(y, t, { weights: v }),
      "yt",
      probabilities,
      (p, b, w) => -w * (b * Math.log(p) + (1 - b) * Math.log1p(-p)),
    ],
    [
      "bceWithLogits with posWeight",
      bceWithLogits(y, t, { posWeight: v }),
      "yt",
      { ...contents, t: probabilities.t },
      (x, b, w) =>
        w * b * Math.log1p(Math.exp(-x)) + (1 - b) * Math.log1p(Math.exp(x)),
    ],
    [
      "softMargin",
      softMargin(y, t),
      "y",
      signs,
      (a, b) => Math.log1p(Math.exp(-a * b)),
    ],
    ["hinge", hinge(y, t), "y", signs, (a, b) => Math.max(0, 1 - a * b)],
    [
      "hingeEmbedding",
      hingeEmbedding(y, t, { margin: 0.5 }),
      "y",
      signs,
      (a, b) => (b > 0 ? a : Math.max(0, 0.5 - a)),
    ],
    [
      "marginRanking",
      marginRanking(y, v, t, { margin: 0.3 }),
      "yv",
      signs,
      (a, b, c) => Math.max(0, -b * (a - c) + 0.3),
    ],
    [
      "klDiv",
      klDiv(y, t),
      "y",
      counts,
      (a, b) => (b === 0 ? 0 : b * (Math.log(b) - a)),
    ],
    [
      "klDiv of logarithms",
      klDiv(y, t, { logTarget: true }),
      "yt",
      contents,
      (a, b) => Math.exp(b) * (b - a),
    ],
    [
      "poissonNll",
      poissonNll(y, t),
      "y",
      counts,
      (a, b) => Math.exp(a) - b * a,
    ],
    [
      "poissonNll of rates, full",
      poissonNll(y, t, { logInput: false, full: true, eps: 1e-3 }),
      "y",
      counts,
      (a, b) =>
        a -
        b * Math.log(a + 1e-3) +
        (b > 1 ? b * Math.log(b) - b + 0.5 * Math.log(2 * Math.PI * b) : 0),
    ],
    [
      "gaussianNll, full",
      gaussianNll(y, t, v, { full: true }),
      "ytv",
      contents,
      (a, b, c) =>
        0.5 * (Math.log(c) + (a - b) ** 2 / c) + 0.5 * Math.log(2 * Math.PI),
    ],
    [
      "klStandardNormal",
      klStandardNormal(y, v),
      "yv",
      contents,
      (m, _b, s) => -0.5 * (1 + s - m * m - Math.exp(s)),
      "sum",
    ],
  ];
  for (const [name, loss, by, values, entry, total] of rows)
    it(name, () => {
      const entries = values.y.map((a, i) =>
        entry(a, values.t[i] ?? NaN, values.v[i] ?? NaN),
      );
      const leaves = { y, t, v };
      const names = by.split("") as (keyof typeof leaves)[];
      const want = sum(entries) / (total === "sum" ? 1 : n);
      checkLoss(
        loss,
        names.map((k) => leaves[k]),
        names,
        values,
        want,
      );
    });

  it("a variance below eps counts as eps, and the gradient passes to it", () => {
    const values = { ...contents, v: [1e-9, 1, 1, 1, 1, 1] };
    const atBound = { ...contents, v: [1e-6, 1, 1, 1, 1, 1] };
    const [low, bound] = [values, atBound].map((c) =>
      lossAndGradients(gaussianNll(y, t, v), [v], c),
    );
    expect(worstError([low?.loss ?? NaN], [bound?.loss ?? NaN])).toBeLessThan(
      1e-15,
    );
    expect(
      worstError(low?.gradients[0] ?? [], bound?.gradients[0] ?? []),
    ).toBeLessThan(1e-13);
  });

  it("probabilities of exactly 0 and 1 cost at most 100 and have finite gradients", () => {
    const values = { y: [0, 0, 1, 1, 0.5, 0.5], t: [0, 1, 0, 1, 0, 1] };
    const { loss, gradients } = lossAndGradients(bce(y, t), [y], values);
    expect(loss).toBeCloseTo((200 + 2 * Math.LN2) / 6, 12);
    expect(gradients[0]?.every(Number.isFinite)).toBe(true);
  });

  it("logCosh and bceWithLogits stay finite at 1e4 and -1e4", () => {
    const values = { y: [1e4, -1e4, 1e4, -1e4, 0, 0], t: [0, 0, 1, 1, 0, 1] };
    for (const loss of [logCosh(y, t), bceWithLogits(y, t)]) {
      const found = lossAndGradients(loss, [y], values);
      expect(
        [found.loss, ...(found.gradients[0] ?? [])].every(Number.isFinite),
      ).toBe(true);
    }
  });

  it("logCosh has the derivatives of ln cosh: tanh, 1 - tanh^2, -2 tanh (1 - tanh^2)", () => {
    const values = { y: [0, -0, 1e-9, -0.3, 1.7, -25], t: [0, 0, 0, 0, 0, 0] };
    const by = (f: Tensor): Tensor => gradient(total(f), [y])[0];
    const first = by(logCosh(y, t, { reduction: "none" }));
    const slope = (f: Tensor): readonly number[] =>
      lossAndGradients(total(f), [y], values).gradients[0] ?? [];
    const tanh = values.y.map(Math.tanh);
    expect(
      worstError(slope(logCosh(y, t, { reduction: "none" })), tanh),
    ).toBeLessThan(1e-15);
    const second = tanh.map((d) => 1 - d * d);
    expect(worstError(slope(first), second)).toBeLessThan(1e-15);
    const thirds = tanh.map((d) => -2 * d * (1 - d * d));
    expect(worstError(slope(by(first)), thirds)).toBeLessThan(1e-15);
  });
});
