// One step of a gated recurrent unit: its state is an input and an output.
import { gruCell, input, linear, model, mse, sgd } from "gradc";

const x = input("x", [2]);
const before = input("before", [4]);
const target = input("target", [1]);
const step = gruCell(2, 4);
const after = step(x, before);
const y = linear(after, 1);

export default model({
  inputs: { x, before, target },
  outputs: { y, after },
  loss: mse(y, target),
  optimizer: sgd(0.1),
});
