import * as g from "../../dsl/index.js";
import { any, k, logits, same, x, y, type Refused } from "./given.js";

/** Losses, optimizers, clipping and schedules. */
export const ofTraining: readonly Refused[] = [
  // Losses.
  [
    "crossEntropy: labelSmoothing is 2, expected a number in [0, 1]",
    () => g.crossEntropy(logits, k, { labelSmoothing: 2 }),
  ],
  [
    "crossEntropy: ignoreIndex is 0.5, expected an integer from -2147483648 to 2147483647",
    () => g.crossEntropy(logits, k, { ignoreIndex: 0.5 }),
  ],
  [
    "nll: ignoreIndex is 2147483648, expected an integer from -2147483648 to 2147483647",
    () => g.nll(logits, k, { ignoreIndex: 2 ** 31 }),
  ],
  [
    "crossEntropy: classAxis 2 is out of range for rank 1 (shape [3])",
    () => any(g.crossEntropy)(logits, k, { classAxis: 2 }),
  ],
  [
    "multiMargin: margin is NaN, expected a finite number",
    () => g.multiMargin(logits, k, { margin: NaN }),
  ],
  [
    "multiMargin: p is 3, expected 1 or 2",
    () => any(g.multiMargin)(logits, k, { p: 3 }),
  ],
  [
    "smoothL1: beta is -1, expected a number >= 0",
    () => g.smoothL1(x, y, { beta: -1 }),
  ],
  [
    "huber: delta is 0, expected a number > 0",
    () => g.huber(x, y, { delta: 0 }),
  ],
  [
    "poissonNll: eps is -1, expected a number >= 0",
    () => g.poissonNll(x, y, { eps: -1 }),
  ],
  [
    "gaussianNll: eps is 0, expected a number > 0",
    () => g.gaussianNll(x, y, x, { eps: 0 }),
  ],
  [
    "hingeEmbedding: margin is NaN, expected a finite number",
    () => g.hingeEmbedding(x, y, { margin: NaN }),
  ],
  [
    "marginRanking: margin is NaN, expected a finite number",
    () => g.marginRanking(x, x, y, { margin: NaN }),
  ],
  [
    "tripletMargin: margin is NaN, expected a finite number",
    () => g.tripletMargin(x, x, x, { margin: NaN }),
  ],
  [
    "tripletMargin: p is 0, expected a number >= 1",
    () => g.tripletMargin(x, x, x, { p: 0 }),
  ],
  [
    "cosineEmbedding: margin is NaN, expected a finite number",
    () => g.cosineEmbedding(x, x, same, { margin: NaN }),
  ],
  [
    'klDiv: reduction is "avg", expected "mean", "sum", "none" or "batchmean"',
    () => any(g.klDiv)(x, y, { reduction: "avg" }),
  ],
  [
    'klStandardNormal: reduction is "mean", expected "sum" or "batchmean"',
    () => any(g.klStandardNormal)(x, x, { reduction: "mean" }),
  ],

  // Optimizers, clipping and schedules.
  ["sgd: lr is -1, expected a number >= 0", () => g.sgd(-1)],
  [
    'sgd: lr is "0.1" (a string), expected a number >= 0',
    () => any(g.sgd)("0.1"),
  ],
  [
    "sgd: momentum is -1, expected a number >= 0",
    () => g.sgd(1, { momentum: -1 }),
  ],
  [
    "sgd: dampening is NaN, expected a finite number",
    () => g.sgd(1, { dampening: NaN }),
  ],
  [
    "sgd: weightDecay is -1, expected a number >= 0",
    () => g.sgd(1, { weightDecay: -1 }),
  ],
  [
    "sgd: lr of a group is -1, expected a number >= 0",
    () => g.sgd(1, { groups: [{ params: ["a"], lr: -1 }] }),
  ],
  [
    "sgd: weightDecay of a group is -1, expected a number >= 0",
    () => g.sgd(1, { groups: [{ params: ["a"], weightDecay: -1 }] }),
  ],
  [
    'sgd: groups is 7, expected a list such as [{ params: ["head"], lr: 0.01 }]',
    () => any(g.sgd)(1, { groups: 7 }),
  ],
  [
    'adam: a group is null, expected an object such as { params: ["head"], lr: 0.01 }',
    () => any(g.adam)(1, { groups: [null] }),
  ],
  [
    'sgd: params of a group is "out" (a string), expected a list of parameters and names such as ["head"]',
    () =>
      any(g.sgd)(1, {
        groups: JSON.parse('[{"params":"out","lr":0.2}]') as unknown,
      }),
  ],
  [
    'sgd: params of a group is undefined, expected a list of parameters and names such as ["head"]',
    () => any(g.sgd)(1, { groups: [{ lr: 0.1 }] }),
  ],
  [
    "sgd: schedule is 7, expected a function",
    () => any(g.sgd)(1, { schedule: 7 }),
  ],
  ["sgd: clip is 1, expected a function", () => any(g.sgd)(1, { clip: 1 })],
  [
    "adam: betas is 0.9, expected a list such as [0.9, 0.999]",
    () => any(g.adam)(0.1, { betas: 0.9 }),
  ],
  [
    "multiStepLr: milestones is 5, expected a list such as [300, 700]",
    () => any(g.multiStepLr)(5),
  ],
  ["scan: step is 7, expected a function", () => any(g.scan)(x, same, 7)],
  ["unroll: step is 7, expected a function", () => any(g.unroll)(x, same, 7)],
  ["scope: build is undefined, expected a function", () => any(g.scope)("a")],
  ["checkpoint: f is 7, expected a function", () => any(g.checkpoint)(7)],
  [
    "customGradient: f is 7, expected a function",
    () => any(g.customGradient)(7, () => []),
  ],
  [
    "customGradient: vjp is undefined, expected a function",
    () => any(g.customGradient)(() => x),
  ],
  [
    "adam: beta 2 is 1, expected a number in [0, 1)",
    () => g.adam(1, { betas: [0.9, 1] }),
  ],
  ["adam: eps is -1, expected a number >= 0", () => g.adam(1, { eps: -1 })],
  [
    "adamw: beta 1 is -1, expected a number in [0, 1)",
    () => g.adamw(1, { betas: [-1, 0.9] }),
  ],
  [
    "adamax: eps is NaN, expected a number >= 0",
    () => g.adamax(1, { eps: NaN }),
  ],
  ["nadam: eps is -1, expected a number >= 0", () => g.nadam(1, { eps: -1 })],
  [
    "nadam: momentumDecay is -1, expected a number >= 0",
    () => g.nadam(1, { momentumDecay: -1 }),
  ],
  ["radam: eps is -1, expected a number >= 0", () => g.radam(1, { eps: -1 })],
  [
    "lion: beta 1 is 1, expected a number in [0, 1)",
    () => g.lion(1, { betas: [1, 0.9] }),
  ],
  [
    "adagrad: lrDecay is -1, expected a number >= 0",
    () => g.adagrad(1, { lrDecay: -1 }),
  ],
  [
    "adagrad: initialAccumulatorValue is -1, expected a number >= 0",
    () => g.adagrad(1, { initialAccumulatorValue: -1 }),
  ],
  [
    "adagrad: eps is -1, expected a number >= 0",
    () => g.adagrad(1, { eps: -1 }),
  ],
  [
    "adadelta: rho is 2, expected a number in [0, 1]",
    () => g.adadelta(1, { rho: 2 }),
  ],
  [
    "adadelta: eps is -1, expected a number >= 0",
    () => g.adadelta(1, { eps: -1 }),
  ],
  [
    "rmsprop: alpha is 2, expected a number in [0, 1]",
    () => g.rmsprop(1, { alpha: 2 }),
  ],
  [
    "rmsprop: eps is -1, expected a number >= 0",
    () => g.rmsprop(1, { eps: -1 }),
  ],
  [
    "rmsprop: momentum is -1, expected a number >= 0",
    () => g.rmsprop(1, { momentum: -1 }),
  ],
  ["clipNorm: maxNorm is -1, expected a number >= 0", () => g.clipNorm(-1)],
  [
    "clipNorm: normType is 3, expected 2 or Infinity",
    () => g.clipNorm(1, { normType: 3 }),
  ],
  ["clipValue: limit is NaN, expected a number >= 0", () => g.clipValue(NaN)],
  [
    "constantLr: factor is 2, expected a number in [0, 1]",
    () => g.constantLr({ factor: 2 }),
  ],
  [
    "constantLr: totalIters is -1, expected an integer >= 0",
    () => g.constantLr({ totalIters: -1 }),
  ],
  ["stepLr: stepSize is 0, expected a positive integer", () => g.stepLr(0)],
  ["stepLr: gamma is -1, expected a number >= 0", () => g.stepLr(1, -1)],
  [
    "multiStepLr: milestone is 0.5, expected an integer >= 0",
    () => g.multiStepLr([0.5]),
  ],
  [
    "multiStepLr: gamma is -1, expected a number >= 0",
    () => g.multiStepLr([1], -1),
  ],
  [
    "exponentialLr: gamma is NaN, expected a number >= 0",
    () => g.exponentialLr(NaN),
  ],
  [
    "cosineAnnealingLr: tMax is 0, expected a positive integer",
    () => g.cosineAnnealingLr(0),
  ],
  [
    "cosineAnnealingLr: etaMin is -1, expected a number >= 0",
    () => g.cosineAnnealingLr(1, -1),
  ],
  [
    "linearLr: startFactor is 2, expected a number in [0, 1]",
    () => g.linearLr({ startFactor: 2 }),
  ],
  [
    "linearLr: endFactor is -1, expected a number in [0, 1]",
    () => g.linearLr({ endFactor: -1 }),
  ],
  [
    "linearLr: totalIters is 0, expected a positive integer",
    () => g.linearLr({ totalIters: 0 }),
  ],
  [
    "polynomialLr: totalIters is 0, expected a positive integer",
    () => g.polynomialLr({ totalIters: 0 }),
  ],
  [
    "polynomialLr: power is -1, expected a number >= 0",
    () => g.polynomialLr({ power: -1 }),
  ],
  [
    "warmupCosine: warmup is -1, expected an integer >= 0",
    () => g.warmupCosine(-1, 5),
  ],
  [
    "warmupCosine: totalSteps is 0, expected a positive integer",
    () => g.warmupCosine(0, 0),
  ],
  [
    "oneCycleLr: maxLr is -1, expected a number >= 0",
    () => g.oneCycleLr(-1, 5),
  ],
  [
    "oneCycleLr: totalSteps is 0, expected a positive integer",
    () => g.oneCycleLr(1, 0),
  ],
  [
    "oneCycleLr: pctStart is 2, expected a number in [0, 1]",
    () => g.oneCycleLr(1, 5, { pctStart: 2 }),
  ],
  [
    'oneCycleLr: anneal is "exp", expected "cos" or "linear"',
    () => any(g.oneCycleLr)(1, 5, { anneal: "exp" }),
  ],
  [
    "oneCycleLr: divFactor is 0, expected a number > 0",
    () => g.oneCycleLr(1, 5, { divFactor: 0 }),
  ],
  [
    "oneCycleLr: finalDivFactor is 0, expected a number > 0",
    () => g.oneCycleLr(1, 5, { finalDivFactor: 0 }),
  ],
];
