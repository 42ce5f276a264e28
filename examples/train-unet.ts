// Learns to find discs and crosses in noisy pictures: `npm run train:unet`, about 35 seconds. The picture shows unseen
// ones, the truth, and what the network finds: discs grey, crosses black.
import { create } from "../generated/unet.js";
import { options, writeOutput } from "./output.js";
import { random } from "./random.js";
import { tilesSvg } from "./tiles.js";
import { progress } from "./training.js";

const side = 16;
const area = side * side;
const steps = 800;
const batchSize = 8;
const tests = 100;

const given = options();
const { uniform, normal, below } = random(given.seed);

/** Draws a disc or a cross of random size over what is there; 1 or 2 where it lies. */
function draw(shape: Int32Array): void {
  const kind = 1 + below(2);
  const radius = 2.5 + 2 * uniform();
  const [x, y] = [
    radius + (side - 1 - 2 * radius) * uniform(),
    radius + (side - 1 - 2 * radius) * uniform(),
  ];
  for (let i = 0; i < area; i++) {
    const [dx, dy] = [(i % side) - x, Math.floor(i / side) - y];
    const inside =
      kind === 1
        ? dx * dx + dy * dy <= radius * radius
        : Math.max(Math.abs(dx), Math.abs(dy)) <= radius &&
          Math.min(Math.abs(dx), Math.abs(dy)) <= 1;
    if (inside) shape[i] = kind;
  }
}

interface Scene {
  readonly picture: Float64Array;
  readonly shape: Int32Array;
}

/** Two shapes, brighter than the ground by an amount that differs from picture to picture, in noise. */
function scene(): Scene {
  const shape = new Int32Array(area);
  draw(shape);
  draw(shape);
  const bright = 0.5 + 0.5 * uniform();
  return {
    shape,
    picture: Float64Array.from(
      shape,
      (kind) => (kind === 0 ? 0 : bright) + 0.1 * normal(),
    ),
  };
}

const network = create({ seed: given.seed, maxBatch: tests });
const { picture, shape } = network.inputs;
function show(scenes: readonly Scene[]): void {
  scenes.forEach((s, i) => {
    picture.set(s.picture, i * area);
    shape.set(s.shape, i * area);
  });
}
for (let step = 1; step <= steps; step++) {
  network.lr = 0.02 * (1 - step / (steps + 1));
  show(Array.from({ length: batchSize }, scene));
  network.trainStep(batchSize);
  progress(step, steps, network.loss[0] ?? NaN);
}

const unseen = Array.from({ length: tests }, scene);
show(unseen);
network.forward(tests);
/** The likeliest of ground, disc and cross at each pixel. */
const found = unseen.map((_, i) =>
  Int32Array.from({ length: area }, (_, at) => {
    const logits = [0, 1, 2].map(
      (k) => network.outputs.logits[(3 * i + k) * area + at] ?? NaN,
    );
    return logits.indexOf(Math.max(...logits));
  }),
);

/** Pixels that are of a kind both in truth and as found, over those that are in either. */
function overlap(kind: number): number {
  let [both, either] = [0, 0];
  unseen.forEach((s, i) => {
    s.shape.forEach((truth, at) => {
      const guess = found[i]?.[at];
      if (truth === kind && guess === kind) both++;
      if (truth === kind || guess === kind) either++;
    });
  });
  return both / either;
}
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
console.log(
  `unseen pictures, intersection over union: discs ${percent(overlap(1))}, crosses ${percent(overlap(2))}`,
);

const columns = 8;
const tiles = (
  of: readonly ArrayLike<number>[],
  shade: (x: number) => number,
) => of.slice(0, columns).flatMap((tile) => Array.from(tile, shade));
writeOutput(
  given,
  "unet",
  "svg",
  tilesSvg({
    title: "Discs and crosses found by a U-Net",
    side,
    columns,
    rows: [
      {
        name: "picture",
        pixels: tiles(
          unseen.map((s) => s.picture),
          (x) => (x + 0.5) / 2,
        ),
      },
      {
        name: "truth",
        pixels: tiles(
          unseen.map((s) => s.shape),
          (x) => x / 2,
        ),
      },
      { name: "found", pixels: tiles(found, (x) => x / 2) },
    ],
  }),
);
