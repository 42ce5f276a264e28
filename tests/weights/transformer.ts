import {
  adamw,
  crossEntropy,
  embedding,
  indices,
  linear,
  model,
  scope,
  transformerEncoderLayer,
} from "gradc";

const tokens = indices("tokens", [5], 11);
const next = indices("next", [5], 11);
const embed = embedding(tokens, 11, 8);
const seen = scope("encoder.layers", () => {
  const first = transformerEncoderLayer(8, 2, {
    name: "0",
    feedForward: 16,
    dropout: 0.1,
  });
  const second = transformerEncoderLayer(8, 2, {
    name: "1",
    feedForward: 16,
    dropout: 0.1,
  });
  return second(first(embed));
});
const head = linear(seen, 11);

export default model({
  inputs: { tokens, next },
  outputs: { head },
  loss: crossEntropy(head, next, { classAxis: 1 }),
  optimizer: adamw(0.001),
});
