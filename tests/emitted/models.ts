import {
  adam,
  batchMean,
  bce,
  clipNorm,
  constant,
  cosineAnnealingLr,
  crossEntropy,
  dense,
  gradient,
  indices,
  input,
  l1,
  layerNorm,
  linear,
  model,
  mse,
  mul,
  param,
  relu,
  sgd,
  sigmoid,
  softmax,
  square,
  sub,
  sum,
  tanh,
  type Model,
  type Tensor,
} from "../../dsl/index.js";
import { arrangementModels } from "./arrangementModels.js";
import { oddModels } from "./oddModels.js";
import { pictureModels } from "./pictureModels.js";
import { sequenceModels } from "./sequenceModels.js";

const seed = (): Model => {
  const x = input("x", [2]);
  const y = input("y", [2]);
  const hidden = linear(x, 2, { name: "hidden", bias: false });
  const output = linear(hidden, 2, { name: "output", bias: false });
  const loss = mse(output, y);
  return model({
    inputs: { x, y },
    outputs: { output },
    loss,
    optimizer: sgd(0.1),
  });
};

const tanh231 = (): Model => {
  const x = input("x", [2]);
  const y = input("y", [1]);
  const h = tanh(linear(x, 3, { name: "hidden" }), { name: "h" });
  const output = linear(h, 1, { name: "output" });
  const loss = mse(output, y);
  return model({
    inputs: { x, y },
    outputs: { output },
    loss,
    optimizer: sgd(0.1),
  });
};

const xor = (): Model => {
  const x = input("x", [2]);
  const y = input("y", []);
  const h = tanh(linear(x, 4, { name: "hidden" }), { name: "h" });
  const z = linear(h, 1, { name: "z" });
  const p = sigmoid(sum(z), { name: "p" });
  const loss = bce(p, y);
  return model({
    inputs: { x, y },
    outputs: { p },
    loss,
    optimizer: sgd(0.5, { momentum: 0.9, nesterov: true }),
  });
};

const iris = (): Model => {
  const x = input("x", [4]);
  const label = indices("label", [], 3);
  const h = relu(linear(x, 16, { name: "hidden" }), { name: "h" });
  const logits = linear(h, 3, { name: "logits" });
  const loss = crossEntropy(logits, label);
  return model({
    inputs: { x, label },
    outputs: { logits, p: softmax(logits, -1, { name: "p" }) },
    loss,
    optimizer: sgd(0.1, { momentum: 0.9 }),
  });
};

/** A loss that leaves whole examples out. */
const ignoring = (): Model => {
  const x = input("x", [3]);
  const label = indices("label", [], 3);
  const logits = linear(x, 3, { name: "logits" });
  const loss = crossEntropy(logits, label, { ignoreIndex: -100 });
  return model({
    inputs: { x, label },
    outputs: { logits },
    loss,
    optimizer: sgd(0.1),
  });
};

/** More arrays than one function makes. */
const deep = (): Model => {
  const x = input("x", [3]);
  const y = input("y", [3]);
  let output: Tensor<[3]> = x;
  for (let i = 0; i < 45; i++)
    output = tanh(linear(output, 3, { name: `layer${String(i)}` }));
  const loss = mse(output, y);
  return model({
    inputs: { x, y },
    outputs: { output },
    loss,
    optimizer: sgd(0.1),
  });
};

const digits = (): Model => {
  const x = input("x", [64]);
  const label = indices("label", [], 10);
  const h = relu(linear(x, 32, { name: "hidden" }), { name: "h" });
  const logits = linear(h, 10, { name: "logits" });
  const loss = crossEntropy(logits, label);
  return model({
    inputs: { x, label },
    outputs: { logits },
    loss,
    optimizer: adam(0.003, {
      clip: clipNorm(1),
      schedule: cosineAnnealingLr(100),
    }),
  });
};

const siamese = (): Model => {
  const left = input("left", [6]);
  const right = input("right", [6]);
  const same = input("same", []);
  const embed = dense(6, 4, { name: "embed" });
  const gap = sub(
    tanh(embed(left, { name: "u" })),
    tanh(embed(right, { name: "v" })),
    { name: "gap" },
  );
  const distance = sum(square(gap), 0, { name: "distance" });
  const loss = mse(distance, same);
  return model({
    inputs: { left, right, same },
    outputs: { distance },
    loss,
    optimizer: adam(0.01),
  });
};

const normed = (): Model => {
  const x = input("x", [3]);
  const y = input("y", [3]);
  const n = layerNorm(linear(x, 8, { name: "hidden" }), { name: "n" });
  const output = linear(n, 3, { name: "output" });
  const loss = l1(output, y);
  return model({
    inputs: { x, y },
    outputs: { output },
    loss,
    optimizer: sgd(0.1, {
      groups: [{ params: ["hidden", "n"], lr: 0.01, weightDecay: 0.1 }],
    }),
  });
};

/** The examples of a batch are seen from each other: no function of one example. */
const crossing = (): Model => {
  const x = input("x", [3]);
  const y = input("y", [2]);
  const centered = sub(x, batchMean(x), { name: "centered" });
  const output = linear(centered, 2, { name: "output" });
  const loss = mse(output, y);
  return model({
    inputs: { x, y },
    outputs: { output, center: batchMean(x) },
    loss,
    optimizer: sgd(0.1),
  });
};

/** Whole arrays, a frozen parameter, numbers given in the model, a gradient as an output. */
const whole = (): Model => {
  const x = input("x", [4, 3], { batched: false });
  const w = param("w", [3], { init: [0.5, -0.25, 2] });
  const f = param("f", [3], { init: [1, 2, 3], frozen: true });
  const mask = constant([4, 3], [1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 1]);
  const y = mul(mul(mul(x, mask), w), f, { name: "y" });
  const loss = sum(square(y));
  const [dx] = gradient(loss, [x]);
  return model({
    inputs: { x },
    outputs: { y, dx },
    loss,
    optimizer: sgd(0.1),
  });
};

/** Names that the functions of a module use themselves. */
const named = (): Model => {
  const p = input("p", [2]);
  const g = input("g", [2]);
  const n = input("n", []);
  const m = input("m", []);
  const exp = input("exp", [2]);
  const row = tanh(linear(p, 2, { name: "s" }), { name: "row" });
  const out = sub(mul(row, n), mul(g, m), { name: "out" });
  const loss = mse(out, exp);
  return model({
    inputs: { p, g, n, m, exp },
    outputs: { out, work: row, meanLoss: loss },
    loss,
    optimizer: sgd(0.1),
  });
};

/** Networks that between them use every part of the emitter; each call builds a new graph. */
export const models: Readonly<Record<string, () => Model>> = {
  seed,
  tanh231,
  xor,
  iris,
  ignoring,
  deep,
  digits,
  siamese,
  normed,
  crossing,
  whole,
  named,
  ...arrangementModels,
  ...oddModels,
  ...pictureModels,
  ...sequenceModels,
};
