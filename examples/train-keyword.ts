// Learns to spot three words in noise, as they end: `npm run train:keyword`, about 12 seconds. A word is two tones one
// after the other: low and high, high and low, or high and high.
import { create } from "../generated/keyword.js";
import { options, writeOutput } from "./output.js";
import { colors, plotSvg } from "./plot.js";
import { random } from "./random.js";
import { progress, score } from "./training.js";

const samples = 160;
const classes = 4;
const steps = 1200;
const batchSize = 8;
/** Samples for which a word counts as just ended. */
const after = 16;
/** Cycles a sample of the two tones of each word, from word 1 on. */
const [low, high] = [1 / 14, 1 / 4];
const words = [
  [low, high],
  [high, low],
  [high, high],
] as const;

const given = options();
const { uniform, normal, below } = random(given.seed);

interface Sound {
  readonly samples: Float64Array;
  /** The word that has just ended at each sample, or 0. */
  readonly word: Int32Array;
}

/** Noise with two words in it, each at a time, pitch, speed and loudness of its own. */
function speak(): Sound {
  const sound = {
    samples: Float64Array.from({ length: samples }, () => 0.2 * normal()),
    word: new Int32Array(samples),
  };
  for (const from of [8, 84]) {
    const word = below(words.length) + 1;
    const length = 16 + below(5);
    const start = from + below(16);
    const pitch = 0.9 + 0.2 * uniform();
    const loudness = 0.7 + 0.6 * uniform();
    words[word - 1]?.forEach((tone, part) => {
      for (let i = 0; i < length; i++) {
        const at = start + part * length + i;
        const phase = 2 * Math.PI * tone * pitch * i;
        sound.samples[at] =
          (sound.samples[at] ?? 0) + loudness * Math.sin(phase);
      }
    });
    const end = start + 2 * length;
    sound.word.fill(word, end, end + after);
  }
  return sound;
}

const network = create({ seed: given.seed, maxBatch: batchSize });
for (let step = 1; step <= steps; step++) {
  network.lr = 0.01 * (1 - step / (steps + 1));
  for (let i = 0; i < batchSize; i++) {
    const sound = speak();
    network.inputs.sound.set(sound.samples, i * samples);
    network.inputs.word.set(sound.word, i * samples);
  }
  network.trainStep(batchSize);
  progress(step, steps, network.loss[0] ?? NaN);
}

/** How likely each class is at each sample, the classes one after the other. */
function listen(sound: Sound): Float64Array[] {
  const logits = network.predict(sound.samples);
  const weights = Array.from({ length: classes }, (_, k) =>
    logits.slice(k * samples, (k + 1) * samples).map(Math.exp),
  );
  return weights.map((w) =>
    w.map((x, at) => x / weights.reduce((sum, v) => sum + (v[at] ?? NaN), 0)),
  );
}

/** The likeliest class half way through the time after a word. */
const heard = (likely: readonly Float64Array[], at: number): number =>
  likely.reduce(
    (best, p, k) => ((p[at] ?? 0) > (likely[best]?.[at] ?? 0) ? k : best),
    0,
  );
let right = 0;
let alarms = 0;
const tests = Array.from({ length: 200 }, speak);
for (const sound of tests) {
  const likely = listen(sound);
  for (let at = 1; at < samples; at++) {
    const word = sound.word[at] ?? 0;
    if (word !== 0 && sound.word[at - 1] === 0)
      right += heard(likely, at + after / 2) === word ? 1 : 0;
    const before = sound.word.subarray(Math.max(0, at - 8), at + 8);
    if (heard(likely, at) !== 0 && before.every((w) => w === 0)) alarms++;
  }
}
console.log(`unheard words, as they end: ${score(right, 2 * tests.length)}`);
console.log(
  `moments without a word at which one is heard: ${((100 * alarms) / (samples * tests.length)).toFixed(1)} %`,
);

const [sound = speak()] = tests;
const likely = listen(sound);
writeOutput(
  given,
  "keyword",
  "svg",
  plotSvg({
    title: `Words in a sound: ${score(right, 2 * tests.length)}`,
    axes: ["sample", "sound, and above it how likely each word has just ended"],
    x: [0, samples],
    y: [-2, 4],
    series: [
      {
        as: "line",
        color: "#888888",
        points: Array.from(sound.samples, (y, i) => [i, y]),
        name: "sound",
      },
      ...["low high", "high low", "high high"].map((name, k) => ({
        as: "line" as const,
        color: colors[k] ?? "#111",
        points: Array.from(
          likely[k + 1] ?? [],
          (p, i) => [i, 2.5 + p] as const,
        ),
        name,
      })),
    ],
  }),
);
