// The entry of an app for React Native: learns irises on the device, keeps what it learned as text, and starts from it.
import { create } from "./generated/iris.js";
import { species } from "../flowers.ts";
import { flowers } from "./generated/flowers.json";

const count = flowers.length;
const network = create({ seed: 1, maxBatch: count });
flowers.forEach(({ x, label }, i) => {
  x.forEach((value, k) => (network.inputs.x[4 * i + k] = value));
  network.inputs.species[i] = label;
});
for (let step = 0; step < 100; step++) network.trainStep(count);

// What an app would put into its storage, and find there when it starts again.
const stored = JSON.stringify(Array.from(network.save()));
const restarted = create();
restarted.load(Uint8Array.from(JSON.parse(stored)));

const right = flowers.filter(({ x, label }) => {
  const logits = restarted.predict(x);
  return logits.indexOf(Math.max(...logits)) === label;
}).length;
console.log(`${right} of ${count} flowers: ${species.join(", ")}`);
console.log(stored);
