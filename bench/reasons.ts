/** What holds a tier back, by workload, as profiles of its modules showed: the last column of a target that is missed. */
import type { Ours } from "./targets.js";
import type { Workload } from "./workloads/table.js";

/** What is measured: a tier, exact mathematics beside the host's, or a start. */
export type Measurement = Ours | "exact" | "cold";

const narrow =
  "vectors of WebAssembly are 128 bits wide, whatever the processor has";
const rows =
  "weights lie output by output: lanes hold terms of a sum, and are added up for each output";

const scalar = "one number at a time: JavaScript has no vectors";
const small =
  "the process and the import of anything take a part of it, reading the module's text most of the rest";

/** Of every workload that has no reason of its own. */
const general: Readonly<Partial<Record<Measurement, string>>> = {
  javascript: scalar,
  exact:
    "its elementary functions have the same bits in every engine: tables, and numbers of twice the digits, where those of Math need neither",
};

const reasons: Readonly<
  Record<string, Readonly<Partial<Record<Measurement, string>>>>
> = {
  W1: {
    cold: small,
    wasm: "examples are no lanes, and almost every operation of a step waits for the one before",
  },
  W2: {
    cold: small,
    wasm: `examples are no lanes; ${rows}`,
    javascript: `${scalar}; gradients are cleared, added to and read again in memory`,
  },
  W3: {
    cold: "create() draws 101,770 parameters before the engine has compiled what draws them; in JavaScript it runs the first step in its interpreter",
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
    wasm: `${narrow}; beside rows, columns of zeros around images are multiplied`,
  },
  W5: { wasm: narrow },
  "W6-MLP": {
    wasm: rows,
    javascript: "132 exact hyperbolic tangents, in float64",
  },
  "W6-GRU": { wasm: rows },
  gemm: { wasm: narrow },
};

/** Empty where nothing is known; a workload that is like another one has the reasons of that where it has none of its own. */
export const reasonOf = (
  { id, like }: Pick<Workload, "id" | "like">,
  what: Measurement,
): string =>
  reasons[id]?.[what] ??
  (like === undefined ? undefined : reasons[like]?.[what]) ??
  general[what] ??
  "";
