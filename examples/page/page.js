// Trains the digits network while one looks on: a few steps a frame, then the plot.
import { create } from "./generated/digits.js";
import { drawCurves, drawDigits } from "./plot.js";

const [batch, seen, epochs, stepsPerFrame] = [32, 1472, 4, 4];
const steps = (epochs * seen) / batch;

export const network = create({ seed: 1, maxBatch: batch });

/** Digits of 8 x 8 pixels from 0 to 1, the same as in the file. */
async function digits() {
  const { pixels, labels } = await (await fetch("digits.json")).json();
  const grey = (row) => Array.from(row, (c) => parseInt(c, 17) / 16);
  return { images: pixels.map(grey), labels: Array.from(labels, Number) };
}

/** One step with the batch whose turn it is; returns its loss, before the update. */
function train({ images, labels }, step) {
  const from = (step * batch) % seen;
  for (let i = 0; i < batch; i++) {
    network.inputs.pixels.set(images[from + i], 64 * i);
    network.inputs.digit[i] = labels[from + i];
  }
  network.trainStep(batch);
  return network.loss[0];
}

/** What the network takes a digit for. */
function guess(image) {
  const logits = network.predict(image);
  return logits.indexOf(Math.max(...logits));
}

const frame = () => new Promise((done) => requestAnimationFrame(done));

/** Trains to the end; resolves to the part of the unseen digits that are right. */
async function run() {
  const all = await digits();
  const unseen = all.images.slice(seen);
  const labels = all.labels.slice(seen);
  const losses = [];
  const scores = [];
  const state = document.querySelector("#state");
  while (losses.length < steps) {
    for (let k = 0; k < stepsPerFrame && losses.length < steps; k++)
      losses.push(train(all, losses.length));
    const guesses = unseen.map(guess);
    const right = guesses.filter((g, i) => g === labels[i]).length;
    scores.push([losses.length, right / labels.length]);
    drawCurves(document.querySelector("#losses"), losses, scores, steps);
    drawDigits(document.querySelector("#digits"), unseen, guesses, labels);
    state.textContent = `Step ${losses.length} of ${steps}: loss ${losses.at(-1).toFixed(4)}, ${right} of ${labels.length} unseen digits right`;
    await frame();
  }
  return scores.at(-1)[1];
}

export const finished = run();
