/**
 * What is measured: the networks of W1 to W6, a char-LSTM, a stream of causal convolutions, one product of matrices, and
 * six networks of other sizes that show that nothing is tuned to these.
 */
import type { Activation, Causal, Conv, Dense, Layer } from "./layers.js";

/** One thing to time: inputs to outputs, or a step of training with its loss. */
export interface Task {
  readonly kind: "forward" | "step";
  readonly batch: number;
}

export interface Workload {
  readonly id: string;
  readonly title: string;
  /** The model, under bench/. */
  readonly model: string;
  /** Of one example. */
  readonly input: readonly number[];
  /** Where the input is letters: how many there are. */
  readonly letters?: number;
  /** Of one example; class numbers where `loss` is crossEntropy. */
  readonly target: readonly number[];
  readonly classes?: number;
  readonly layers: readonly Layer[];
  /** True where the output is softmax of the last layer. */
  readonly probabilities: boolean;
  /** What an application hands on from call to call: an output, and the input that it is next time. */
  readonly carried: readonly { readonly from: string; readonly to: string }[];
  readonly loss: "mse" | "crossEntropy";
  readonly optimizer: "sgd" | "adam";
  readonly rate: number;
  /** The part of the inputs that is 0. */
  readonly zeros: number;
  readonly tasks: readonly Task[];
  /** False where only C is measured beside gradc. */
  readonly peers: boolean;
  /** The workload that this one is compared with: same kind of network, other sizes. */
  readonly like?: string;
}

const dense = (
  from: number,
  out: number,
  activation: Activation = "none",
  rows = 1,
): Dense => ({ kind: "dense", rows, in: from, out, bias: true, activation });

const conv = (
  channels: number,
  size: number,
  out: number,
  kernel: number,
  pad: number,
): Conv => ({ kind: "conv", channels, size, out, kernel, pad });

const causal = (
  channels: number,
  out: number,
  kernel: number,
  dilation: number,
  activation: Activation,
): Causal => ({
  kind: "causal",
  channels,
  length: 64,
  out,
  kernel,
  dilation,
  activation,
});

const forward = (batch = 1): Task => ({ kind: "forward", batch });
const step = (batch = 1): Task => ({ kind: "step", batch });

const regression = {
  loss: "mse",
  optimizer: "sgd",
  probabilities: false,
  carried: [],
  zeros: 0,
  peers: true,
} as const;

const classification = (classes: number) =>
  ({
    ...regression,
    loss: "crossEntropy",
    target: [],
    classes,
    probabilities: true,
  }) as const;

const w3 = {
  ...classification(10),
  input: [784],
  layers: [dense(784, 128, "relu"), dense(128, 10)],
} as const;

const memory = [
  { from: "hNext", to: "h" },
  { from: "cNext", to: "c" },
] as const;

export const workloads: readonly Workload[] = [
  {
    ...regression,
    id: "W1",
    title: "exclusive or: 2-8-1, tanh, sigmoid",
    model: "workloads/w1.ts",
    input: [2],
    target: [1],
    layers: [dense(2, 8, "tanh"), dense(8, 1, "sigmoid")],
    rate: 0.1,
    tasks: [forward(), step()],
  },
  {
    ...classification(3),
    id: "W2",
    title: "Iris: 4-16-3, relu",
    model: "workloads/w2.ts",
    input: [4],
    layers: [dense(4, 16, "relu"), dense(16, 3)],
    rate: 0.01,
    tasks: [forward(), step(), step(32)],
  },
  {
    ...w3,
    id: "W3",
    title: "MNIST: 784-128-10, relu",
    model: "workloads/w3.ts",
    rate: 0.01,
    tasks: [forward(), step(32)],
  },
  {
    ...w3,
    id: "W3-Adam",
    title: "W3 trained by Adam",
    model: "workloads/w3Adam.ts",
    optimizer: "adam",
    rate: 0.001,
    tasks: [step(32)],
  },
  {
    ...w3,
    id: "W3-zeros",
    title: "W3, 81 % of the inputs zero",
    model: "workloads/w3.ts",
    rate: 0.01,
    zeros: 0.81,
    tasks: [forward(), step(32)],
    peers: false,
  },
  {
    ...classification(10),
    id: "W4",
    title: "28 x 28 digits: LeNet-5",
    model: "workloads/w4.ts",
    input: [1, 28, 28],
    layers: [
      conv(1, 28, 6, 5, 2),
      conv(6, 14, 16, 5, 0),
      dense(400, 120, "relu"),
      dense(120, 84, "relu"),
      dense(84, 10),
    ],
    rate: 0.01,
    tasks: [forward(), step(32)],
  },
  {
    ...regression,
    id: "W5",
    title: "transformer block: 32 x 64, 4 heads, 256 wide",
    model: "workloads/w5.ts",
    input: [32, 64],
    target: [32, 64],
    layers: [{ kind: "block", length: 32, width: 64, heads: 4, wide: 256 }],
    rate: 1e-4,
    tasks: [forward(), step()],
  },
  {
    ...regression,
    id: "W6-MLP",
    title: "policy: 16-64-64-4, tanh",
    model: "workloads/w6Mlp.ts",
    input: [16],
    target: [4],
    layers: [dense(16, 64, "tanh"), dense(64, 64, "tanh"), dense(64, 4)],
    rate: 0.01,
    tasks: [forward()],
  },
  {
    ...regression,
    id: "W6-GRU",
    title: "policy with memory: GRU 16-64, 4 out",
    model: "workloads/w6Gru.ts",
    input: [16],
    target: [4],
    layers: [{ kind: "gru", in: 16, hidden: 64 }, dense(64, 4)],
    carried: memory.slice(0, 1),
    rate: 0.01,
    tasks: [forward()],
  },
  {
    ...regression,
    id: "LSTM",
    title: "char-LSTM over 32 letters: 32-16, LSTM 64, 32 out",
    model: "workloads/lstm.ts",
    input: [32],
    letters: 32,
    loss: "crossEntropy",
    target: [32],
    classes: 32,
    layers: [
      { kind: "embedding", rows: 32, letters: 32, width: 16 },
      { kind: "lstm", steps: 32, in: 16, hidden: 64, carries: false },
      dense(64, 32, "none", 32),
    ],
    rate: 0.1,
    tasks: [step()],
  },
  {
    ...regression,
    id: "LSTM-stream",
    title: "the same, one letter at a time",
    model: "workloads/lstmStream.ts",
    input: [],
    letters: 32,
    loss: "crossEntropy",
    target: [],
    classes: 32,
    layers: [
      { kind: "embedding", rows: 1, letters: 32, width: 16 },
      { kind: "lstm", steps: 1, in: 16, hidden: 64, carries: true },
      dense(64, 32),
    ],
    carried: memory,
    rate: 0.1,
    tasks: [forward()],
  },
  {
    ...regression,
    id: "Conv",
    title: "stream of causal convolutions: 1-8-8-8-8-1, 64 samples",
    model: "workloads/conv.ts",
    input: [1, 64],
    target: [1, 64],
    layers: [
      causal(1, 8, 3, 1, "relu"),
      causal(8, 8, 3, 2, "relu"),
      causal(8, 8, 3, 4, "relu"),
      causal(8, 8, 3, 8, "relu"),
      causal(8, 1, 1, 1, "none"),
    ],
    carried: [1, 2, 3, 4].map((i) => ({
      from: `next${String(i)}`,
      to: `past${String(i)}`,
    })),
    rate: 0.01,
    tasks: [forward(), step()],
  },
  {
    ...regression,
    id: "gemm",
    title: "product of matrices: 32 x 784 by 784 x 128",
    model: "workloads/gemm.ts",
    input: [784],
    target: [128],
    layers: [{ ...dense(784, 128), bias: false }],
    rate: 0.01,
    tasks: [forward(32)],
    peers: false,
  },
  {
    ...regression,
    id: "other-W1",
    title: "3-12-2, tanh, sigmoid",
    model: "others/small.ts",
    input: [3],
    target: [2],
    layers: [dense(3, 12, "tanh"), dense(12, 2, "sigmoid")],
    rate: 0.1,
    tasks: [forward(), step()],
    peers: false,
    like: "W1",
  },
  {
    ...classification(5),
    id: "other-W2",
    title: "10-24-5, relu",
    model: "others/classes.ts",
    input: [10],
    layers: [dense(10, 24, "relu"), dense(24, 5)],
    rate: 0.01,
    tasks: [forward(), step(), step(32)],
    peers: false,
    like: "W2",
  },
  {
    ...classification(20),
    id: "other-W3",
    title: "300-100-20, relu",
    model: "others/wide.ts",
    input: [300],
    layers: [dense(300, 100, "relu"), dense(100, 20)],
    rate: 0.01,
    tasks: [forward(), step(32)],
    peers: false,
    like: "W3",
  },
  {
    ...classification(7),
    id: "other-W4",
    title: "3 x 20 x 20 pictures, two convolutions",
    model: "others/pictures.ts",
    input: [3, 20, 20],
    layers: [
      conv(3, 20, 10, 3, 1),
      conv(10, 10, 12, 3, 0),
      dense(192, 50, "relu"),
      dense(50, 7),
    ],
    rate: 0.01,
    tasks: [forward(), step(32)],
    peers: false,
    like: "W4",
  },
  {
    ...regression,
    id: "other-W5",
    title: "transformer block: 24 x 48, 3 heads, 96 wide",
    model: "others/block.ts",
    input: [24, 48],
    target: [24, 48],
    layers: [{ kind: "block", length: 24, width: 48, heads: 3, wide: 96 }],
    rate: 1e-4,
    tasks: [forward(), step()],
    peers: false,
    like: "W5",
  },
  {
    ...regression,
    id: "other-W6",
    title: "policy: 10-40-30-3, tanh",
    model: "others/policy.ts",
    input: [10],
    target: [3],
    layers: [dense(10, 40, "tanh"), dense(40, 30, "tanh"), dense(30, 3)],
    rate: 0.01,
    tasks: [forward()],
    peers: false,
    like: "W6-MLP",
  },
];

/** The rate of a step that is compared: at a small one, float32 would show of a gradient little more than its rounding. */
export const checkRateOf = ({ optimizer, rate }: Workload): number =>
  optimizer === "sgd" ? 1 : rate;
