import {
  batchNorm,
  conv2d,
  flatten,
  input,
  linear,
  maxPool2d,
  model,
  mse,
  relu,
  sgd,
} from "gradc";

const image = input("image", [2, 8, 8]);
const y = input("y", [3]);
const conv1 = conv2d(image, 4, 3, { padding: 1, bias: false });
const bn1 = batchNorm(conv1);
const a = maxPool2d(relu(bn1), 2);
const conv2 = conv2d(a, 6, 3, { stride: 2, groups: 2 });
const bn2 = batchNorm(conv2);
const fc = linear(flatten(relu(bn2)), 3);

export default model({
  inputs: { image, y },
  outputs: { fc },
  loss: mse(fc, y),
  optimizer: sgd(0.1, { momentum: 0.9 }),
});
