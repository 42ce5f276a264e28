// Like W4, of other sizes: 20 x 20 pictures of three colours, two convolutions, two layers.
import {
  conv2d,
  crossEntropy,
  flatten,
  indices,
  input,
  linear,
  maxPool2d,
  model,
  relu,
  sgd,
  softmax,
} from "gradc";

const x = input("x", [3, 20, 20]);
const y = indices("y", [], 7);
const c1 = conv2d(x, 10, 3, { padding: 1 });
const a1 = maxPool2d(relu(c1), 2);
const c2 = conv2d(a1, 12, 3);
const a2 = maxPool2d(relu(c2), 2);
const features = flatten(a2);
const hidden = linear(features, 50);
const h = relu(hidden);
const logits = linear(h, 7);
const output = softmax(logits);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: crossEntropy(logits, y),
  optimizer: sgd(0.01),
});
