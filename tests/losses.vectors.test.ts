import { describe, expect, it } from "vitest";
import { indices, input } from "../dsl/declare.js";
import { CompileTimeError } from "../dsl/errors.js";
import { crossEntropy, nll } from "../dsl/losses/crossEntropy.js";
import {
  cosineEmbedding,
  marginRanking,
  tripletMargin,
} from "../dsl/losses/distance.js";
import { klDiv, klStandardNormal } from "../dsl/losses/likelihood.js";
import { huber, mse, smoothL1 } from "../dsl/losses/regression.js";
import { ShapeError } from "../dsl/shape/rules.js";
import type { IndexTensor, Tensor } from "../dsl/tensor.js";
import { checkLoss, sum } from "./support/checkLoss.js";
import { drawn, lossAndGradients, worstError } from "./support/values.js";

const whole = { batched: false } as const;

describe("losses of vectors by the formula", () => {
  const [n, d] = [3, 4];
  const a = input("a", [n, d], whole);
  const b = input("b", [n, d], whole);
  const c = input("c", [n, d], whole);
  const s = input("s", [n], whole);
  const contents = {
    a: drawn(5, 12),
    b: drawn(6, 12),
    c: drawn(7, 12),
    s: [1, -1, -1],
  };
  const row = (name: "a" | "b" | "c", i: number): number[] =>
    contents[name].slice(i * d, i * d + d);
  const rows = [...Array(n).keys()];

  for (const p of [1, 2, 3])
    for (const swap of [false, true])
      it(`tripletMargin, p = ${String(p)}${swap ? ", swap" : ""}`, () => {
        const distance = (u: readonly number[], w: readonly number[]): number =>
          sum(u.map((e, i) => Math.abs(e - (w[i] ?? NaN) + 1e-6) ** p)) **
          (1 / p);
        const entries = rows.map((i) => {
          const far = distance(row("a", i), row("c", i));
          const other = distance(row("b", i), row("c", i));
          return Math.max(
            0,
            distance(row("a", i), row("b", i)) -
              (swap ? Math.min(far, other) : far) +
              0.8,
          );
        });
        const loss = tripletMargin(a, b, c, { p, swap, margin: 0.8 });
        checkLoss(loss, [a, b, c], ["a", "b", "c"], contents, sum(entries) / n);
      });

  it("cosineEmbedding", () => {
    const dot = (u: readonly number[], w: readonly number[]): number =>
      sum(u.map((e, i) => e * (w[i] ?? NaN)));
    const entries = rows.map((i) => {
      const [u, w] = [row("a", i), row("b", i)];
      const cos =
        dot(u, w) / Math.sqrt((dot(u, u) + 1e-12) * (dot(w, w) + 1e-12));
      return (contents.s[i] ?? NaN) > 0 ? 1 - cos : Math.max(0, cos + 0.2);
    });
    const loss = cosineEmbedding(a, b, s, { margin: -0.2, reduction: "sum" });
    checkLoss(loss, [a, b], ["a", "b"], contents, sum(entries));
  });

  it("batchmean divides by the number of examples, batched or not", () => {
    const one = input("a", [d]);
    const other = input("b", [d]);
    for (const [whole_, each] of [
      [
        klDiv(a, b, { reduction: "batchmean", logTarget: true }),
        klDiv(one, other, { reduction: "batchmean", logTarget: true }),
      ],
      [
        klStandardNormal(a, b, { reduction: "batchmean" }),
        klStandardNormal(one, other),
      ],
    ] as const) {
      const found = lossAndGradients(each, [one], contents, n);
      const flat = lossAndGradients(whole_, [a], contents);
      expect(worstError([found.loss], [flat.loss])).toBeLessThan(1e-15);
      expect(
        worstError(found.gradients[0] ?? [], flat.gradients[0] ?? []),
      ).toBeLessThan(1e-15);
    }
  });
});

describe("losses refuse what does not fit", () => {
  const x = input("x", [4]) as Tensor;
  const y = input("y", [3]) as Tensor;
  const k = indices("k", [2], 4) as IndexTensor;
  const k5 = indices("k5", [], 5) as IndexTensor;
  const rows: readonly (readonly [() => unknown, string])[] = [
    [() => mse(x, y), "mse: target must have shape [4], got [3]"],
    [() => marginRanking(x, y, x), "marginRanking: expects shape [4], got [3]"],
    [
      () => crossEntropy(x, y),
      "crossEntropy: target must have shape [4], got [3]",
    ],
    [
      () => crossEntropy(x, k),
      "crossEntropy: class indices for [4] with classAxis 0 must have shape [], got [2]",
    ],
    [
      () => crossEntropy(x, k5),
      "crossEntropy: [4] has 4 classes on classAxis 0, the indices were declared with 5",
    ],
    [
      () => crossEntropy(x, indices("k", [], 4), { weights: y }),
      "crossEntropy: weights must have shape [4], one for each class, got [3]",
    ],
    [
      () => nll(x, x as unknown as IndexTensor),
      "nll: expects indices (i32), got numbers of shape [4]",
    ],
  ];
  for (const [build, sentence] of rows)
    it(sentence, () => {
      expect(build).toThrow(ShapeError);
      expect(build).toThrow(sentence);
    });
  const settings: readonly (readonly [() => unknown, string])[] = [
    [
      () => huber(x, x, { delta: 0 }),
      "huber: delta is 0, expected a number > 0",
    ],
    [
      () => smoothL1(x, x, { beta: -1 }),
      "smoothL1: beta is -1, expected a number >= 0",
    ],
    [
      () => crossEntropy(x, x, { labelSmoothing: 1.5 }),
      "crossEntropy: labelSmoothing is 1.5, expected a number in [0, 1]",
    ],
    [
      () => crossEntropy(x, x, { ignoreIndex: 0 }),
      "crossEntropy: ignoreIndex goes with class indices, got probabilities",
    ],
    [
      () => tripletMargin(x, x, x, { p: 0.5 }),
      "tripletMargin: p is 0.5, expected a number >= 1",
    ],
  ];
  for (const [build, sentence] of settings)
    it(sentence, () => {
      expect(build).toThrow(CompileTimeError);
      expect(build).toThrow(sentence);
    });
});
