import { describe, expect, it } from "vitest";
import { CompileTimeError } from "../dsl/errors.js";
import { div } from "../dsl/index.js";
import { adadelta, adagrad } from "../dsl/optimizers/adagrad.js";
import { adam, adamax, adamw } from "../dsl/optimizers/adam.js";
import { clipNorm, clipValue } from "../dsl/optimizers/clipping.js";
import { lion } from "../dsl/optimizers/lion.js";
import { nadam } from "../dsl/optimizers/nadam.js";
import type { Optimizer } from "../dsl/optimizers/optimizer.js";
import { radam } from "../dsl/optimizers/radam.js";
import { rmsprop } from "../dsl/optimizers/rmsprop.js";
import { stepLr } from "../dsl/optimizers/schedules.js";
import { sgd } from "../dsl/optimizers/sgd.js";
import { trainer } from "./support/trainer.js";
import { stepOf, type Rule } from "./support/updateRules.js";
import { drawn, worstError } from "./support/values.js";

const betas = [0.8, 0.95] as const;
const standard = { betas: [0.9, 0.999], eps: 1e-8 } as const;
const rows: readonly (readonly [Optimizer, Rule])[] = [
  [sgd(0.1), { kind: "sgd" }],
  [
    sgd(0.1, { weightDecay: 0.1, maximize: true }),
    { kind: "sgd", weightDecay: 0.1, maximize: true },
  ],
  [sgd(0.1, { momentum: 0.9 }), { kind: "sgd", momentum: 0.9 }],
  [
    sgd(0.1, { momentum: 0.9, dampening: 0.3 }),
    { kind: "sgd", momentum: 0.9, dampening: 0.3 },
  ],
  [
    sgd(0.1, { momentum: 0.8, nesterov: true, weightDecay: 0.02 }),
    { kind: "sgd", momentum: 0.8, nesterov: true, weightDecay: 0.02 },
  ],
  [adam(), { kind: "adam", ...standard }],
  [
    adam(0.03, { betas, eps: 1e-4, weightDecay: 0.1, amsgrad: true }),
    { kind: "adam", betas, eps: 1e-4, weightDecay: 0.1, amsgrad: true },
  ],
  [
    adam(0.03, { betas: [0, 0.9], maximize: true }),
    { kind: "adam", betas: [0, 0.9], eps: 1e-8, maximize: true },
  ],
  [adamw(), { kind: "adamw", ...standard, weightDecay: 0.01 }],
  [
    adamw(0.02, { weightDecay: 0, amsgrad: true }),
    { kind: "adamw", ...standard, amsgrad: true },
  ],
  [adamax(), { kind: "adamax", ...standard }],
  [
    adamax(0.02, { betas, weightDecay: 0.1 }),
    { kind: "adamax", betas, eps: 1e-8, weightDecay: 0.1 },
  ],
  [nadam(), { kind: "nadam", ...standard, momentumDecay: 0.004 }],
  [
    nadam(0.02, { betas, momentumDecay: 0.1, weightDecay: 0.1 }),
    { kind: "nadam", betas, eps: 1e-8, momentumDecay: 0.1, weightDecay: 0.1 },
  ],
  [radam(), { kind: "radam", ...standard }],
  [
    radam(0.02, { betas, weightDecay: 0.1 }),
    { kind: "radam", betas, eps: 1e-8, weightDecay: 0.1 },
  ],
  [
    radam(0.02, { betas: [0.9, 0.5] }),
    { kind: "radam", betas: [0.9, 0.5], eps: 1e-8 },
  ],
  [rmsprop(), { kind: "rmsprop", eps: 1e-8 }],
  [
    rmsprop(0.02, {
      alpha: 0.9,
      centered: true,
      momentum: 0.9,
      weightDecay: 0.1,
    }),
    {
      kind: "rmsprop",
      alpha: 0.9,
      centered: true,
      momentum: 0.9,
      weightDecay: 0.1,
      eps: 1e-8,
    },
  ],
  [adagrad(), { kind: "adagrad", eps: 1e-10 }],
  [
    adagrad(0.1, {
      lrDecay: 0.1,
      initialAccumulatorValue: 0.5,
      weightDecay: 0.1,
    }),
    {
      kind: "adagrad",
      lrDecay: 0.1,
      initialAccumulatorValue: 0.5,
      weightDecay: 0.1,
      eps: 1e-10,
    },
  ],
  [adadelta(), { kind: "adadelta", eps: 1e-6 }],
  [
    adadelta(0.5, { rho: 0.8, weightDecay: 0.1 }),
    { kind: "adadelta", rho: 0.8, weightDecay: 0.1, eps: 1e-6 },
  ],
  [lion(), { kind: "lion", betas: [0.9, 0.99] }],
  [
    lion(0.01, { betas, weightDecay: 0.1 }),
    { kind: "lion", betas, weightDecay: 0.1 },
  ],
];

describe("optimizers follow their formula", () => {
  for (const [optimizer, rule] of rows) {
    const { kind, ...settings } = rule;
    it(`${kind} ${JSON.stringify(settings)}`, () => {
      const n = 3;
      const train = trainer(optimizer, { w: drawn(1, n) });
      let want = drawn(1, n);
      const states = want.map((): Record<string, number> => ({}));
      for (let t = 1; t <= 30; t++) {
        const g = drawn(100 + t, n);
        expect(train.step({ w: g })).toBe(optimizer.lr);
        want = want.map((w, i) =>
          stepOf(rule, optimizer.lr, w, g[i] ?? NaN, states[i] ?? {}, t),
        );
        expect(worstError(train.params.w ?? [], want)).toBeLessThan(1e-13);
      }
    });
  }

  it("sgd with Nesterov's momentum and decay gives PyTorch's 0.601 and 0.039481", () => {
    const options = { momentum: 0.9, nesterov: true, weightDecay: 0.1 };
    const train = trainer(sgd(0.1, options), { w: [1] });
    train.step({ w: [2] });
    expect(train.params.w?.[0]).toBeCloseTo(0.601, 14);
    train.step({ w: [2] });
    expect(train.params.w?.[0]).toBeCloseTo(0.039481, 14);
  });

  it("a group's weight decay replaces the rule's own", () => {
    const groups = [{ params: ["b"], lr: 0.3, weightDecay: 0 }];
    const train = trainer(sgd(0.1, { weightDecay: 0.5, groups }), {
      a: [1],
      b: [1],
    });
    train.step({ a: [1], b: [1] });
    expect(train.params.a).toEqual([1 - 0.1 * 1.5]);
    expect(train.params.b?.[0]).toBeCloseTo(0.7, 15);
  });
});

describe("clipping", () => {
  const step = (
    clip: Optimizer["clip"],
    g: Readonly<Record<string, number[]>>,
  ): number[] => {
    const train = trainer(sgd(1, clip === undefined ? {} : { clip }), {
      a: [0, 0],
      b: [0],
    });
    train.step(g);
    return [...(train.params.a ?? []), ...(train.params.b ?? [])].map(
      (w) => 0 - w,
    );
  };
  const g = { a: [3, 0], b: [-4] };

  it("clipNorm scales all gradients together", () => {
    const factor = 1 / (5 + 1e-6);
    expect(
      worstError(step(clipNorm(1), g), [3 * factor, 0, -4 * factor]),
    ).toBeLessThan(1e-15);
    expect(step(clipNorm(6), g)).toEqual([3, 0, -4]);
  });
  it("a clip of one's own is written in the language", () => {
    expect(step((gradients) => gradients.map((d) => div(d, 2)), g)).toEqual([
      1.5, 0, -2,
    ]);
  });
  it("clipNorm of the largest entry", () => {
    const factor = 2 / (4 + 1e-6);
    const clip = clipNorm(2, { normType: Infinity });
    expect(
      worstError(step(clip, g), [3 * factor, 0, -4 * factor]),
    ).toBeLessThan(1e-15);
  });
  it("clipValue clamps every entry", () => {
    expect(step(clipValue(3.5), g)).toEqual([3, 0, -3.5]);
  });
});

describe("optimizers refuse what PyTorch refuses", () => {
  const rows: readonly (readonly [() => unknown, string])[] = [
    [() => sgd(-1), "sgd: lr is -1, expected a number >= 0"],
    [() => sgd(NaN), "sgd: lr is NaN, expected a number >= 0"],
    [
      () => sgd(0.1, { momentum: -0.1 }),
      "sgd: momentum is -0.1, expected a number >= 0",
    ],
    [
      () => sgd(0.1, { nesterov: true }),
      "sgd: nesterov needs a momentum > 0 and no dampening",
    ],
    [
      () => adam(0.1, { betas: [0.9, 1] }),
      "adam: beta 2 is 1, expected a number in [0, 1)",
    ],
    [() => adamw(0.1, { eps: -1 }), "adamw: eps is -1, expected a number >= 0"],
    [
      () => adagrad(0.1, { lrDecay: -1 }),
      "adagrad: lrDecay is -1, expected a number >= 0",
    ],
    [
      () => rmsprop(0.1, { weightDecay: -1 }),
      "rmsprop: weightDecay is -1, expected a number >= 0",
    ],
    [
      () => sgd(0.1, { groups: [{ params: ["w"], lr: -1 }] }),
      "sgd: lr of a group is -1, expected a number >= 0",
    ],
    [() => clipNorm(-1), "clipNorm: maxNorm is -1, expected a number >= 0"],
    [
      () => clipNorm(1, { normType: 3 }),
      "clipNorm: normType is 3, expected 2 or Infinity",
    ],
    [() => stepLr(0), "stepLr: stepSize is 0, expected a positive integer"],
  ];
  for (const [build, sentence] of rows)
    it(sentence, () => {
      expect(build).toThrow(CompileTimeError);
      expect(build).toThrow(sentence);
    });
});
