// Trains the digits network: three epochs of 46 batches of 32. `npm run train:digits`, or `-- --pytorch` to follow PyTorch.
import { create } from "../generated/digits.js";
import { curveSvg } from "./curve.js";
import { digits, rows } from "./data.js";
import { options, writeOutput } from "./output.js";
import { pytorchRun, worstError } from "./pytorch.js";
import { correct, progress, score, train } from "./training.js";

const given = options();
const all = digits();
const seen = rows(all, 0, 1472);
const unseen = rows(all, 1472, all.labels.length);
const network = create({ seed: given.seed, maxBatch: 32 });
const reference = given.pytorch ? pytorchRun("digits") : undefined;
if (reference !== undefined) network.params.set(reference.start);

const losses = train(
  network,
  seen,
  { epochs: 3, batchSize: 32 },
  ({ features, labels }) => {
    network.inputs.pixels.set(features);
    network.inputs.digit.set(labels);
  },
  progress,
);
const right = {
  train: correct((x) => network.predict(x), seen),
  test: correct((x) => network.predict(x), unseen),
};
console.log(`training digits: ${score(right.train, seen.labels.length)}`);
console.log(`unseen digits: ${score(right.test, unseen.labels.length)}`);

const title = `Digits, 64-32-10, Adam: unseen ${score(right.test, unseen.labels.length)}`;
writeOutput(given, "digits", "svg", curveSvg({ title, losses }));
writeOutput(given, "digits", "weights", network.save());

if (reference !== undefined) {
  const error = worstError(losses, reference);
  const same =
    error <= reference.tolerance &&
    right.train === reference.correct["train"] &&
    right.test === reference.correct["test"];
  console.log(
    `PyTorch: ${same ? "the same" : "ANOTHER"} accuracy and loss curve, largest difference ${error.toExponential(1)}`,
  );
  if (!same) process.exitCode = 1;
}
