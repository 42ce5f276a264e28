import {
  adam,
  add,
  causalMask,
  checkpoint,
  exponentialLr,
  gru,
  input,
  linear,
  lstm,
  lstmCell,
  model,
  mse,
  mul,
  multiHeadAttention,
  param,
  pow,
  rotaryEmbedding,
  scan,
  scaledDotProductAttention,
  select,
  sgd,
  sub,
  tanh,
  transformerEncoderLayer,
  unroll,
  type Model,
  type Tensor,
} from "../../dsl/index.js";

/** Two layers in both directions, over the steps of one example. */
const bidirectional = (): Model => {
  const x = input("x", [2, 1]);
  const y = input("y", [2, 2]);
  const encode = gru(1, 1, {
    name: "encode",
    numLayers: 2,
    bidirectional: true,
  });
  const { output, h } = encode(x);
  const loss = mse(output, y);
  return model({
    inputs: { x, y },
    outputs: { output, h },
    loss,
    optimizer: sgd(0.1),
  });
};

const manyToOne = (): Model => {
  const x = input("x", [3, 1]);
  const y = input("y", [1]);
  const encode = lstm(1, 2, { name: "encode" });
  const { output } = encode(x);
  const last = linear(select(output, 0, -1), 1, { name: "last" });
  const loss = mse(last, y);
  return model({
    inputs: { x, y },
    outputs: { last },
    loss,
    optimizer: sgd(0.1),
  });
};

/** A loop that the model writes itself. */
const unrolled = (): Model => {
  const x = input("x", [2, 1]);
  const y = input("y", [2, 1]);
  const cell = lstmCell(1, 1, { name: "cell" });
  const start = cell(select(x, 0, 0), undefined, { name: "start" });
  const { outputs } = unroll(x, start, (state, v) => {
    const next = cell(v, state, { name: "next" });
    return { carry: next, output: next.h };
  });
  const loss = mse(outputs, y);
  return model({
    inputs: { x, y },
    outputs: { outputs },
    loss,
    optimizer: sgd(0.1),
  });
};

const attention = (): Model => {
  const x = input("x", [2, 2]);
  const y = input("y", [2, 2]);
  const pad = input("pad", [2]);
  const attend = multiHeadAttention(2, 2, { name: "attend", causal: true });
  const q = rotaryEmbedding(linear(x, 2, { name: "q" }), { name: "turned" });
  const own = scaledDotProductAttention(q, q, x, {
    name: "own",
    mask: causalMask(2),
  });
  const out = attend(own, { name: "out", keyPaddingMask: pad });
  const loss = mse(out, y);
  return model({
    inputs: { x, y, pad },
    outputs: { out },
    loss,
    optimizer: sgd(0.1),
  });
};

const encoder = (): Model => {
  const x = input("x", [2, 2]);
  const y = input("y", [2, 2]);
  const block = transformerEncoderLayer(2, 1, {
    name: "block",
    feedForward: 3,
    activation: "gelu",
    normFirst: true,
  });
  const out = block(x, { name: "out" });
  const loss = mse(out, y);
  return model({
    inputs: { x, y },
    outputs: { out },
    loss,
    optimizer: sgd(0.1),
  });
};

/** A loop over the steps, in a layer and of the model's own. */
const scanned = (): Model => {
  const x = input("x", [3, 1]);
  const y = input("y", [3, 1]);
  const encode = gru(1, 1, { name: "encode", form: "scan", numLayers: 2 });
  const cell = lstmCell(1, 1, { name: "cell" });
  const start = cell(select(encode(x).output, 0, 0));
  const { outputs } = scan(encode(x).output, start, (state, v) => {
    const next = cell(v, state);
    return { carry: next, output: next.h };
  });
  const loss = mse(outputs, y);
  return model({
    inputs: { x, y },
    outputs: { outputs },
    loss,
    optimizer: sgd(0.1),
  });
};

/** Values computed again for the gradient. */
const recomputed = (): Model => {
  const x = input("x", [2]);
  const y = input("y", [2]);
  const two = (v: Tensor<[2]>): Tensor<[2]> =>
    tanh(
      linear(tanh(linear(v, 2, { name: "a" }), { name: "s" }), 2, {
        name: "b",
      }),
      { name: "out" },
    );
  const out = checkpoint(two)(x);
  const loss = mse(out, y);
  return model({
    inputs: { x, y },
    outputs: { out },
    loss,
    optimizer: sgd(0.1),
  });
};

/** Recurrent networks and attention; each call builds a new graph. */
/** Loops over one sequence from one start that differ in their steps alone, which read values of one shape. */
const twoScans = (): Model => {
  const x = input("x", [3, 2], { batched: false });
  const y = input("y", [3, 2], { batched: false });
  const h = input("h", [2], { batched: false });
  const [a, b] = [param("a", [2]), param("b", [2])];
  const sums = scan(x, h, (before, v) => {
    const next = add(mul(before, a), mul(v, b), { name: "next" });
    return { carry: next, output: next };
  });
  const products = scan(x, h, (before, v) => {
    const next = mul(add(before, a), add(v, b), { name: "other" });
    return { carry: next, output: next };
  });
  const output = sub(sums.outputs, products.outputs, { name: "output" });
  return model({
    inputs: { x, y, h },
    outputs: { output },
    loss: mse(output, y),
    optimizer: adam(0.1),
  });
};

/** Powers of numbers that are known: by their logarithms, and by the rules for other bases. */
const knownPowers = (): Model => {
  const x = input("x", [2]);
  const y = input("y", [2]);
  const h = linear(x, 2, { name: "h" });
  const grown = pow(1.5, h, { name: "grown" });
  const one = pow(1, h, { name: "one" });
  const output = mul(grown, one, { name: "output" });
  return model({
    inputs: { x, y },
    outputs: { output },
    loss: mse(output, y),
    optimizer: sgd(0.1, { schedule: exponentialLr(0.9) }),
  });
};

export const sequenceModels: Readonly<Record<string, () => Model>> = {
  "two scans": twoScans,
  "known powers": knownPowers,
  bidirectional,
  manyToOne,
  unrolled,
  attention,
  encoder,
  recomputed,
  scanned,
};
