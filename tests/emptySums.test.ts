/** A sum of no terms is +0 in every form and tier, as PyTorch has it: expected numbers are those of PyTorch 1.13. */
import { describe, expect, it } from "vitest";
import { compileModel } from "../compiler/compile.js";
import {
  add,
  avgPool1d,
  concat,
  constant,
  constantIndices,
  convolve1d,
  convolve2d,
  convolveTranspose1d,
  flip,
  gather,
  gradient,
  indices,
  input,
  lookup,
  model,
  mul,
  pad,
  param,
  reshape,
  resize1d,
  scan,
  sgd,
  slice,
  sum,
  transpose,
  type IndexTensor,
  type Tensor,
} from "../dsl/index.js";
import { tiersOf } from "./support/tiers.js";

/** A value that is made of a parameter w, and what it is where w = 1, 2, ... */
interface Row {
  readonly w: Tensor;
  readonly y: Tensor;
  /** Indices that a row reads: 1 each. */
  readonly t?: IndexTensor;
  readonly value: readonly number[];
  /** d(sum y)/dw. */
  readonly grads: readonly number[];
}

const upTo = (n: number): { readonly init: readonly number[] } => ({
  init: Array.from({ length: n }, (_, i) => i + 1),
});
const x = constant([1, 2], [3, -1]);
const kernel = constant([1, 1, 1], [2]);

const rows: Readonly<Record<string, (batched: boolean) => Row>> = {
  "windows of a convolution in the padding alone": () => {
    const w = param("w", [1, 1, 2], upTo(2));
    const y = convolve1d(x, w, { padding: 3 });
    return { w, y, value: [0, 0, 6, 1, -1, 0, 0], grads: [2, 2] };
  },
  "windows of an image in the padding of one axis": () => {
    const w = param("w", [1, 1, 3, 1], upTo(3));
    const y = convolve2d(constant([1, 1, 2], [3, -1]), w, { padding: [1, 2] });
    return { w, y, value: [0, 0, 6, -2, 0, 0], grads: [0, 2, 0] };
  },
  "entries of a kernel that meet padding alone": () => {
    const w = param("w", [1, 1, 5], upTo(5));
    const y = convolve1d(x, w, { padding: 2 });
    return { w, y, value: [5, 3], grads: [0, 3, 2, -1, 0] };
  },
  "entries of a dilated kernel on both sides of the input": () => {
    const w = param("w", [1, 1, 3], upTo(3));
    const y = convolve1d(x, w, { padding: 4, dilation: 4 });
    return { w, y, value: [6, -2], grads: [0, 2, 0] };
  },
  "entries that the places of a kernel leave out": () => {
    const w = param("w", [1, 7], upTo(7));
    const y = convolve1d(w, kernel, { stride: 3 });
    return { w, y, value: [2, 8, 14], grads: [2, 0, 0, 2, 0, 0, 2] };
  },
  "entries that the places of a kernel leave out along two axes": () => {
    const w = param("w", [1, 3, 3], upTo(9));
    const two = constant([1, 1, 1, 1], [2]);
    const y = convolve2d(w, two, { stride: 2, padding: 1 });
    return {
      w,
      y,
      value: [0, 0, 0, 0, 10, 0, 0, 0, 0],
      grads: [0, 0, 0, 0, 2, 0, 0, 0, 0],
    };
  },
  "gaps between the places of a transposed convolution": () => {
    const w = param("w", [1, 2], upTo(2));
    const y = convolveTranspose1d(w, kernel, { stride: 3, outputPadding: 2 });
    return { w, y, value: [2, 0, 0, 4, 0, 0], grads: [2, 2] };
  },
  "entries of a transposed kernel that are cut off": () => {
    const w = param("w", [1, 1, 4], upTo(4));
    const y = convolveTranspose1d(constant([1, 1], [3]), w, { padding: 1 });
    return { w, y, value: [6, 9], grads: [0, 3, 3, 0] };
  },
  "entries between the windows of a mean": () => {
    const w = param("w", [1, 5], upTo(5));
    const y = avgPool1d(w, 1, { stride: 3 });
    return { w, y, value: [1, 4], grads: [1, 0, 0, 1, 0] };
  },
  "entries outside of a slice": () => {
    const w = param("w", [5], upTo(5));
    const y = slice(w, 0, 1, 3);
    return { w, y, value: [2, 3], grads: [0, 1, 1, 0, 0] };
  },
  "entries that a slice steps over": () => {
    const w = param("w", [2, 5], upTo(10));
    const y = slice(w, 1, 1, 4, 2);
    return {
      w,
      y,
      value: [2, 4, 7, 9],
      grads: [0, 1, 0, 1, 0, 0, 1, 0, 1, 0],
    };
  },
  "entries between slices that lie apart": () => {
    const w = param("w", [6], upTo(6));
    const y = add(slice(w, 0, 1, 3), slice(w, 0, 4, 6));
    return { w, y, value: [7, 9], grads: [0, 1, 1, 0, 1, 1] };
  },
  "entries outside of slices that overlap": () => {
    const w = param("w", [6], upTo(6));
    const y = add(slice(w, 0, 1, 3), slice(w, 0, 2, 4));
    return { w, y, value: [5, 7], grads: [0, 1, 2, 1, 0, 0] };
  },
  "the entry outside of slices along two axes": () => {
    const w = param("w", [2, 3], upTo(6));
    const y = add(sum(slice(w, 0, 0, 1)), sum(slice(w, 1, 0, 2)));
    return { w, y, value: [18], grads: [2, 2, 1, 1, 1, 0] };
  },
  "parts of a concatenation that nobody reads": () => {
    const w = param("w", [2], upTo(2));
    const y = slice(concat([mul(w, 3), constant([2], [4, 5])], 0), 0, 2, 4);
    return { w, y, value: [4, 5], grads: [0, 0] };
  },
  "parts that a slice steps over": () => {
    const w = param("w", [2], upTo(2));
    const parts = [mul(w, 2), mul(w, 3), mul(w, 5)] as const;
    const y = slice(concat(parts, 0), 0, 1, 6, 4);
    return { w, y, value: [4, 10], grads: [0, 7] };
  },
  "parts that are read from the end, along another axis": () => {
    const w = param("w", [1, 2], upTo(2));
    const parts = [mul(w, 2), mul(w, 3), mul(w, 5)] as const;
    const last = flip(concat([...parts, constant([1, 2], [7, 7])], 0), [0]);
    const y = slice(concat([last, last], 1), 0, 1, 3);
    return {
      w,
      y,
      value: [5, 10, 5, 10, 3, 6, 3, 6],
      grads: [16, 16],
    };
  },
  "parts of parts, with their axes swapped": () => {
    const w = param("w", [1, 2], upTo(2));
    const inner = concat([mul(w, 2), mul(w, 3)], 0);
    const all = concat([mul(w, 5), inner, constant([1, 2], [7, 7])], 0);
    const y = slice(reshape(transpose(all), [2, 2, 2]), 2, 1, 2);
    const z = slice(transpose(inner), 1, 0, 1);
    return {
      w,
      y: concat([reshape(y, [4, 1]), z], 0),
      value: [2, 7, 4, 7, 2, 4],
      grads: [4, 4],
    };
  },
  "a part of which nobody reads a part": () => {
    const w = param("w", [3], upTo(3));
    const y = slice(concat([mul(w, 2), mul(w, 3)], 0), 0, 1, 4);
    return { w, y, value: [4, 6, 3], grads: [3, 2, 2] };
  },
  "entries outside of a padded slice": () => {
    const w = param("w", [4], upTo(4));
    const y = pad(slice(w, 0, 1, 3), [1, 0]);
    return { w, y, value: [0, 2, 3], grads: [0, 1, 1, 0] };
  },
  "entries that constant indices leave out": () => {
    const w = param("w", [2, 3], upTo(6));
    const y = gather(w, 1, constantIndices([2, 1], [1, 0]));
    return { w, y, value: [2, 4], grads: [0, 1, 0, 1, 0, 0] };
  },
  "entries that a shorter signal leaves out": () => {
    const w = param("w", [1, 6], upTo(6));
    const y = resize1d(w, 2);
    return { w, y, value: [1, 4], grads: [1, 0, 0, 1, 0, 0] };
  },
  "rows of a table that nobody looks up": (batched) => {
    const w = param("w", [3, 2], upTo(6));
    const t = indices("t", [2], 3, { batched });
    const y = lookup(w, t);
    return { w, y, t, value: [3, 4, 3, 4], grads: [0, 0, 2, 2, 0, 0] };
  },
  "entries of a table that is read as it is, too": (batched) => {
    const w = param("w", [3, 2], upTo(6));
    const t = indices("t", [2], 3, { batched });
    const y = add(lookup(w, t), sum(slice(slice(w, 0, 1, 2), 1, 0, 1)));
    return { w, y, t, value: [6, 7, 6, 7], grads: [0, 0, 6, 2, 0, 0] };
  },
  "rows that no step of a scan looks up": () => {
    const w = param("w", [3, 2], upTo(6));
    const t = indices("t", [], 3, { batched: false });
    const steps = constant([3, 2], [1, 1, 2, 2, 3, 3]);
    const { outputs: y } = scan(
      steps,
      constant([2], [0, 0]),
      (carry, entry) => ({ carry, output: mul(entry, lookup(w, t)) }),
    );
    return {
      w,
      y,
      t,
      value: [3, 4, 6, 8, 9, 12],
      grads: [0, 0, 6, 6, 0, 0],
    };
  },
  "entries that no step of a scan reads": () => {
    const w = param("w", [4], upTo(4));
    const steps = constant([3, 2], [1, 1, 2, 2, 3, 3]);
    const { outputs: y } = scan(
      steps,
      constant([2], [0, 0]),
      (carry, entry) => ({
        carry,
        output: mul(entry, slice(w, 0, 1, 3)),
      }),
    );
    return { w, y, value: [2, 3, 4, 6, 6, 9], grads: [0, 6, 6, 0] };
  },
};

/** What the rows say, of a model in every form and tier, for one example and for three. */
async function found(
  { w, y, t }: Omit<Row, "value" | "grads">,
  isBatched: boolean,
): Promise<Pick<Row, "value" | "grads">[]> {
  const one = input("one", []);
  const value = isBatched ? mul(y, one) : mul(y, 1);
  const [slope] = gradient(sum(value), [w]);
  const m = model({
    inputs: {
      ...(isBatched && { one }),
      ...(t !== undefined && { t }),
    },
    outputs: { value, slope },
    loss: sum(value),
    optimizer: sgd(0.1),
  });
  const all: Pick<Row, "value" | "grads">[] = [];
  for (const unroll of ["full", "never"] as const) {
    const { script } = await compileModel(m, {
      sourceName: "sums.ts",
      command: "test",
      unroll,
      math: "exact",
      target: "wasm",
      verify: true,
    });
    for (const [, { create }] of await tiersOf(script))
      for (const n of isBatched ? [1, 3] : [1]) {
        const net = create({ maxBatch: n });
        for (const values of Object.values(net.inputs)) values.fill(1);
        net.forward(n);
        net.backward(n);
        const { value: values = [], slope: slopes = [] } = net.outputs;
        const size = values.length / n;
        for (let e = 0; e < n; e++) {
          const of = Array.from(values).slice(e * size, (e + 1) * size);
          all.push({ value: of, grads: Array.from(net.grads) });
        }
        // A derivative of the sum over examples, as a value.
        const mean = Array.from(slopes, (d) => d / n);
        all.push({ value: Array.from(values).slice(0, size), grads: mean });
      }
  }
  return all;
}

describe.each(Object.entries(rows))("%s", (_, row) => {
  it.each([false, true])(
    "batched: %s",
    { timeout: 60_000 },
    async (batched) => {
      const { value, grads, ...what } = row(batched);
      const all = await found(what, batched);
      expect(all.length).toBe(batched ? 4 * (2 + 4) : 4 * 2);
      for (const one of all) expect(one).toEqual({ value, grads });
    },
  );
});
