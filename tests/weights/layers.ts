// Every other layer with parameters, with the names that a PyTorch module of torch_networks.py gives them.
import {
  batchNorm,
  bilinear,
  concat,
  conv1d,
  convTranspose1d,
  convTranspose2d,
  flatten,
  groupNorm,
  gruCell,
  input,
  instanceNorm,
  lstm,
  lstmCell,
  mean,
  model,
  multiHeadAttention,
  rnn,
  rnnCell,
  sgd,
  square,
} from "gradc";

const x = input("x", [4]);
const h = input("h", [3]);
const c = input("c", [2]);
const signal = input("signal", [4, 9]);
const image = input("image", [2, 5, 5]);
const sequence = input("sequence", [5, 3]);

const product = bilinear(x, x, 3, { name: "bilinear" });
const narrow = conv1d(signal, 6, 3, { name: "conv1d", groups: 2 });
const bn1d = batchNorm(narrow);
const up1d = convTranspose1d(bn1d, 4, 3, { stride: 2, groups: 2 });
const up2d = convTranspose2d(image, 3, [2, 3], { padding: 1 });
const group = groupNorm(up2d, 3);
const instance = instanceNorm(group, { affine: true });
const remember = rnn(3, 4, { name: "rnn" });
const both = lstm(4, 3, { name: "lstm", numLayers: 2, bidirectional: true });
const attend = multiHeadAttention(6, 2, { name: "attention" });
const seen = attend(both(remember(sequence).output).output);
const first = rnnCell(4, 3, { name: "rnn_cell" });
const second = gruCell(3, 3, { name: "gru_cell" });
const third = lstmCell(3, 2, { name: "lstm_cell" });
const cell = third(second(first(x, h), h), { h: c, c });
const all = concat(
  [product, flatten(up1d), flatten(instance), flatten(seen), cell.h],
  0,
);

export default model({
  inputs: { x, h, c, signal, image, sequence },
  outputs: { all },
  loss: mean(square(all)),
  optimizer: sgd(0.1),
});
