// W4: handwritten digits of 28 x 28 by a network like LeNet-5.
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

const x = input("x", [1, 28, 28]);
const y = indices("y", [], 10);
const c1 = conv2d(x, 6, 5, { padding: 2 });
const a1 = maxPool2d(relu(c1), 2);
const c2 = conv2d(a1, 16, 5);
const a2 = maxPool2d(relu(c2), 2);
const features = flatten(a2);
const f1 = linear(features, 120);
const h1 = relu(f1);
const f2 = linear(h1, 84);
const h2 = relu(f2);
const logits = linear(h2, 10);
const output = softmax(logits);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: crossEntropy(logits, y),
  optimizer: sgd(0.01),
});
