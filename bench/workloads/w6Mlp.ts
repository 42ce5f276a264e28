// W6 MLP: a policy of 16-64-64-4.
import { input, linear, model, mse, sgd, tanh } from "gradc";

const x = input("x", [16]);
const y = input("y", [4]);
const f1 = linear(x, 64);
const h1 = tanh(f1);
const f2 = linear(h1, 64);
const h2 = tanh(f2);
const output = linear(h2, 4);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: mse(output, y),
  optimizer: sgd(0.01),
});
