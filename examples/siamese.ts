// Are two things alike? One layer embeds both, so that its weights get a gradient from each of its two uses.
import { adam, cosineEmbedding, dense, input, model, tanh } from "gradc";

const left = input("left", [3]);
const right = input("right", [3]);
const alike = input("alike", []);
const embed = dense(3, 2, {
  symbols: { weight: "w1 w2 w3 w4 w5 w6", bias: "b1 b2" },
});
const a = embed(left);
const c = embed(right);
const u = tanh(a);
const v = tanh(c);

export default model({
  inputs: { left, right, alike },
  outputs: { u, v },
  loss: cosineEmbedding(u, v, alike, { margin: 0.2 }),
  optimizer: adam(0.02),
});
