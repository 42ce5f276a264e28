import { adagrad, gru, input, linear, model, mse } from "gradc";

const sequence = input("sequence", [6, 3]);
const y = input("y", [6, 2]);
const read = gru(3, 5, { name: "gru", numLayers: 2, bidirectional: true });
const states = read(sequence);
const head = linear(states.output, 2);

export default model({
  inputs: { sequence, y },
  outputs: { head },
  loss: mse(head, y),
  optimizer: adagrad(0.01, { initialAccumulatorValue: 0.25 }),
});
