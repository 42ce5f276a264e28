/** What holds a tier back besides the width of its vectors, by workload, as profiles of its modules showed. */
import type { Ours } from "./targets.js";
import type { Workload } from "./workloads/table.js";

/** What is measured: a tier, exact mathematics beside the host's, or a start. */
export type Measurement = Ours | "exact" | "cold";

const small =
  "the process and the import of anything take a part of it, reading the module's text most of the rest";
const loops =
  "in a step, the mean of gradients and the update are loops after the products";

/** Of every workload that has no reason of its own. */
const general: Readonly<Partial<Record<Measurement, string>>> = {
  exact:
    "its elementary functions have the same bits in every engine: tables, and numbers of twice the digits, where those of Math need neither",
};

const reasons: Readonly<
  Record<string, Readonly<Partial<Record<Measurement, string>>>>
> = {
  W1: {
    cold: small,
    wasm: "nine elementary functions are more than half of a step, and almost every operation waits for the one before",
  },
  W2: {
    cold: small,
    wasm: "exp and log are a fifth of a step, of one example the update, a pass of its own, a tenth",
    javascript:
      "gradients are cleared, added to and read again in memory: C that stores them takes 1.95 times as long without vectors",
  },
  W3: {
    cold: "create() draws 101,770 parameters before the engine has compiled what draws them; in JavaScript it runs the first step in its interpreter",
    wasm: loops,
  },
  "W3-Adam": { wasm: loops },
  "W3-zeros": {
    wasm: "what is multiplied by zero is computed: skipping asks for weights in another order, and a copy of them in each step takes two fifths of what that saves",
  },
  W4: { wasm: "beside rows, columns of zeros around images are multiplied" },
  "W6-MLP": {
    wasm: "its 128 hyperbolic tangents are 37 % of the time",
    javascript:
      "its 128 exact hyperbolic tangents, in float64, are 40 % of the time",
  },
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
