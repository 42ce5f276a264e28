/** What the first words of the committed modules say of their networks; examples.test.ts keeps the modules fresh. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { input, model, mul, param, sgd } from "../dsl/index.js";
import { compile } from "./emitted/compiled.js";

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

  const reason = "Sums start at -0: x + -0 is x for every x, but -0 + 0 is 0.";

  it("says why sums start at -0", () => {
    for (const module of ["model", "iris", "gpt"])
      expect(header(module)).toContain(reason);
  });

  it("says nothing of sums where there are none", async () => {
    const x = input("x", [], { batched: false });
    const output = mul(param("a", [], { frozen: true }), x);
    const frozen = model({
      inputs: { x },
      outputs: { output },
      loss: mul(output, output),
      optimizer: sgd(0.1),
    });
    const { text } = await compile(frozen, "model", "auto");
    expect(text).not.toContain("-0");
  });
});

it("init and create say what a seed may be", () => {
  const file = new URL("../generated/iris.ts", import.meta.url);
  const text = readFileSync(file, "utf8").replace(/\s*\n \*\s*/g, " ");
  const [doc = ""] = text.split("export function init(");
  const last = doc.slice(doc.lastIndexOf("/**"));
  expect(last).toContain("`seed`, an integer from 0 to 2^32 - 1");
});

it.each([
  ["model", "in place: w <- w - lr dL/dw."],
  ["iris", "momentum 0.9, in place, as `step` does."],
  ["vae", "One step of Adam, in place, as `step` does."],
])(
  "the handle's update of %s says its rule, or whose it is",
  (module, rule) => {
    const file = new URL(`../generated/${module}.ts`, import.meta.url);
    const text = readFileSync(file, "utf8");
    const [, doc = ""] =
      /\/\*\*((?:(?!\*\/)[^])*)\*\/\nfunction runUpdate\(/.exec(text) ?? [];
    expect(doc.replace(/\s*\n \*\s*/g, " ")).toContain(rule);
  },
);
