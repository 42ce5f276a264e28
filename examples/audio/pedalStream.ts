// The network of pedal.ts one sample at a time: what it remembers goes in and comes out.
import { add, adam, gru, input, linear, model, mse } from "gradc";

const dry = input("dry", [1, 1]);
const wet = input("wet", [1, 1]);
const before = input("before", [1, 8]);
const memory = gru(1, 8);
const { output, h: after } = memory(dry, before);
const bent = linear(output, 1);
const heard = add(dry, bent);

export default model({
  inputs: { dry, before, wet },
  outputs: { heard, after },
  loss: mse(heard, wet),
  optimizer: adam(0.01),
});
