import { describe, expect, it } from "vitest";
import { compileScalar } from "../dsl/math/evaluate.js";
import { functions } from "../dsl/math/registry.js";
import type { ScalarFunction } from "../dsl/math/scalar.js";
import { uniform as reference } from "./oracles/uniform.js";

const { params, body } = functions["uniform"] as ScalarFunction;
const uniform = compileScalar(params, body);
const count = 32_768;
const sequence = (seed: number, start = 0): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => uniform(seed, start + i));

/** (chi^2 - n) / sqrt(2 n), about normal. */
const chiSquared = (counts: Float64Array, total: number): number => {
  const expected = total / counts.length;
  const chi = counts.reduce((s, c) => s + (c - expected) ** 2 / expected, 0);
  const degrees = counts.length - 1;
  return (chi - degrees) / Math.sqrt(2 * degrees);
};
/** Correlation times sqrt(count), about normal. */
const correlation = (a: Float64Array, b: Float64Array): number => {
  const sum = a.reduce(
    (s, u, i) => s + (u - 0.5) * ((b[i] as number) - 0.5),
    0,
  );
  return (sum * 12) / Math.sqrt(a.length);
};

describe("uniform(seed, index)", () => {
  it("gives the numbers it always gave", () => {
    const values = [
      [0, 0],
      [1, 0],
      [0, 1],
      [42, 2 ** 31],
      [2 ** 32 - 1, 2 ** 32 - 1],
    ].map(([seed, index]) => uniform(seed as number, index as number));
    expect(values).toEqual([
      0.9688534524546059, 0.409418717845474, 0.8224253285918942,
      0.24857722084950473, 0.7319840759103542,
    ]);
  });

  it("equals the same network on 32-bit integers", () => {
    for (let i = 0; i < 2000; i++) {
      const seed = Math.floor(uniform(1, i) * 2 ** 32);
      const index = Math.floor(uniform(2, i) * 2 ** 32);
      expect(uniform(seed, index)).toBe(reference(seed, index));
    }
  });

  it("lies in [0, 1) on a grid of 2^-53", () => {
    const good = (u: number): boolean =>
      u >= 0 && u < 1 && Number.isInteger(u * 2 ** 53);
    expect(sequence(7).every(good)).toBe(true);
  });

  it.each([0, 1, 12345, 4294967295])(
    "is equidistributed for seed %d",
    (seed) => {
      const u = sequence(seed);
      for (const shift of [1, 2 ** 10, 2 ** 21, 2 ** 32, 2 ** 43]) {
        const counts = new Float64Array(256);
        for (const v of u) {
          const place = Math.floor(((v * shift) % 1) * 256);
          counts[place] = (counts[place] as number) + 1;
        }
        expect(Math.abs(chiSquared(counts, count))).toBeLessThan(4.5);
      }
    },
  );

  it("has no pattern in successive pairs", () => {
    const u = sequence(3);
    const counts = new Float64Array(1024);
    for (let i = 0; i + 1 < count; i++) {
      const place =
        32 * Math.floor(32 * (u[i] as number)) +
        Math.floor(32 * (u[i + 1] as number));
      counts[place] = (counts[place] as number) + 1;
    }
    expect(Math.abs(chiSquared(counts, count - 1))).toBeLessThan(4.5);
  });

  it.each([1, 2, 3, 64, 65536])("does not correlate at distance %d", (lag) => {
    expect(Math.abs(correlation(sequence(5), sequence(5, lag)))).toBeLessThan(
      4.5,
    );
  });

  it.each([
    [0, 1],
    [1, 2],
    [7, 8],
    [1, 65537],
    [0, 2147483648],
  ])("does not correlate between seeds %d and %d", (a, b) => {
    expect(Math.abs(correlation(sequence(a), sequence(b)))).toBeLessThan(4.5);
  });

  it("does not correlate along seeds", () => {
    const along = (start: number): Float64Array =>
      Float64Array.from({ length: count }, (_, i) => uniform(start + i, 9));
    expect(Math.abs(correlation(along(0), along(1)))).toBeLessThan(4.5);
  });

  it("every bit of seed and index moves every bit of the result", () => {
    const trials = 400;
    let worst = 0;
    for (let bit = 0; bit < 32; bit++) {
      for (const which of ["seed", "index"]) {
        const changed = new Float64Array(53);
        for (let i = 0; i < trials; i++) {
          const seed = i % 7;
          const flipped = i ^ (1 << bit);
          const other =
            which === "index"
              ? uniform(seed, flipped >>> 0)
              : uniform((seed ^ (1 << bit)) >>> 0, i);
          const difference =
            BigInt(uniform(seed, i) * 2 ** 53) ^ BigInt(other * 2 ** 53);
          for (let b = 0; b < 53; b++) {
            const moved = Number((difference >> BigInt(b)) & 1n);
            changed[b] = (changed[b] as number) + moved;
          }
        }
        for (const c of changed) {
          worst = Math.max(worst, Math.abs(c / trials - 0.5));
        }
      }
    }
    // 3,392 frequencies of 400 trials: a standard deviation is 0.025
    expect(worst).toBeLessThan(0.125);
  });
});
