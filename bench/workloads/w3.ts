// W3: MNIST by 784-128-10.
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

const x = input("x", [784]);
const y = indices("y", [], 10);
const hidden = linear(x, 128);
const h = relu(hidden);
const logits = linear(h, 10);
const output = softmax(logits);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: crossEntropy(logits, y),
  optimizer: sgd(0.01),
});
