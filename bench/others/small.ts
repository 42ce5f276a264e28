// Like W1, of other sizes: 3-12-2.
import { input, linear, model, mse, sgd, sigmoid, tanh } from "gradc";

const x = input("x", [3]);
const y = input("y", [2]);
const hidden = linear(x, 12);
const h = tanh(hidden);
const logit = linear(h, 2);
const output = sigmoid(logit);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: mse(output, y),
  optimizer: sgd(0.1),
});
