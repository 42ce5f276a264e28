// Handwritten digits: 8 x 8 grey pixels in, a logit for each of ten digits out.
import { adam, crossEntropy, indices, input, linear, model, relu } from "gradc";

const pixels = input("pixels", [64]);
const digit = indices("digit", [], 10);
const hidden = linear(pixels, 32);
const h = relu(hidden);
const logits = linear(h, 10);

export default model({
  inputs: { pixels, digit },
  outputs: { logits },
  loss: crossEntropy(logits, digit),
  optimizer: adam(0.003),
});
