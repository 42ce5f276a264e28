// A distortion pedal that is learned from what goes in and what comes out: a gated recurrent network beside a direct
// path, over 128 samples (Wright, Damskagg and Valimaki 2019, real-time black-box modelling with recurrent networks).
import { add, adam, clipNorm, gru, input, linear, model, mse } from "gradc";

const dry = input("dry", [128, 1]);
const wet = input("wet", [128, 1]);
const memory = gru(1, 8, { form: "scan" });
const { output } = memory(dry);
const bent = linear(output, 1);
const heard = add(dry, bent);

export default model({
  inputs: { dry, wet },
  outputs: { heard },
  loss: mse(heard, wet),
  optimizer: adam(0.02, { clip: clipNorm(1) }),
});
