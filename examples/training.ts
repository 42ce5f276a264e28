/** What the training scripts have in common. */
import { rows, type Examples } from "./data.js";

/** The part of a generated network that training needs. */
export interface Trainable {
  readonly loss: Float64Array;
  trainStep(n?: number): void;
}

export interface Protocol {
  readonly epochs: number;
  readonly batchSize: number;
}

/**
 * Trains in the order of the file, batch after batch, and returns the loss of
 * each step, before its update.
 *
 * @param fill copies a batch into the network's inputs
 * @param report hears of each step, counted from 1
 */
export function train(
  network: Trainable,
  examples: Examples,
  { epochs, batchSize }: Protocol,
  fill: (batch: Examples) => void,
  report: (step: number, steps: number, loss: number) => void = () => undefined,
): number[] {
  const batches = Math.floor(examples.labels.length / batchSize);
  const losses: number[] = [];
  for (let step = 0; step < epochs * batches; step++) {
    const from = (step % batches) * batchSize;
    fill(rows(examples, from, from + batchSize));
    network.trainStep(batchSize);
    const [loss = NaN] = network.loss;
    losses.push(loss);
    report(step + 1, epochs * batches, loss);
  }
  return losses;
}

/** How many examples have their largest output at their label. */
export function correct(
  predict: (x: Float64Array) => Float64Array,
  { width, features, labels }: Examples,
): number {
  const isRight = (label: number, i: number): boolean =>
    largest(predict(features.subarray(i * width, (i + 1) * width))) === label;
  return labels.filter(isRight).length;
}

/** Where the largest number stands, the first of equals. */
export function largest(numbers: Float64Array): number {
  return numbers.indexOf(Math.max(...numbers));
}

/** On a terminal one line that is rewritten; elsewhere a line now and then. */
export function progress(step: number, steps: number, loss: number): void {
  const line = `step ${String(step).padStart(String(steps).length)} / ${String(steps)}  loss ${loss.toFixed(6)}`;
  if (process.stdout.isTTY)
    process.stdout.write(`\r${line}${step === steps ? "\n" : ""}`);
  else if (step === 1 || step % Math.ceil(steps / 10) === 0 || step === steps)
    console.log(line);
}

/** `148 of 150 right (98.7 %)`. */
export function score(right: number, of: number): string {
  const share = ((100 * right) / of).toFixed(1);
  return `${String(right)} of ${String(of)} right (${share} %)`;
}
