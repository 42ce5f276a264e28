/** How random programs are trained, and how their parameters start: as it is written. */
import type { Random } from "../support/random.js";

const rules = [
  "sgd(0.1",
  "adam(0.01",
  "adamw(0.01",
  "adamax(0.01",
  "rmsprop(0.01",
  "adagrad(0.1",
  "adadelta(1",
  "lion(0.01",
  "nadam(0.01",
  "radam(0.01",
];

/** Options that only some rules have. */
const own: Readonly<Record<string, readonly string[]>> = {
  sgd: ["momentum: 0.9", "momentum: 0.9, nesterov: true", "weightDecay: 0.1"],
  adam: ["amsgrad: true", "weightDecay: 0.1"],
  rmsprop: ["centered: true", "momentum: 0.5"],
  adagrad: ["lrDecay: 0.1"],
};

const schedules = [
  "constantLr()",
  "stepLr(2)",
  "multiStepLr([1, 3])",
  "exponentialLr(0.9)",
  "cosineAnnealingLr(10)",
  "linearLr()",
  "polynomialLr()",
  "warmupCosine(1, 10)",
  "oneCycleLr(0.2, 10)",
];

const clips = ["clipNorm(1)", "clipValue(0.5)"];

/** A rule that trains, half of the time with options. */
export function optimizerOf(random: Random): string {
  const rule = random.pick(rules);
  const [name = ""] = rule.split("(");
  const options = [
    ...(random.chance(30) ? [random.pick(own[name] ?? [""])] : []),
    ...(random.chance(20) ? [`schedule: ${random.pick(schedules)}`] : []),
    ...(random.chance(10) ? [`clip: ${random.pick(clips)}`] : []),
  ].filter((text) => text !== "");
  return options.length === 0
    ? `${rule})`
    : `${rule}, { ${options.join(", ")} })`;
}

/** What may draw a parameter of this rank. */
export const initializersFor = (rank: number): readonly string[] => [
  "zeros()",
  "ones()",
  "fill(0.5)",
  "normal(0, 0.5)",
  'uniformBetween(-1, calculateGain("tanh"))',
  ...(rank < 2
    ? []
    : [
        "xavierUniform()",
        "xavierNormal()",
        "kaimingUniform()",
        'kaimingNormal({ mode: "fanOut" })',
      ]),
  ...(rank === 2 ? ["eye()"] : []),
];
