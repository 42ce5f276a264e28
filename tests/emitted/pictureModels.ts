import {
  adam,
  avgPool2d,
  batchNorm,
  conv2d,
  convTranspose2d,
  crossEntropy,
  dropout,
  embedding,
  flatten,
  indices,
  input,
  linear,
  maxPool2d,
  model,
  mse,
  relu,
  sgd,
  sharedConv1d,
  transpose,
  tripletMargin,
  upsample2d,
  type Model,
  type Tensor,
} from "../../dsl/index.js";

/** Two convolutions and poolings, a dropout: what LeNet is made of. */
const convolved = (): Model => {
  const pixels = input("pixels", [1, 8, 8]);
  const digit = indices("digit", [], 3);
  const edges = conv2d(pixels, 6, 3, { name: "edges", padding: 1 });
  const largestEdges = maxPool2d(edges, 2, { name: "largestEdges" });
  const a = relu(largestEdges, { name: "a" });
  const shapes = conv2d(a, 12, 3, { name: "shapes", padding: 1, groups: 2 });
  const largestShapes = maxPool2d(shapes, 3, {
    name: "largestShapes",
    stride: 2,
    padding: 1,
  });
  const kept = dropout(flatten(largestShapes), 0.25, { name: "kept" });
  const logits = linear(kept, 3, { name: "logits" });
  return model({
    inputs: { pixels, digit },
    outputs: { logits },
    loss: crossEntropy(logits, digit),
    optimizer: adam(0.005),
  });
};

/** Down and up again, with statistics of the batch. */
const segmented = (): Model => {
  const image = input("image", [1, 4, 4]);
  const mask = input("mask", [2, 4, 4]);
  const convolution = conv2d(image, 2, 3, {
    name: "convolution",
    padding: 1,
    bias: false,
  });
  const normed = batchNorm(convolution, { name: "normed" });
  const coarse = avgPool2d(relu(normed), 2, { name: "coarse" });
  const grown = convTranspose2d(coarse, 2, 2, { name: "grown", stride: 2 });
  const fine = upsample2d(coarse, 2, { name: "fine", mode: "bilinear" });
  const loss = mse(conv2d(relu(grown), 2, 1, { name: "last" }), mask);
  return model({
    inputs: { image, mask },
    outputs: { grown, fine },
    loss,
    optimizer: sgd(0.1),
  });
};

/** Rows of a table, a causal convolution, distances. */
const embedded = (): Model => {
  const [u, v, w] = [
    indices("u", [6], 5),
    indices("v", [6], 5),
    indices("w", [6], 5),
  ] as const;
  const encode = sharedConv1d(2, 2, 2, { name: "encode", dilation: 2 });
  const [a, b, c] = [u, v, w].map((letters, i) => {
    const rows = embedding(letters, 5, 2, { name: `table${String(i)}` });
    return encode(transpose(rows));
  }) as [Tensor<[2, 4]>, Tensor<[2, 4]>, Tensor<[2, 4]>];
  const loss = tripletMargin(a, b, c, { swap: true });
  return model({
    inputs: { u, v, w },
    outputs: { a },
    loss,
    optimizer: sgd(0.1),
  });
};

/** Networks of convolutions, pooling and tables. */
export const pictureModels: Readonly<Record<string, () => Model>> = {
  convolved,
  segmented,
  embedded,
};
