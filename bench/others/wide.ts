// Like W3, of other sizes: 300-100-20.
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

const x = input("x", [300]);
const y = indices("y", [], 20);
const hidden = linear(x, 100);
const h = relu(hidden);
const logits = linear(h, 20);
const output = softmax(logits);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: crossEntropy(logits, y),
  optimizer: sgd(0.01),
});
