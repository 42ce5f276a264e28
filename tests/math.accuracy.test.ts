import { describe, expect, it } from "vitest";
import { largestError } from "./accuracy/errors.js";
import { functionNames, printedFunctions } from "./accuracy/functions.js";
import { nearMultiples } from "./accuracy/hard.js";
import { rows } from "./accuracy/rows.js";
import { wrongSteps, type Stretch } from "./accuracy/steps.js";
import {
  decimals,
  exactly,
  references,
  ulps,
  type Real,
} from "./mathReference.js";

const reference = (name: string): ((x: Real, y: Real) => Real) =>
  references[name] ??
  (() => {
    throw new Error(`no reference of ${name}`);
  });
const printed = await printedFunctions();

describe("elementary functions against series of 256 bits: a share of npm run accuracy", () => {
  it.each([
    ["exp", 1, "2.71828182845904523536028747135266249775724709369995"],
    ["log", 2, "0.69314718055994530941723212145817656807550013436025"],
    ["sin", 1e22, "0.85220084976718880177270589375302936826176215041004"],
    ["atan", 1, "0.78539816339744830961566084581987572104929234984377"],
    ["erf", 1, "0.84270079294971486934122063508260925929606699796630"],
    ["tanh", 1, "0.76159415595576488811945828260479359041276859725793"],
    ["logCosh", 1, "0.43378083048302718702649468490012786335883292844810"],
  ])("the reference gives 50 digits of %s %d", (name, x, digits) => {
    expect(decimals(reference(name)(exactly(x), exactly(0)), 50)).toBe(digits);
  });

  it.each(functionNames)("%s stays within its limit", (name) => {
    const { error, at } = largestError(name, printed[name], 1500, 500);
    const { limit } = rows[name];
    expect(error, `at ${at.join(", ")}`).toBeLessThanOrEqual(limit);
  });

  it("no limit is above 1 ulp, those of erf and erf' apart", () => {
    for (const name of functionNames) {
      const isWide = name === "erf" || name === "erfDerivative";
      expect(rows[name].limit, name).toBeLessThanOrEqual(isWide ? 2 : 1);
    }
  });

  it("tells a function that is wrong, or not there, at one argument", () => {
    const { tanh } = printed;
    const wrong = (x: number, y: number): number =>
      x === -0.0027 ? y : tanh(x, 0);
    const found = largestError("tanh", wrong, 10, 10);
    expect(found.at).toEqual([-0.0027]);
    expect(found.error).toBeGreaterThan(1e12);
    const absent = (x: number): number => (x === -0.0027 ? NaN : tanh(x, 0));
    expect(largestError("tanh", absent, 0, 0).error).toBe(Infinity);
  });

  it("infinity is right from half a unit above the greatest double on", () => {
    const greatest = exactly(Number.MAX_VALUE);
    expect(ulps(Infinity, greatest)).toBe(1);
    expect(ulps(Number.MAX_VALUE, greatest)).toBe(0);
    const above = { m: 1n, e: 1024 };
    expect(ulps(Infinity, above)).toBe(0);
    expect(ulps(-Infinity, above)).toBe(Infinity);
    expect(ulps(Number.MAX_VALUE, above)).toBe(Infinity);
  });

  it("has the double nearest to a multiple of pi/2, relative to its size", () => {
    // Kahan; Muller 2016, table 11.1
    expect(nearMultiples).toContain(6381956970095103 * 2 ** 797);
  });
});

describe("monotone on neighbouring doubles: a share of npm run accuracy", () => {
  for (const name of functionNames) {
    for (const stretch of rows[name].monotone) {
      it(`${name}, ${stretch.title}`, () => {
        const found = wrongSteps(name, printed[name], stretch, 40_000, 20);
        expect(found.pairs).toBeGreaterThanOrEqual(40_000);
        expect(found.count, `at ${String(found.at)}`).toBe(0);
      });
    }
  }

  const identity: Stretch = {
    title: "",
    of: (f) => (x) => f(x, 0),
    from: -2,
    to: 2,
    switches: [1.5],
  };
  it("counts one step down, walks over 0 and stays inside", () => {
    const seen: number[] = [];
    const f = (x: number): number => {
      seen.push(x);
      return x === 1.5 ? 1.4999999999999996 : x;
    };
    const found = wrongSteps("tanh", f, identity, 4000, 0);
    expect(found).toEqual({ count: 1, at: 1.5, pairs: 4000 });
    expect(seen).toContain(-5e-324);
    expect(seen).toContain(5e-324);
    expect([Math.min(...seen), Math.max(...seen)]).toEqual([-2, 2]);
  });
  it("counts every step of a function that falls, where it should grow", () => {
    const f = (x: number): number => -x;
    expect(wrongSteps("tanh", f, identity, 4000, 0).count).toBe(4000);
    const falls = { ...identity, falls: true };
    expect(wrongSteps("tanh", f, falls, 4000, 0).count).toBe(0);
  });
});
