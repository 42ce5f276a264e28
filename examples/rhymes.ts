// Reads rhymes letter by letter and foretells the next one: a gated recurrent network (Cho and others 2014), as a loop
// over 48 letters. examples/rhymes-stream.ts is the same network one letter at a time.
import {
  adam,
  crossEntropy,
  embedding,
  gru,
  indices,
  linear,
  model,
  clipNorm,
} from "gradc";

const letter = indices("letter", [48], 32);
const next = indices("next", [48], 32);
const embedded = embedding(letter, 32, 16);
const memory = gru(16, 48, { form: "scan" });
const { output } = memory(embedded);
const logits = linear(output, 32);

export default model({
  inputs: { letter, next },
  outputs: { logits },
  loss: crossEntropy(logits, next, { classAxis: 1 }),
  optimizer: adam(0.01, { clip: clipNorm(1) }),
});
