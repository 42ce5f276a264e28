/** What holds a tier back, by workload, as profiles of its modules showed: the last column of a target that is missed. */
import type { Ours } from "./targets.js";

const narrow =
  "vectors of WebAssembly are 128 bits wide, whatever the processor has";
const rows =
  "weights lie output by output: lanes hold terms of a sum, and are added up for each output";

const reasons: Readonly<
  Record<string, Readonly<Partial<Record<Ours | "exact", string>>>>
> = {
  W1: {
    wasm: "examples are no lanes, and almost every operation of a step waits for the one before",
    javascript: "one number at a time: JavaScript has no vectors",
  },
  W2: {
    wasm: `examples are no lanes; ${rows}`,
    javascript: "one number at a time: JavaScript has no vectors",
  },
  W3: {
    wasm: `${narrow}; the mean of gradients and the update are loops after the products`,
    javascript: "one multiply-add at a time: JavaScript has no vectors",
  },
  "W3-Adam": {
    wasm: `${narrow}; the mean of gradients and the update are loops after the products`,
  },
  "W3-zeros": {
    wasm: "what is multiplied by zero is computed: skipping asks for weights in another order, and a copy of them in each step takes two fifths of what that saves",
  },
  W4: {
    wasm: `${narrow}; the gradient of a convolution's input multiplies the zeros around images`,
  },
  W5: { wasm: narrow },
  "W6-MLP": {
    wasm: rows,
    javascript: "132 exact hyperbolic tangents, in float64",
  },
  "W6-GRU": { wasm: rows },
  gemm: { wasm: narrow },
};

/** Empty where nothing is known. */
export const reasonOf = (workload: string, ours: Ours | "exact"): string =>
  reasons[workload]?.[ours] ?? "";
