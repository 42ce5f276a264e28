// W5: one block of a transformer, normalization first: 32 places of 64 numbers, four heads, a layer of 256.
import {
  add,
  input,
  layerNorm,
  linear,
  model,
  mse,
  permute,
  relu,
  reshape,
  scaledDotProductAttention,
  select,
  sgd,
} from "gradc";

const x = input("x", [32, 64]);
const y = input("y", [32, 64]);
const n1 = layerNorm(x);
const qkv = linear(n1, 192);
const heads = permute(reshape(qkv, [32, 3, 4, 16]), [1, 2, 0, 3]);
const q = select(heads, 0, 0);
const k = select(heads, 0, 1);
const v = select(heads, 0, 2);
const seen = scaledDotProductAttention(q, k, v);
const joined = reshape(permute(seen, [1, 0, 2]), [32, 64]);
const told = linear(joined, 64);
const r = add(x, told);
const n2 = layerNorm(r);
const wide = linear(n2, 256);
const h = relu(wide);
const back = linear(h, 64);
const output = add(r, back);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: mse(output, y),
  optimizer: sgd(1e-4),
});
