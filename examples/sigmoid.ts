// The smallest classifier: 2-2-2 with a sigmoid between its layers, softmax cross-entropy on class indices.
import {
  crossEntropy,
  indices,
  input,
  linear,
  model,
  sgd,
  sigmoid,
} from "gradc";

const x = input("x", [2]);
const label = indices("label", [], 2);
const hidden = linear(x, 2, {
  symbols: { weight: "w1 w3 w2 w4", bias: "b1 b2", output: "z1 z2" },
});
const h = sigmoid(hidden);
const logits = linear(h, 2, {
  symbols: { weight: "w5 w7 w6 w8", bias: "b3 b4", output: "z3 z4" },
});

export default model({
  inputs: { x, label },
  outputs: { logits },
  loss: crossEntropy(logits, label),
  optimizer: sgd(0.5),
});
