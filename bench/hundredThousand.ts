/** A network of 5,600 layers: a hundred thousand nodes with its backward pass. */
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
for (let i = 0; i < 5600; i++)
  output = scope(`layers.${String(i)}`, () => tanh(linear(output, 4)));

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: mse(output, y),
  optimizer: sgd(0.1),
});
