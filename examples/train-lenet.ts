// Trains LeNet on handwritten digits and compares with what the network without convolutions gets (`train:digits`: 277
// of 325): `npm run train:lenet`, about 5 seconds.
import { create } from "../generated/lenet.js";
import { curveSvg } from "./curve.js";
import { digits, rows } from "./data.js";
import { options, writeOutput } from "./output.js";
import { correct, progress, score, train } from "./training.js";

const given = options();
const all = digits();
const seen = rows(all, 0, 1472);
const unseen = rows(all, 1472, all.labels.length);
const network = create({ seed: given.seed, maxBatch: 32 });

const losses = train(
  network,
  seen,
  { epochs: 20, batchSize: 32 },
  ({ features, labels }) => {
    network.inputs.pixels.set(features);
    network.inputs.digit.set(labels);
  },
  (step, steps, loss) => {
    network.lr = 0.005 * (1 - step / steps);
    progress(step, steps, loss);
  },
);
const right = correct((x) => network.predict(x), unseen);
const result = score(right, unseen.labels.length);
console.log(`unseen digits: ${result}`);
writeOutput(
  given,
  "lenet",
  "svg",
  curveSvg({ title: `LeNet on digits: unseen ${result}`, losses }),
);
