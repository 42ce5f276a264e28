/** A network of 560 layers: 10,000 nodes with its backward pass. */
import {
  input,
  linear,
  model,
  mse,
  scope,
  sgd,
  tanh,
  type Tensor,
} from "gradc";

const x = input("x", [4]);
const y = input("y", [4]);
let output: Tensor<[4]> = x;
for (let i = 0; i < 560; i++)
  output = scope(`layers.${String(i)}`, () => tanh(linear(output, 4)));

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: mse(output, y),
  optimizer: sgd(0.1),
});
