// LSTM: foretells the next of 32 letters from 32 letters.
import {
  crossEntropy,
  embedding,
  indices,
  linear,
  lstm,
  model,
  sgd,
} from "gradc";

const x = indices("x", [32], 32);
const y = indices("y", [32], 32);
const letters = embedding(x, 32, 16);
const memory = lstm(16, 64, { form: "scan" });
const { output: remembered } = memory(letters);
const output = linear(remembered, 32);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: crossEntropy(output, y, { classAxis: 1 }),
  optimizer: sgd(0.1),
});
