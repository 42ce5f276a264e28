/** 784-1000-220-10: a network of a million parameters. */
import { crossEntropy, indices, input, linear, model, relu, sgd } from "gradc";

const x = input("x", [784]);
const y = indices("y", [], 10);
const first = linear(x, 1000);
const h1 = relu(first);
const second = linear(h1, 220);
const h2 = relu(second);
const logits = linear(h2, 10);

export default model({
  inputs: { x, y },
  outputs: { logits },
  loss: crossEntropy(logits, y),
  optimizer: sgd(0.01),
});
