// W6 GRU: a policy with memory, one moment at a time: 16 numbers in, 64 remembered, 4 out.
import { gruCell, input, linear, model, mse, sgd } from "gradc";

const x = input("x", [16]);
const h = input("h", [64]);
const y = input("y", [4]);
const memory = gruCell(16, 64);
const hNext = memory(x, h);
const output = linear(hNext, 4);

export default model({
  inputs: { x, h, y },
  outputs: { output, hNext },
  loss: mse(output, y),
  optimizer: sgd(0.01),
});
