/** Every elementary function by name, each after those it calls, so that the order is a printing order too. */
import { exponential } from "./exponential.js";
import { circleFunctions } from "./circle.js";
import { error } from "./error.js";
import { hyperbolic } from "./hyperbolic.js";
import { inverse } from "./inverse.js";
import { logarithm } from "./logarithm.js";
import { power } from "./power.js";
import { random } from "./random.js";
import type { ScalarFunction } from "./scalar.js";

/** Every elementary function and its parts, by name; callees come first. */
export const functions: Readonly<Record<string, ScalarFunction>> =
  Object.fromEntries(
    [
      ...exponential,
      ...hyperbolic,
      ...logarithm,
      ...circleFunctions,
      ...inverse,
      ...power,
      ...error,
      ...random,
    ].map((f) => [f.name, f]),
  );
