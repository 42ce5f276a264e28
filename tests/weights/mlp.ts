import { adam, input, layerNorm, linear, model, mse, tanh } from "gradc";

const x = input("x", [4]);
const y = input("y", [3]);
const hidden = linear(x, 16);
const norm = layerNorm(hidden);
const output = linear(tanh(norm), 3);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: mse(output, y),
  optimizer: adam(0.01),
});
