// Like W6, of other sizes: a policy of 10-40-30-3.
import { input, linear, model, mse, sgd, tanh } from "gradc";

const x = input("x", [10]);
const y = input("y", [3]);
const f1 = linear(x, 40);
const h1 = tanh(f1);
const f2 = linear(h1, 30);
const h2 = tanh(f2);
const output = linear(h2, 3);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: mse(output, y),
  optimizer: sgd(0.01),
});
