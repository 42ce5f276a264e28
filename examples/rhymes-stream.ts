// The network of examples/rhymes.ts one letter at a time: what it remembers goes in and comes out. Its parameters have the
// same names in the same order, so that it loads what the other one saved.
import {
  adam,
  crossEntropy,
  embedding,
  gru,
  indices,
  input,
  linear,
  model,
} from "gradc";

const letter = indices("letter", [1], 32);
const next = indices("next", [1], 32);
const before = input("before", [1, 48]);
const embedded = embedding(letter, 32, 16);
const memory = gru(16, 48);
const { output, h: after } = memory(embedded, before);
const logits = linear(output, 32);

export default model({
  inputs: { letter, before, next },
  outputs: { logits, after },
  loss: crossEntropy(logits, next, { classAxis: 1 }),
  optimizer: adam(0.01),
});
