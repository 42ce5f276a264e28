// A map of handwritten digits: one network puts each picture at a point of the plane, the same digits near each other
// (positive) and others far away (negative). It never sees what a digit is called.
import { adam, dense, input, model, relu, tripletMargin } from "gradc";
import type { Tensor } from "gradc";

const picture = input("picture", [64]);
const alike = input("alike", [64]);
const other = input("other", [64]);
const hidden = dense(64, 32);
const output = dense(32, 2);

/** Where a picture stands on the map. */
function place(pixels: Tensor<[64]>): Tensor<[2]> {
  const z = hidden(pixels);
  const h = relu(z);
  return output(h);
}

const anchor = place(picture);
const positive = place(alike);
const negative = place(other);

export default model({
  inputs: { picture, alike, other },
  outputs: { anchor },
  loss: tripletMargin(anchor, positive, negative),
  optimizer: adam(0.003),
});
