// Trains the network of model.ts on the numbers of the tutorial: `npm run train:seed`.
import { create } from "../generated/model.js";
import { progress } from "./training.js";

const network = create();
// w1 w3 w2 w4 of the first layer, w5 w7 w6 w8 of the second.
network.params.set([0.15, 0.25, 0.2, 0.3, 0.4, 0.5, 0.45, 0.55]);
network.inputs.x.set([0.05, 0.1]);
network.inputs.y.set([0.01, 0.99]);
const steps = 500;
for (let step = 1; step <= steps; step++) {
  network.trainStep();
  progress(step, steps, network.loss[0] ?? NaN);
}
const [z3 = NaN, z4 = NaN] = network.predict(network.inputs.x);
console.log(
  `z3 = ${z3.toFixed(4)}, wanted 0.01; z4 = ${z4.toFixed(4)}, wanted 0.99`,
);
console.log(
  `weights: ${Array.from(network.params, (w) => w.toFixed(3)).join(" ")}`,
);
