import {
  input,
  linear,
  model,
  mse,
  scope,
  sgd,
  tanh,
  type Model,
  type Tensor,
} from "gradc";

/** A network of small layers: a graph of twenty nodes a layer, its backward pass included. */
export function deepNetwork(count: number): Model {
  const x = input("x", [4]);
  const y = input("y", [4]);
  let output: Tensor<[4]> = x;
  for (let i = 0; i < count; i++)
    output = scope(`layers.${String(i)}`, () => tanh(linear(output, 4)));
  return model({
    inputs: { x, y },
    outputs: { output },
    loss: mse(output, y),
    optimizer: sgd(0.1),
  });
}
