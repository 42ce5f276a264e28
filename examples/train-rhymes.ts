// Learns nursery rhymes letter by letter, then writes: `npm run train:rhymes`. Two modules share the weights: one reads 48
// letters at a time and trains, the other takes one letter after the other and remembers.
import { create as createStream } from "../generated/rhymes-stream.js";
import { create } from "../generated/rhymes.js";
import { options, writeOutput } from "./output.js";
import { plotSvg } from "./plot.js";
import { random } from "./random.js";
import { progress } from "./training.js";
import { alphabet, unread, verses } from "./verses.js";

const length = 48;
const batchSize = 8;
const steps = 400;

const given = options();
const { uniform, below } = random(given.seed);

/** Every letter of a text by its index. */
const lettersOf = (text: string): number[] =>
  Array.from(text, (letter) => alphabet.indexOf(letter));
const read = lettersOf(verses);

/** Bits a letter of a code that knows nothing but how often each letter stands in the rhymes. */
function entropy(letters: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const k of letters) counts.set(k, (counts.get(k) ?? 0) + 1);
  return [...counts.values()].reduce(
    (bits, n) => bits - (n / letters.length) * Math.log2(n / letters.length),
    0,
  );
}

const network = create({ seed: given.seed, maxBatch: batchSize });
const curve: [number, number][] = [];
for (let step = 1; step <= steps; step++) {
  network.lr = 0.01 * (1 - step / (steps + 1));
  for (let i = 0; i < batchSize; i++) {
    const from = below(read.length - length);
    network.inputs.letter.set(read.slice(from, from + length), i * length);
    network.inputs.next.set(
      read.slice(from + 1, from + length + 1),
      i * length,
    );
  }
  network.trainStep(batchSize);
  const loss = network.loss[0] ?? NaN;
  curve.push([step, loss / Math.LN2]);
  progress(step, steps, loss);
}

// The state goes from step to step, letters come one at a time.
const stream = createStream();
stream.load(network.save());
/** Puts one letter in; afterwards the outputs are the logits of the next one. */
function hear(letter: number): void {
  stream.inputs.letter[0] = letter;
  stream.forward();
  stream.inputs.before.set(stream.outputs.after);
}
function forget(): void {
  stream.inputs.before.fill(0);
}
/** How likely each letter is to be next. */
function foretold(): Float64Array {
  const weights = stream.outputs.logits.map(Math.exp);
  const sum = weights.reduce((s, w) => s + w, 0);
  return weights.map((w) => w / sum);
}

/** Bits that each letter of a text costs, from its second one on. */
function bitsPerLetter(text: string): number {
  const [first = 0, ...rest] = lettersOf(text);
  forget();
  hear(first);
  let bits = 0;
  for (const letter of rest) {
    bits -= Math.log2(foretold()[letter] ?? NaN);
    hear(letter);
  }
  return bits / rest.length;
}

/** Goes on from a beginning, each letter drawn as likely as it is. */
function write(beginning: string, count: number): string {
  forget();
  lettersOf(beginning).forEach(hear);
  let text = beginning;
  for (let i = 0; i < count; i++) {
    const likely = foretold();
    let left = uniform();
    const drawn = likely.findIndex((p) => (left -= p) < 0);
    text += alphabet[drawn] ?? "";
    hear(drawn);
  }
  return text;
}

const bits = bitsPerLetter(verses);
console.log(write("little ", 160));
console.log(
  `the rhymes: ${bits.toFixed(2)} bits a letter, ${entropy(read).toFixed(2)} by frequency alone`,
);
console.log(
  `a rhyme that was not read: ${bitsPerLetter(unread).toFixed(2)} bits a letter`,
);

writeOutput(
  given,
  "rhymes",
  "svg",
  plotSvg({
    title: `Letters of rhymes: ${bits.toFixed(2)} bits each`,
    axes: ["step", "bits a letter"],
    x: [0, steps],
    y: [0, 5],
    series: [{ as: "line", color: "#1f77b4", points: curve }],
  }),
);
