// LSTM stream: the network of lstm.ts one letter at a time; what it remembers goes in and comes out.
import {
  crossEntropy,
  embedding,
  indices,
  input,
  linear,
  lstmCell,
  model,
  sgd,
} from "gradc";

const x = indices("x", [], 32);
const h = input("h", [64]);
const c = input("c", [64]);
const y = indices("y", [], 32);
const letters = embedding(x, 32, 16);
const memory = lstmCell(16, 64);
const { h: hNext, c: cNext } = memory(letters, { h, c });
const output = linear(hNext, 32);

export default model({
  inputs: { x, h, c, y },
  outputs: { output, hNext, cNext },
  loss: crossEntropy(output, y),
  optimizer: sgd(0.1),
});
