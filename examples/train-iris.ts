// Trains the iris network: 100 steps over all flowers at once. `npm run train:iris`, or `-- --pytorch` to follow PyTorch.
import { create } from "../generated/iris.js";
import { curveSvg } from "./curve.js";
import { irises } from "./data.js";
import { options, writeOutput } from "./output.js";
import { pytorchRun, worstError } from "./pytorch.js";
import { correct, progress, score, train } from "./training.js";

const given = options();
const flowers = irises();
const count = flowers.labels.length;
const network = create({ seed: given.seed, maxBatch: count });
const reference = given.pytorch ? pytorchRun("iris") : undefined;
if (reference !== undefined) network.params.set(reference.start);

const losses = train(
  network,
  flowers,
  { epochs: 100, batchSize: count },
  ({ features, labels }) => {
    network.inputs.x.set(features);
    network.inputs.species.set(labels);
  },
  progress,
);
const right = correct((x) => network.predict(x), flowers);
console.log(`flowers: ${score(right, count)}`);

const title = `Iris, 4-16-3, gradient descent with momentum: ${score(right, count)}`;
writeOutput(given, "iris", "svg", curveSvg({ title, losses }));
writeOutput(given, "iris", "weights", network.save());

if (reference !== undefined) {
  const error = worstError(losses, reference);
  const same =
    error <= reference.tolerance && right === reference.correct["train"];
  console.log(
    `PyTorch: ${same ? "the same" : "ANOTHER"} accuracy and loss curve, largest difference ${error.toExponential(1)}`,
  );
  if (!same) process.exitCode = 1;
}
