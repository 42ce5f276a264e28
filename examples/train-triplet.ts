// A network makes a map of handwritten digits from triplets: `npm run train:triplet`, about 5 seconds. Unseen digits
// are then called what the nearest seen one on the map is called.
import { create } from "../generated/triplet.js";
import { digits, rows, type Examples } from "./data.js";
import { options, writeOutput } from "./output.js";
import { colors, plotSvg, type Point } from "./plot.js";
import { random } from "./random.js";
import { progress, score } from "./training.js";

const steps = 4000;
const batchSize = 32;

const given = options();
const { below } = random(given.seed);
const all = digits();
const seen = rows(all, 0, 1472);
const unseen = rows(all, 1472, all.labels.length);

const pixels = ({ width, features }: Examples, i: number): Float64Array =>
  features.subarray(i * width, (i + 1) * width);

/** Any seen digit that is, or is not, the same as `label`. */
function draw(label: number, same: boolean): number {
  for (;;) {
    const i = below(seen.labels.length);
    if ((seen.labels[i] === label) === same) return i;
  }
}

const network = create({ seed: given.seed, maxBatch: batchSize });
const { picture, alike, other } = network.inputs;
for (let step = 1; step <= steps; step++) {
  network.lr = 0.003 * (1 - step / (steps + 1));
  for (let i = 0; i < batchSize; i++) {
    const anchor = below(seen.labels.length);
    const label = seen.labels[anchor] ?? 0;
    picture.set(pixels(seen, anchor), 64 * i);
    alike.set(pixels(seen, draw(label, true)), 64 * i);
    other.set(pixels(seen, draw(label, false)), 64 * i);
  }
  network.trainStep(batchSize);
  progress(step, steps, network.loss[0] ?? NaN);
}

/** Where the network puts each picture. */
const map = (examples: Examples): Point[] =>
  Array.from(examples.labels, (_, i) => {
    const [x = NaN, y = NaN] = network.predict(pixels(examples, i));
    return [x, y];
  });

/** Which of `points` is nearest, the first of equals. */
function nearest([x, y]: Point, points: readonly Point[]): number {
  const distances = points.map(([u, v]) => (u - x) ** 2 + (v - y) ** 2);
  return distances.indexOf(Math.min(...distances));
}

const seenMap = map(seen);
const unseenMap = map(unseen);
const right = unseenMap.filter(
  (point, i) => seen.labels[nearest(point, seenMap)] === unseen.labels[i],
).length;
console.log(
  `unseen digits by their nearest seen neighbour: ${score(right, unseen.labels.length)}`,
);

const extent = (axis: 0 | 1): [number, number] => {
  const values = unseenMap.map((point) => point[axis]);
  return [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values))];
};
writeOutput(
  given,
  "triplet",
  "svg",
  plotSvg({
    title: `Unseen digits on the map; neighbours: ${score(right, unseen.labels.length)}`,
    axes: ["first coordinate", "second coordinate"],
    x: extent(0),
    y: extent(1),
    series: colors.map((color, digit) => ({
      as: "dots",
      color,
      points: unseenMap.filter((_, i) => unseen.labels[i] === digit),
      name: String(digit),
    })),
  }),
);
