// LeNet (LeCun and others 1989) for handwritten digits of 8 x 8 grey pixels: two convolutions that share their weights
// over the picture, each followed by the largest of every four, then two linear layers.
import {
  adam,
  conv2d,
  crossEntropy,
  flatten,
  indices,
  input,
  linear,
  maxPool2d,
  model,
  relu,
} from "gradc";

const pixels = input("pixels", [1, 8, 8]);
const digit = indices("digit", [], 10);
const edges = conv2d(pixels, 8, 3, { padding: 1 });
const a = relu(edges);
const pooledA = maxPool2d(a, 2);
const shapes = conv2d(pooledA, 16, 3, { padding: 1 });
const b = relu(shapes);
const pooledB = maxPool2d(b, 2);
const features = flatten(pooledB);
const hidden = linear(features, 32);
const h = relu(hidden);
const logits = linear(h, 10);

export default model({
  inputs: { pixels, digit },
  outputs: { logits },
  loss: crossEntropy(logits, digit),
  optimizer: adam(0.005),
});
