/** What the networks of all libraries are built from: parameters of the job, layer by layer. */
import { job, numbersOf } from "../workers/serve.mjs";

const product = (shape) => shape.reduce((a, b) => a * b, 1);

/**
 * The parameters as the library keeps them. `layoutOf(layer, index)` gives for each parameter of a layer its shape
 * there, and where entry i of PyTorch's layout is; without the latter it is where it was.
 */
export function parameters(layoutOf) {
  const numbers = numbersOf("parameters");
  let offset = 0;
  return job.workload.layers.map((layer, index) =>
    layoutOf(layer, index).map(({ shape, place = (i) => i }) => {
      const size = product(shape);
      const values = new Float32Array(size);
      const from = offset;
      for (let i = 0; i < size; i++) values[place(i)] = numbers[from + i];
      offset += size;
      /** Entries of the library's array in PyTorch's order. */
      const inOrder = (of) => Array.from(of, (_, i) => of[place(i)]);
      return { shape, values, inOrder };
    }),
  );
}

/** [rows, columns] as [columns, rows]. */
export const transposed = (rows, columns) => ({
  shape: [columns, rows],
  place: (i) => (i % columns) * rows + Math.floor(i / columns),
});

/** A linear layer as x times [in, out], with its bias. */
export const dense = (from, to, bias = true) =>
  bias ? [transposed(to, from), { shape: [to] }] : [transposed(to, from)];

/** Gates of a recurrent cell: both matrices as [in, gates], both biases. */
export const gated = (gates, { in: from, hidden }) => [
  transposed(gates * hidden, from),
  transposed(gates * hidden, hidden),
  { shape: [gates * hidden] },
  { shape: [gates * hidden] },
];

/** A block's parameters, in the order of its layers. */
export const block = ({ width, wide }) => [
  { shape: [width] },
  { shape: [width] },
  ...dense(width, 3 * width),
  ...dense(width, width),
  { shape: [width] },
  { shape: [width] },
  ...dense(width, wide),
  ...dense(wide, width),
];

/** One number for each class, 1 at the label. */
export function oneHot(labels, classes) {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => {
    rows[i * classes + label] = 1;
  });
  return rows;
}
