// Six numbers through a code of two and back: the decoder's weight is the encoder's, transposed.
import {
  adam,
  add,
  input,
  matmul,
  model,
  mse,
  param,
  tanh,
  transpose,
  zeros,
} from "gradc";

const x = input("x", [6]);
const w = param("w", [2, 6]);
const b = param("b", [2], { init: zeros() });
const c = param("c", [6], { init: zeros() });
const a = add(matmul(w, x), b);
const code = tanh(a);
const output = add(matmul(transpose(w), code), c);

export default model({
  inputs: { x },
  outputs: { output, code },
  loss: mse(output, x),
  optimizer: adam(0.01),
});
