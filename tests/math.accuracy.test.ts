import { describe, expect, it } from "vitest";
import { compileScalar } from "../dsl/math/evaluate.js";
import { functions } from "../dsl/math/registry.js";
import type { ScalarFunction } from "../dsl/math/scalar.js";
import { argumentsOf, worst } from "./mathArguments.js";
import {
  decimals,
  exactly,
  exponentOf,
  references,
  ulps,
} from "./mathReference.js";
import type { Real } from "./mathReference.js";

/** Largest error in ulp that facts/maths.md measured, rounded up; erf and erf' may have 2. */
const bounds: Readonly<Record<string, number>> = {
  exp: 0.76,
  expm1: 0.63,
  log: 0.83,
  log1p: 0.82,
  log2: 0.79,
  tanh: 0.62,
  sigmoid: 0.76,
  softplus: 0.89,
  logCosh: 0.9,
  sinh: 0.61,
  cosh: 0.64,
  sin: 0.83,
  cos: 0.83,
  tan: 0.95,
  atan: 0.73,
  atan2: 0.74,
  pow: 0.76,
  erf: 0.9,
  erfDerivative: 1.85,
};
const reference = (name: string): ((x: Real, y: Real) => Real) =>
  references[name] ??
  (() => {
    throw new Error(`no reference of ${name}`);
  });
const trials = Number(process.env["GRADC_MATH_TRIALS"] ?? 1500);

describe("elementary functions against 240-bit series", () => {
  it.each([
    ["exp", 1, "2.71828182845904523536028747135266249775724709369995"],
    ["log", 2, "0.69314718055994530941723212145817656807550013436025"],
    ["sin", 1e22, "0.85220084976718880177270589375302936826176215041004"],
    ["atan", 1, "0.78539816339744830961566084581987572104929234984377"],
    ["erf", 1, "0.84270079294971486934122063508260925929606699796630"],
    ["tanh", 1, "0.76159415595576488811945828260479359041276859725793"],
  ])("the reference gives 50 digits of %s %d", (name, x, digits) => {
    expect(decimals(reference(name)(exactly(x), exactly(0)), 50)).toBe(digits);
  });

  for (const [name, bound] of Object.entries(bounds)) {
    it(`${name} stays below ${String(bound)} ulp`, () => {
      const { params, body } = functions[name] as ScalarFunction;
      const f = compileScalar(params, body);
      let largest = { error: 0, at: [0] as readonly number[] };
      for (const args of [
        ...(worst[name] ?? []),
        ...argumentsOf(name, trials),
      ]) {
        const [x, y] = [args[0] as number, args[1] ?? 0];
        const wanted = reference(name)(exactly(x), exactly(y));
        if (exponentOf(wanted) >= 1024) continue;
        const error = ulps(f(x, y), wanted);
        if (!(error <= largest.error)) largest = { error, at: args };
      }
      if (process.env["GRADC_MATH_REPORT"] !== undefined) {
        process.stdout.write(
          `${name} ${largest.error.toFixed(4)} at ${largest.at.join(", ")}\n`,
        );
      }
      expect(largest.error, `at ${largest.at.join(", ")}`).toBeLessThan(bound);
    });
  }
});
