// Loads what train-iris.ts saved, in another process, and names a few flowers: `npm run predict:iris`.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "../generated/iris.js";
import { measured, species } from "./flowers.js";
import { options } from "./output.js";
import { largest } from "./training.js";

/** Sepal length and width, petal length and width, in centimetres. */
const flowers = [
  [5.1, 3.5, 1.4, 0.2],
  [6.4, 3.2, 4.5, 1.5],
  [5.9, 3.0, 5.1, 1.8],
];
const weights = join(options().out, "iris.weights");
if (!existsSync(weights)) {
  console.error("no weights yet: run `npm run train:iris` first");
  process.exit(2);
}
const network = create();
network.load(readFileSync(weights));
for (const flower of flowers) {
  const logits = network.predict(measured(flower));
  const centimetres = flower.map((length) => length.toFixed(1)).join(" ");
  console.log(`${centimetres} cm: ${species[largest(logits)] ?? "?"}`);
}
