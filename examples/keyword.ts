// Finds spoken words in a sound as it arrives, by causal convolutions (van den Oord and others 2016): what is said at
// each moment depends on the past alone. Each layer looks back twice as far as the one before it.
import {
  adam,
  conv1d,
  crossEntropy,
  indices,
  input,
  model,
  pad,
  relu,
} from "gradc";

/** 160 samples of a sound. */
const sound = input("sound", [1, 160]);
/** The word that has just ended, or 0, at each of them. */
const word = indices("word", [160], 4);

// Two zeros before the sound, or two for each step back, so that a place sees itself and what was before.
const past1 = pad(sound, [2, 0]);
const z1 = conv1d(past1, 8, 3);
const a1 = relu(z1);
const past2 = pad(a1, [4, 0]);
const z2 = conv1d(past2, 8, 3, { dilation: 2 });
const a2 = relu(z2);
const past3 = pad(a2, [8, 0]);
const z3 = conv1d(past3, 8, 3, { dilation: 4 });
const a3 = relu(z3);
const past4 = pad(a3, [16, 0]);
const z4 = conv1d(past4, 8, 3, { dilation: 8 });
const a4 = relu(z4);
const past5 = pad(a4, [32, 0]);
const z5 = conv1d(past5, 8, 3, { dilation: 16 });
const a5 = relu(z5);
const logits = conv1d(a5, 4, 1);

export default model({
  inputs: { sound, word },
  outputs: { logits },
  loss: crossEntropy(logits, word),
  optimizer: adam(0.01),
});
