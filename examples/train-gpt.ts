// A tiny GPT learns "This is the house that Jack built" without its last verse: `npm run train:gpt`, about 20 seconds.
// Then it goes on from a first line that it has never seen.
import { create } from "../generated/gpt.js";
import { curveSvg } from "./curve.js";
import { options, writeOutput } from "./output.js";
import { random } from "./random.js";
import {
  alphabet,
  bitsPerLetter,
  goOn,
  lettersOf,
  numbersOf,
  rhyme,
  type Reader,
} from "./text.js";
import { progress } from "./training.js";

const window = 32;
const steps = 800;
const batchSize = 8;

const given = options();
const { below } = random(given.seed);
const { seen, unseen } = rhyme();
const network = create({ seed: given.seed, maxBatch: batchSize });

const losses: number[] = [];
for (let step = 1; step <= steps; step++) {
  network.lr = 0.005 * (1 - step / (steps + 1));
  for (let i = 0; i < batchSize; i++) {
    const at = below(seen.length - window);
    network.inputs.letters.set(seen.slice(at, at + window), i * window);
    network.inputs.next.set(seen.slice(at + 1, at + window + 1), i * window);
  }
  network.trainStep(batchSize);
  losses.push(network.loss[0] ?? NaN);
  progress(step, steps, network.loss[0] ?? NaN);
}

const read: Reader = (text) => network.predict(text);
const bits = bitsPerLetter(unseen, window, read).toFixed(2);
console.log(
  `the unseen verse: ${bits} bits a letter, ${Math.log2(alphabet.length).toFixed(2)} by chance`,
);
const start = numbersOf("this is the horse and the hound and the horn,\n");
console.log(lettersOf(goOn(start, 400, window, read)));
writeOutput(
  given,
  "gpt",
  "svg",
  curveSvg({ title: `A tiny GPT: ${bits} bits a letter`, losses }),
);
