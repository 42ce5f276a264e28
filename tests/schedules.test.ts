import { describe, expect, it } from "vitest";
import { add, div, sqrt } from "../dsl/index.js";
import type { Schedule } from "../dsl/optimizers/optimizer.js";
import {
  constantLr,
  cosineAnnealingLr,
  linearLr,
  multiStepLr,
  oneCycleLr,
  polynomialLr,
  stepLr,
  warmupCosine,
} from "../dsl/optimizers/schedules.js";
import { sgd } from "../dsl/optimizers/sgd.js";
import { trainer } from "./support/trainer.js";
import { worstError } from "./support/values.js";

/** The rates of steps 0, 1, ... of a schedule. */
function ratesOf(schedule: Schedule, base: number, steps: number): number[] {
  const train = trainer(sgd(base, { schedule }), { w: [0] });
  return Array.from({ length: steps }, () => train.step({ w: [0] }));
}

it("a schedule of one's own is written in the language", () => {
  const schedule: Schedule = (lr, k) => div(lr, add(1, sqrt(k)));
  const rates = ratesOf(schedule, 0.5, 5);
  expect(rates).toEqual([0, 1, 2, 3, 4].map((k) => 0.5 / (1 + Math.sqrt(k))));
});

describe("schedules follow their formula", () => {
  const steps = 20;
  const cosine = (q: number): number => (1 + Math.cos(Math.PI * q)) / 2;
  const rows: readonly (readonly [string, Schedule, (k: number) => number])[] =
    [
      [
        "constantLr",
        constantLr({ factor: 0.5, totalIters: 3 }),
        (k) => (k < 3 ? 0.25 : 0.5),
      ],
      ["stepLr", stepLr(3), (k) => 0.5 * 0.1 ** Math.floor(k / 3)],
      [
        "multiStepLr",
        multiStepLr([2, 5, 5], 0.5),
        (k) => 0.5 * 0.5 ** [2, 5, 5].filter((m) => k >= m).length,
      ],
      ["cosineAnnealingLr", cosineAnnealingLr(8), (k) => 0.5 * cosine(k / 8)],
      [
        "linearLr",
        linearLr(),
        (k) => 0.5 * (1 / 3 + ((2 / 3) * Math.min(k, 5)) / 5),
      ],
      [
        "polynomialLr",
        polynomialLr({ totalIters: 12, power: 2 }),
        (k) => 0.5 * (1 - Math.min(k, 12) / 12) ** 2,
      ],
      [
        "warmupCosine",
        warmupCosine(4, 15),
        (k) => (k < 4 ? (0.5 * (k + 1)) / 4 : 0.5 * cosine((k - 4) / 11)),
      ],
      [
        "oneCycleLr, linear",
        oneCycleLr(1, 20, {
          anneal: "linear",
          divFactor: 10,
          finalDivFactor: 100,
        }),
        (k) =>
          k <= 5 ? 0.1 + (0.9 * k) / 5 : 1 + ((0.001 - 1) * (k - 5)) / 14,
      ],
      [
        "oneCycleLr without a rise",
        oneCycleLr(1, 20, { pctStart: 0 }),
        (k) => 4e-6 + (1 - 4e-6) * cosine((k + 1) / 20),
      ],
    ];
  for (const [name, schedule, rate] of rows)
    it(name, () => {
      const want = Array.from({ length: steps }, (_, k) => rate(k));
      expect(worstError(ratesOf(schedule, 0.5, steps), want)).toBeLessThan(
        1e-15,
      );
    });

  it("oneCycleLr stays at its last rate", () => {
    const [, , , last, after] = ratesOf(oneCycleLr(1, 4), 0.5, 5);
    expect(last).toBeCloseTo(4e-6, 18);
    expect(after).toBe(last);
  });
});
