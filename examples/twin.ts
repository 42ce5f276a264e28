// The PyTorch twin of the seed: two nn.Linear(2, 2) with bias; dx is the gradient of the summed output with respect to x.
import { gradient, input, linear, model, sgd, sum } from "gradc";

const x = input("x", [2]);
const hidden = linear(x, 2, {
  symbols: { weight: "w1 w3 w2 w4", bias: "b1 b2", output: "z1 z2" },
});
const output = linear(hidden, 2, {
  symbols: { weight: "w5 w7 w6 w8", bias: "b3 b4", output: "z3 z4" },
});
const total = sum(output);
const [dx] = gradient(total, [x]);

export default model({
  inputs: { x },
  outputs: { output, dx },
  loss: total,
  optimizer: sgd(0.01),
});
