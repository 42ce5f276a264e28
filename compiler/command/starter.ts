/** The files that `gradc init` writes. */

/** The smallest network with something to learn: a weighted sum. */
export const modelText = `import { input, linear, model, mse, sgd } from "gradc";

const x = input("x", [2]);
const y = input("y", [1]);
const output = linear(x, 1);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: mse(output, y),
  optimizer: sgd(0.1),
});
`;

export const trainText = `import { create } from "./generated/model.js";

// y = 2 a - b + 1, which the network finds from examples.
const points = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const network = create({ seed: 1, maxBatch: points.length });
points.forEach(([a = 0, b = 0], i) => {
  network.inputs.x.set([a, b], 2 * i);
  network.inputs.y.set([2 * a - b + 1], i);
});
for (let step = 1; step <= 300; step++) {
  network.trainStep(points.length);
  if (step % 50 === 0)
    console.log(\`step \${step} loss \${network.loss[0]?.toFixed(6)}\`);
}
console.log("2 * 3 - 1 + 1 is about", network.predict([3, 1])[0]?.toFixed(3));
`;

export const scripts = {
  compile: "gradc compile",
  train: "tsx train.ts",
} as const;
