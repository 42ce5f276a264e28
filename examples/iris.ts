// Fisher's irises: four measurements of a flower in, a logit for each of three species out.
import { crossEntropy, indices, input, linear, model, relu, sgd } from "gradc";

const x = input("x", [4]);
const species = indices("species", [], 3);
const hidden = linear(x, 16);
const h = relu(hidden);
const logits = linear(h, 3);

export default model({
  inputs: { x, species },
  outputs: { logits },
  loss: crossEntropy(logits, species),
  optimizer: sgd(0.1, { momentum: 0.9 }),
});
