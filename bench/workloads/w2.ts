// W2: Iris by 4-16-3.
import {
  crossEntropy,
  indices,
  input,
  linear,
  model,
  relu,
  sgd,
  softmax,
} from "gradc";

const x = input("x", [4]);
const y = indices("y", [], 3);
const hidden = linear(x, 16);
const h = relu(hidden);
const logits = linear(h, 3);
const output = softmax(logits);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: crossEntropy(logits, y),
  optimizer: sgd(0.01),
});
