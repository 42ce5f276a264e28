/** A fixed share of `npm run fuzz`: random programs through the whole pipeline and the type checker. */
import { describe, expect, it } from "vitest";
import { campaign, summaryOf } from "./fuzz/campaign.js";
import { generate } from "./fuzz/generate.js";
import { printProgram } from "./fuzz/program.js";

const seed = Number(process.env["GRADC_SEED"] ?? 1);
const graphs = Number(process.env["GRADC_GRAPHS"] ?? 2000);

describe(`${String(graphs)} random programs, seed ${String(seed)}`, () => {
  it("hold against the interpreter, the tape, dual numbers, differences and the types", async () => {
    const result = await campaign(seed, graphs);
    expect(result.failures, summaryOf(result)).toEqual([]);
    // Wrong programs are mostly refused, and most differences have something to say.
    expect(result.refused / graphs).toBeGreaterThan(0.3);
    expect(result.differences / graphs).toBeGreaterThan(1);
    expect(result.unsure / result.differences).toBeLessThan(0.05);
    expect(result.undecided / graphs).toBeLessThan(0.005);
    expect(result.coverage.attributes.missing).toEqual([]);
    expect(result.coverage.functions.missing).toEqual([]);
  }, 900_000);

  it("are the same each time", () => {
    const texts = [0, 1].map(() => printProgram(generate(seed, 17)));
    expect(texts[0]).toBe(texts[1]);
  });
});
