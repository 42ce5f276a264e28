import { describe, expect, it } from "vitest";
import { indices, input } from "../dsl/declare.js";
import { crossEntropy, nll } from "../dsl/losses/crossEntropy.js";
import { checkLoss, sum } from "./support/checkLoss.js";
import {
  drawn,
  lossAndGradients,
  valueOf,
  worstError,
} from "./support/values.js";

const whole = { batched: false } as const;

describe("classification by the formula", () => {
  const [N, C, H] = [3, 4, 2];
  const x = input("x", [N, C, H], whole);
  const label = indices("label", [N, H], C, whole);
  const t = input("t", [N, C, H], whole);
  const w = input("w", [C], whole);
  const contents = {
    x: drawn(1, N * C * H).map((v) => 3 * v),
    label: [0, 3, 1, 1, 2, 0],
    t: drawn(2, N * C * H).map(Math.abs),
    w: [0.5, 2, 1, 0.25],
  };
  const at = (
    list: readonly number[],
    n: number,
    c: number,
    h: number,
  ): number => list[(n * C + c) * H + h] ?? NaN;
  const places = [...Array(N * H).keys()].map(
    (i) => [Math.floor(i / H), i % H] as const,
  );
  const classes = [...Array(C).keys()];
  const logp = (n: number, c: number, h: number): number =>
    at(contents.x, n, c, h) -
    Math.log(sum(classes.map((k) => Math.exp(at(contents.x, n, k, h)))));

  for (const smoothing of [0, 0.1])
    for (const ignored of [undefined, 1])
      for (const weighted of [false, true])
        for (const reduction of ["mean", "sum"] as const)
          it(`crossEntropy of indices, smoothing ${String(smoothing)}, ignoreIndex ${String(ignored)}, ${weighted ? "weights, " : ""}${reduction}`, () => {
            const weight = (c: number): number =>
              weighted ? (contents.w[c] ?? NaN) : 1;
            const kept = places.flatMap(([n, h], i) => {
              const c = contents.label[i] ?? NaN;
              return c === ignored ? [] : [{ n, h, c }];
            });
            const terms = kept.map(
              ({ n, h, c }) =>
                -(1 - smoothing) * weight(c) * logp(n, c, h) -
                (smoothing / C) *
                  sum(classes.map((k) => weight(k) * logp(n, k, h))),
            );
            const mean = sum(terms) / sum(kept.map(({ c }) => weight(c)));
            const loss = crossEntropy(x, label, {
              reduction,
              labelSmoothing: smoothing,
              ...(ignored !== undefined && { ignoreIndex: ignored }),
              ...(weighted && { weights: w }),
            });
            checkLoss(
              loss,
              [x],
              ["x"],
              contents,
              reduction === "mean" ? mean : sum(terms),
            );
          });

  for (const smoothing of [0, 0.3])
    for (const weighted of [false, true])
      it(`crossEntropy of probabilities, smoothing ${String(smoothing)}${weighted ? ", weights" : ""}`, () => {
        const terms = places.map(
          ([n, h]) =>
            -sum(
              classes.map((c) => {
                const q =
                  (1 - smoothing) * at(contents.t, n, c, h) + smoothing / C;
                return (
                  q * (weighted ? (contents.w[c] ?? NaN) : 1) * logp(n, c, h)
                );
              }),
            ),
        );
        const loss = crossEntropy(x, t, {
          labelSmoothing: smoothing,
          ...(weighted && { weights: w }),
        });
        checkLoss(loss, [x, t], ["x", "t"], contents, sum(terms) / (N * H));
      });

  it("nll with weights and ignoreIndex", () => {
    const kept = places.flatMap(([n, h], i) => {
      const c = contents.label[i] ?? NaN;
      return c === 3
        ? []
        : [{ w: contents.w[c] ?? NaN, y: at(contents.x, n, c, h) }];
    });
    const want = -sum(kept.map((k) => k.w * k.y)) / sum(kept.map((k) => k.w));
    checkLoss(
      nll(x, label, { weights: w, ignoreIndex: 3 }),
      [x],
      ["x"],
      contents,
      want,
    );
  });

  it("nll gives what no label reads the gradient 0, not -0, as PyTorch does", () => {
    const y = input("y", [2, 3], whole);
    const k = indices("k", [2], 3, whole);
    const weights = input("w", [3], whole);
    const values = { y: [-1, -2, -3, -4, -5, -6], k: [2, 0], w: [1, 2, 4] };
    const slopes = (options: Parameters<typeof nll>[2]): readonly number[] =>
      lossAndGradients(nll(y, k, options), [y], values).gradients[0] ?? [];
    expect(slopes({ reduction: "sum" })).toEqual([0, 0, -1, -1, 0, 0]);
    expect(slopes({ reduction: "sum", weights })).toEqual([0, 0, -4, -1, 0, 0]);
    expect(slopes({ ignoreIndex: 0 })).toEqual([0, 0, -1, 0, 0, 0]);
    const none = valueOf(
      nll(y, k, { ignoreIndex: 0, reduction: "none" }),
      values,
    );
    expect(none).toEqual([3, 0]);
  });

  it("classAxis -1 reads the classes last; none gives one loss for each label", () => {
    const y = input("y", [2, 3], whole);
    const k = indices("k", [2], 3, whole);
    const values = { y: [1, 2, 3, 0, 0, 0], k: [2, 0] };
    const each = crossEntropy(y, k, { classAxis: -1, reduction: "none" });
    expect(each.shape).toEqual([2]);
    expect(valueOf(each, values)[1]).toBeCloseTo(Math.log(3), 14);
  });

  it("one example is [C] and []; weighted, the mean goes over all examples at once", () => {
    const y = input("y", [3]);
    const k = indices("k", [], 3);
    const weights = input("w", [3], whole);
    const values = { y: drawn(3, 12), k: [0, 2, 1, 2], w: [1, 2, 3] };
    const wy = input("y", [4, 3], whole);
    const wk = indices("k", [4], 3, whole);
    for (const options of [{}, { weights }, { ignoreIndex: 2 }]) {
      const batched = lossAndGradients(
        crossEntropy(y, k, options),
        [y],
        values,
        4,
      );
      const flat = lossAndGradients(
        crossEntropy(wy, wk, options),
        [wy],
        values,
      );
      expect(worstError([batched.loss], [flat.loss])).toBeLessThan(1e-15);
      expect(
        worstError(batched.gradients[0] ?? [], flat.gradients[0] ?? []),
      ).toBeLessThan(1e-15);
    }
  });

  it("a class that cannot be (logit -Infinity) costs nothing unless it is the label", () => {
    const y = input("y", [3]);
    const k = indices("k", [], 3);
    const { loss, gradients } = lossAndGradients(crossEntropy(y, k), [y], {
      y: [0, -Infinity, 0],
      k: [0],
    });
    expect(loss).toBeCloseTo(Math.LN2, 15);
    expect(gradients[0]).toEqual([-0.5, 0, 0.5]);
  });
});
