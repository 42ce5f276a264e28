// W3 Adam: the network of W3, trained by Adam.
import {
  adam,
  crossEntropy,
  indices,
  input,
  linear,
  model,
  relu,
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
  optimizer: adam(0.001),
});
