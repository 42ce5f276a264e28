// A small picture network: one convolution, the largest of every four, one linear layer.
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

const pixels = input("pixels", [1, 6, 6]);
const kind = indices("kind", [], 3);
const edges = conv2d(pixels, 4, 3, { padding: 1 });
const features = flatten(maxPool2d(relu(edges), 2));
const logits = linear(features, 3);

export default model({
  inputs: { pixels, kind },
  outputs: { logits },
  loss: crossEntropy(logits, kind),
  optimizer: adam(0.01),
});
