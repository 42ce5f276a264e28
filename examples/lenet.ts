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
const largestEdges = maxPool2d(edges, 2);
const a = relu(largestEdges);
const shapes = conv2d(a, 16, 3, { padding: 1 });
const largestShapes = maxPool2d(shapes, 2);
const b = relu(largestShapes);
const features = flatten(b);
const hidden = linear(features, 32);
const h = relu(hidden);
const logits = linear(h, 10);

export default model({
  inputs: { pixels, digit },
  outputs: { logits },
  loss: crossEntropy(logits, digit),
  optimizer: adam(0.005),
});
