// Three experts and a gate learn a relation in which one x may belong to three y (Bishop 1994), where the best single
// answer is always wrong: `npm run train:experts`, about 3 seconds.
import { create } from "../generated/experts.js";
import { options, writeOutput } from "./output.js";
import { colors, plotSvg, type Point } from "./plot.js";
import { random } from "./random.js";
import { progress, score } from "./training.js";

const steps = 6000;
const batchSize = 50;
/** An answer counts where the gate gives it at least this share. */
const believed = 0.1;
/** An answer is right where it is at most this far from y. */
const near = 0.1;

const given = options();
const { uniform } = random(given.seed);
const points = (count: number): Point[] =>
  Array.from({ length: count }, () => {
    const y = uniform();
    const noise = 0.1 * (uniform() - 0.5);
    return [y + 0.3 * Math.sin(2 * Math.PI * y) + noise, y];
  });
const seen = points(1000);
const unseen = points(500);

const network = create({ seed: given.seed, maxBatch: batchSize });
for (let step = 1; step <= steps; step++) {
  network.lr = 0.01 * (1 - step / (steps + 1));
  const from = (step * batchSize) % seen.length;
  seen.slice(from, from + batchSize).forEach(([x, y], i) => {
    network.inputs.x[i] = x;
    network.inputs.y[i] = y;
  });
  network.trainStep(batchSize);
  progress(step, steps, network.loss[0] ?? NaN);
}

/** What each expert answers, and the share that the gate gives it. */
function ask(x: number): { readonly answer: number; readonly share: number }[] {
  network.predict([x]);
  const { answers, logShares } = network.outputs;
  return [0, 1, 2].map((k) => ({
    answer: answers[k] ?? NaN,
    share: Math.exp(logShares[k] ?? NaN),
  }));
}

const right = unseen.filter(([x, y]) =>
  ask(x).some((a) => a.share >= believed && Math.abs(a.answer - y) <= near),
).length;
const mean = (x: number): number =>
  ask(x).reduce((sum, { answer, share }) => sum + share * answer, 0);
const meanRight = unseen.filter(
  ([x, y]) => Math.abs(mean(x) - y) <= near,
).length;
console.log(
  `unseen points near an answer that the gate believes: ${score(right, unseen.length)}`,
);
console.log(
  `unseen points near the mean of the answers: ${score(meanRight, unseen.length)}`,
);

const xs = Array.from({ length: 241 }, (_, i) => -0.1 + i / 200);
const curves = [0, 1, 2].map((k) =>
  xs.flatMap((x): Point[] => {
    const { answer = NaN, share = NaN } = ask(x)[k] ?? {};
    return share >= believed ? [[x, answer]] : [];
  }),
);
writeOutput(
  given,
  "experts",
  "svg",
  plotSvg({
    title: "Three experts, each drawn where the gate believes it",
    axes: ["x", "y"],
    x: [-0.1, 1.1],
    y: [0, 1],
    series: [
      { as: "dots", color: "#d8d8d8", points: unseen, name: "unseen" },
      {
        as: "dashes",
        color: "#111",
        points: xs.map((x) => [x, mean(x)]),
        name: "mean",
      },
      ...curves.map((curve, k) => ({
        as: "line" as const,
        color: colors[k] ?? "#111",
        points: curve,
        name: `expert ${String(k + 1)}`,
      })),
    ],
  }),
);
