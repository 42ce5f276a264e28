// Exclusive or: 2-8-1 with tanh, a probability out, binary cross-entropy on the logit.
import {
  adam,
  bceWithLogits,
  input,
  linear,
  model,
  sigmoid,
  tanh,
} from "gradc";

const x = input("x", [2]);
const y = input("y", [1]);
const hidden = linear(x, 8);
const h = tanh(hidden);
const logit = linear(h, 1);
const probability = sigmoid(logit);

export default model({
  inputs: { x, y },
  outputs: { probability },
  loss: bceWithLogits(logit, y),
  optimizer: adam(0.05),
});
