/** Long sequences: what a loop over steps keeps, and how much text it is. */
import { describe, expect, it } from "vitest";
import { compileModel, type Compiled } from "../compiler/compile.js";
import * as g from "../dsl/index.js";

const features = 4;
const hidden = 16;

const layers = {
  rnn: () => g.rnn(features, hidden, { name: "net", form: "scan" }),
  gru: () => g.gru(features, hidden, { name: "net", form: "scan" }),
  lstm: () => g.lstm(features, hidden, { name: "net", form: "scan" }),
} as const;
type Kind = keyof typeof layers;

/** The last state of one layer, through a linear one, trained by Adam. */
function network(kind: Kind, steps: number): Promise<Compiled> {
  const x = g.input("x", [steps, features]);
  const y = g.input("y", [2]);
  const last = {
    rnn: () => layers.rnn()(x as g.Tensor).h,
    gru: () => layers.gru()(x as g.Tensor).h,
    lstm: () => layers.lstm()(x as g.Tensor).h,
  }[kind]();
  const out = g.linear(g.reshape(last, [hidden]), 2, { name: "out" });
  const model = g.model({
    inputs: { x, y },
    outputs: { out },
    loss: g.mse(out, y),
    optimizer: g.adam(0.01),
  });
  return compileModel(model, {
    sourceName: "model.ts",
    command: "npm run compile model.ts",
    unroll: "auto",
    math: "exact",
    verify: false,
  });
}

describe("a sequence of 2,000 steps as a scan", { timeout: 60_000 }, () => {
  it.each([
    ["rnn", 1],
    ["gru", 1],
    ["lstm", 2],
  ] as const)(
    "%s() is a module below 60 KB and keeps nothing of a step but the carry it found",
    async (kind, parts) => {
      const [short, long] = [
        await network(kind, 1000),
        await network(kind, 2000),
      ];
      expect(long.summary.bytes).toBeLessThan(60_000);
      // The same text, but for the numbers in it.
      expect(Math.abs(long.summary.bytes - short.summary.bytes)).toBeLessThan(
        1000,
      );
      const numbers = (long.summary.ram - short.summary.ram) / (1000 * 8);
      expect(numbers).toBe(features + parts * hidden);
    },
  );

  it("a step of a scan computes each value once", async () => {
    const { text } = await network("lstm", 20);
    const formulas = text
      .split("\n")
      .filter((line) => /^ +\/\/ dL\/dgates\[i\] = /.test(line));
    // In the plain function and in that of the handle.
    expect(formulas).toHaveLength(2);
    expect(text).not.toContain("Concat");
  });
});
