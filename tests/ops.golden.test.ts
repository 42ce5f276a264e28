import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { replay } from "./opsGolden.js";

const golden = join(import.meta.dirname, "golden");
const linalg = [
  "broadcast_add_mul",
  "concat",
  "expand",
  "logsumexp",
  "matmul_2d",
  "matmul_batched",
  "matmul_vec",
  "norms",
  "slice_step",
  "stack",
  "sum_mean_axes",
  "transpose_reshape",
  "var_std",
];
const cases = [
  ...readdirSync(join(golden, "activation")).map((f) => `activation/${f}`),
  ...linalg.map((name) => `linalg/linalg_${name}.json`),
  "norm/layer_norm.json",
  "norm/rms_norm.json",
];

describe("values and gradients of the operators are PyTorch's", () => {
  it.each(cases)("%s", (path) => {
    expect(replay(join(golden, path))).toEqual([]);
  });
});
