// Like W5, of other sizes: 24 places of 48 numbers, three heads, a layer of 96.
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

const x = input("x", [24, 48]);
const y = input("y", [24, 48]);
const n1 = layerNorm(x);
const qkv = linear(n1, 144);
const heads = permute(reshape(qkv, [24, 3, 3, 16]), [1, 2, 0, 3]);
const q = select(heads, 0, 0);
const k = select(heads, 0, 1);
const v = select(heads, 0, 2);
const seen = scaledDotProductAttention(q, k, v);
const joined = reshape(permute(seen, [1, 0, 2]), [24, 48]);
const told = linear(joined, 48);
const r = add(x, told);
const n2 = layerNorm(r);
const wide = linear(n2, 96);
const h = relu(wide);
const back = linear(h, 48);
const output = add(r, back);

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: mse(output, y),
  optimizer: sgd(1e-4),
});
