// A variational autoencoder (Kingma and Welling 2014): digits go through a code of eight random numbers, whose mean and
// deviation the encoder says, and whose distribution stays near the normal one: a random code is then a digit, too.
import {
  adam,
  add,
  bceWithLogits,
  dense,
  exp,
  input,
  klStandardNormal,
  linear,
  model,
  mul,
  randomNormal,
  relu,
  sigmoid,
} from "gradc";
import type { Tensor } from "gradc";

const pixels = input("pixels", [64]);
const z = linear(pixels, 32);
const h = relu(z);
const mean = linear(h, 8);
const logVariance = linear(h, 8);
const noise = randomNormal([8]);
const deviation = exp(mul(logVariance, 0.5));
const code = add(mean, mul(deviation, noise));

const inner = dense(8, 32);
const outer = dense(32, 64);

/** A logit for each pixel. */
function decode(of: Tensor<[8]>): Tensor<[64]> {
  const a = inner(of);
  const b = relu(a);
  return outer(b);
}

const logits = decode(code);
const redrawnLogits = decode(mean);
const redrawn = sigmoid(redrawnLogits);
const inventedLogits = decode(noise);
const invented = sigmoid(inventedLogits);
const misfit = bceWithLogits(logits, pixels, { reduction: "sum" });
const surprise = klStandardNormal(mean, logVariance, { reduction: "sum" });

export default model({
  inputs: { pixels },
  outputs: { redrawn, invented },
  loss: add(misfit, surprise),
  optimizer: adam(0.003),
});
