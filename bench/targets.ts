/** What gradc is to reach, as ratios in one run: at most so many times the time of C, a library at least so many times its own. */
import type { Task } from "./workloads/table.js";

/** Which of gradc's tiers is measured. */
export type Ours = "wasm" | "javascript";

/** How fast gradc is to be. */
export type Limit =
  /** Its time over that of a program of C; "C" is the fastest one. */
  | { readonly kind: "C"; readonly against: string; readonly most: number }
  /** A library's time over gradc's. */
  | {
      readonly kind: "library";
      readonly against: string;
      readonly least: number;
    }
  /** Its time in ns. */
  | { readonly kind: "time"; readonly most: number };

export interface Target {
  readonly workload: string;
  readonly task: Task;
  readonly ours: Ours;
  readonly limit: Limit;
}

const at = (workload: string, kind: Task["kind"], batch = 1) => {
  const target = (ours: Ours, limit: Limit): Target => ({
    workload,
    task: { kind, batch },
    ours,
    limit,
  });
  return {
    most: (most: number, against: string, ours: Ours = "wasm") =>
      target(ours, { kind: "C", against, most }),
    least: (least: number, against: string, ours: Ours = "wasm") =>
      target(ours, { kind: "library", against, least }),
    within: (most: number, ours: Ours) => target(ours, { kind: "time", most }),
  };
};

const w1 = at("W1", "step");
const w2 = at("W2", "step");
const w2Batch = at("W2", "step", 32);
const w3 = at("W3", "step", 32);
const w3Adam = at("W3-Adam", "step", 32);
const w3Forward = at("W3", "forward");
const w4 = at("W4", "step", 32);
const w4Forward = at("W4", "forward");
const w5 = at("W5", "step");
const w5Forward = at("W5", "forward");
const mlp = at("W6-MLP", "forward");
const gru = at("W6-GRU", "forward");

export const targets: readonly Target[] = [
  w1.most(1, "C"),
  w1.most(3, "C", "javascript"),
  w1.least(5, "synaptic"),
  w1.least(4000, "PyTorch"),
  w2.most(1, "C"),
  w2Batch.most(0.7, "C"),
  w2.most(2, "C", "javascript"),
  w2.least(12, "synaptic"),
  w2Batch.least(200, "jax-js"),
  w3.most(1.5, "C OpenBLAS"),
  w3Adam.most(1.4, "C OpenBLAS"),
  at("W3-zeros", "step", 32).most(0.7, "C OpenBLAS"),
  w3.least(1.4, "PyTorch"),
  w3Adam.least(1.4, "PyTorch"),
  w3.least(3.5, "jax-js"),
  w3Adam.least(3.5, "jax-js"),
  w3.least(20, "TensorFlow.js wasm"),
  w3Adam.least(20, "TensorFlow.js wasm"),
  w3Forward.most(1.4, "C"),
  w3Forward.least(5, "onnxruntime-node"),
  w4.most(0.4, "C clang"),
  w4Forward.most(0.7, "C clang"),
  w4.least(3.5, "PyTorch"),
  w4.least(200, "jax-js"),
  w4Forward.least(2, "onnxruntime-node"),
  w5.most(1.7, "C OpenBLAS"),
  w5Forward.most(1.6, "C OpenBLAS"),
  w5.least(3.5, "PyTorch"),
  w5.least(7, "jax-js"),
  w5Forward.least(1.2, "onnxruntime-node"),
  mlp.most(1.5, "C"),
  gru.most(1.4, "C"),
  mlp.within(8000, "javascript"),
  mlp.least(40, "onnxruntime-node"),
  gru.least(25, "onnxruntime-node"),
  at("gemm", "forward", 32).most(1 / 0.6, "C OpenBLAS"),
  w3.within(4e6, "javascript"),
  w3.least(8, "TensorFlow.js cpu", "javascript"),
];
