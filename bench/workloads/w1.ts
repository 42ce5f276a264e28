// W1: exclusive or by 2-8-1.
import { input, linear, model, mse, sgd, sigmoid, tanh } from "gradc";

const x = input("x", [2]);
const y = input("y", [1]);
const hidden = linear(x, 8);
const h = tanh(hidden);
const logit = linear(h, 1);
const output = sigmoid(logit);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: mse(output, y),
  optimizer: sgd(0.1),
});
