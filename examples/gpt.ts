// A tiny GPT over the letters of a rhyme: one block of causal attention with two heads and of a wide layer, each added to
// what went in, with a normalization before it.
import {
  adam,
  add,
  crossEntropy,
  embedding,
  indices,
  linear,
  model,
  normal,
  param,
  permute,
  relu,
  reshape,
  rmsNorm,
  scaledDotProductAttention,
} from "gradc";
import type { Tensor } from "gradc";

const letters = indices("letters", [32], 27);
const next = indices("next", [32], 27);
const token = embedding(letters, 27, 32, { init: normal(0, 0.1) });
const place = param("place", [32, 32], { init: normal(0, 0.1) });
const x = add(token, place);

/** What each of two heads sees of 32 numbers: 16 of them. */
function split(of: Tensor<[32, 32]>): Tensor<[2, 32, 16]> {
  return permute(reshape(of, [32, 2, 16]), [1, 0, 2]);
}

const n1 = rmsNorm(x);
const q = linear(n1, 32);
const k = linear(n1, 32);
const v = linear(n1, 32);
const queries = split(q);
const keys = split(k);
const values = split(v);
const seen = scaledDotProductAttention(queries, keys, values, { causal: true });
const joined = reshape(permute(seen, [1, 0, 2]), [32, 32]);
const told = linear(joined, 32);
const y = add(x, told);
const n2 = rmsNorm(y);
const wide = linear(n2, 64);
const thought = linear(relu(wide), 32);
const z = add(y, thought);
const n3 = rmsNorm(z);
const logits = linear(n3, 27);

export default model({
  inputs: { letters, next },
  outputs: { logits },
  loss: crossEntropy(logits, next, { classAxis: 1 }),
  optimizer: adam(0.005),
});
