// gemm: nothing but a product of matrices, 32 x 784 by 784 x 128.
import { input, linear, model, mse, sgd } from "gradc";

const x = input("x", [784]);
const y = input("y", [128]);
const output = linear(x, 128, { bias: false });

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: mse(output, y),
  optimizer: sgd(0.01),
});
