// Conv: a filter of causal convolutions (van den Oord and others 2016), 64 samples of a sound at a time; the end of
// what each layer saw goes in again with the next ones.
import { concat, conv1d, input, model, mse, relu, sgd, slice } from "gradc";

const x = input("x", [1, 64]);
const past1 = input("past1", [1, 2]);
const past2 = input("past2", [8, 4]);
const past3 = input("past3", [8, 8]);
const past4 = input("past4", [8, 16]);
const y = input("y", [1, 64]);
const seen1 = concat([past1, x], 1);
const a1 = relu(conv1d(seen1, 8, 3, { name: "c1" }));
const seen2 = concat([past2, a1], 1);
const a2 = relu(conv1d(seen2, 8, 3, { dilation: 2, name: "c2" }));
const seen3 = concat([past3, a2], 1);
const a3 = relu(conv1d(seen3, 8, 3, { dilation: 4, name: "c3" }));
const seen4 = concat([past4, a3], 1);
const a4 = relu(conv1d(seen4, 8, 3, { dilation: 8, name: "c4" }));
const output = conv1d(a4, 1, 1);
const next1 = slice(seen1, 1, 64, 66);
const next2 = slice(seen2, 1, 64, 68);
const next3 = slice(seen3, 1, 64, 72);
const next4 = slice(seen4, 1, 64, 80);

export default model({
  inputs: { x, past1, past2, past3, past4, y },
  outputs: { output, next1, next2, next3, next4 },
  loss: mse(output, y),
  optimizer: sgd(0.01),
});
