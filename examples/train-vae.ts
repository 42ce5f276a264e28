// Learns to draw digits: `npm run train:vae`, about 5 seconds. The picture shows unseen digits, the same redrawn from
// eight numbers, and digits that the network invents from random numbers.
import { create } from "../generated/vae.js";
import { digits, rows } from "./data.js";
import { options, writeOutput } from "./output.js";
import { tilesSvg } from "./tiles.js";
import { progress, train } from "./training.js";

const epochs = 60;
const batchSize = 32;
/** Pictures of a row of the picture. */
const columns = 16;

const given = options();
const all = digits();
const seen = rows(all, 0, 1472);
const unseen = rows(all, 1472, all.labels.length);
const network = create({ seed: given.seed, maxBatch: unseen.labels.length });
const losses = train(
  network,
  seen,
  { epochs, batchSize },
  ({ features }) => {
    network.inputs.pixels.set(features);
  },
  progress,
);

const mean = (numbers: ArrayLike<number>): number =>
  Array.from(numbers).reduce((sum, x) => sum + x, 0) / numbers.length;
const { features } = unseen;
network.inputs.pixels.set(features);
network.forward(unseen.labels.length);
const { redrawn, invented } = network.outputs;
const error = mean(features.map((x, i) => (x - (redrawn[i] ?? NaN)) ** 2));
const average = Array.from({ length: 64 }, (_, k) =>
  mean(seen.features.filter((_, i) => i % 64 === k)),
);
const spread = mean(
  features.map((x, i) => (x - (average[i % 64] ?? NaN)) ** 2),
);
console.log(
  `loss of the last epoch: ${mean(losses.slice(-46)).toFixed(2)} nats, of the first: ${mean(losses.slice(0, 46)).toFixed(2)}`,
);
console.log(
  `unseen digits redrawn: ${(100 * (1 - error / spread)).toFixed(1)} % of the variance`,
);

const part = (pixels: Float64Array, row: number): Float64Array =>
  pixels.slice(64 * columns * row, 64 * columns * (row + 1));
writeOutput(
  given,
  "vae",
  "svg",
  tilesSvg({
    title: "Digits of a variational autoencoder",
    side: 8,
    columns,
    rows: [
      { name: "unseen", pixels: part(features, 0) },
      { name: "redrawn", pixels: part(redrawn, 0) },
      { name: "unseen", pixels: part(features, 1) },
      { name: "redrawn", pixels: part(redrawn, 1) },
      { name: "invented", pixels: part(invented, 0) },
      { name: "invented", pixels: part(invented, 1) },
      { name: "invented", pixels: part(invented, 2) },
    ],
  }),
);
