// Like W2, of other sizes: 10-24-5.
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

const x = input("x", [10]);
const y = indices("y", [], 5);
const hidden = linear(x, 24);
const h = relu(hidden);
const logits = linear(h, 5);
const output = softmax(logits);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: crossEntropy(logits, y),
  optimizer: sgd(0.01),
});
