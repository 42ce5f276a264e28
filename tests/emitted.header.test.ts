/** What the first words of the committed modules say of their networks; examples.test.ts keeps the modules fresh. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** The header as one line. */
function header(module: string): string {
  const file = new URL(`../generated/${module}.ts`, import.meta.url);
  const [first = ""] = readFileSync(file, "utf8").split("*/");
  return first.replace(/\s*\n \*\s*/g, " ");
}

describe("a module's header", () => {
  it.each([
    ["model", "trained by gradient descent on mse."],
    ["vae", "trained by Adam on misfit + surprise."],
    ["pendulum", "trained by Adam on mse + mse."],
    ["experts", "trained by Adam on -logsumexp."],
    ["cartpole", "trained by Adam on advantage * surprise."],
  ])("of %s says %s", (module, words) => {
    expect(header(module)).toContain(words);
  });

  it.each([
    ["vae", "deviation[8] = exp(logVariance * 0.5) "],
    ["vae", "L = misfit + surprise "],
    ["pendulum", "state1Half[2] = start + state1K1 * 0.05 "],
    ["pendulum", "L = mse(state1, seen1) + mse(state2, seen2) "],
    ["experts", "logLikelihoods[3] = logShares - square(error) * 200 "],
    ["autoencoder", "output[6] = matmul(transpose(w), code) + c "],
    ["iris", "L = crossEntropy(logits, species) "],
  ])("of %s has the formula %s", (module, formula) => {
    expect(header(module)).toContain(formula);
  });
});
