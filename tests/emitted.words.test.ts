/** What generated text says: comments, headings and names of what the code beside them computes. */
import { describe, expect, it } from "vitest";
import type { Unrolling } from "../compiler/emit/body.js";
import { explainModel } from "../compiler/explain.js";
import {
  add,
  div,
  gelu,
  gru,
  input,
  linear,
  model,
  mse,
  select,
  sgd,
  softplus,
  sqrt,
  square,
  type Model,
  type Tensor,
} from "../dsl/index.js";
import { compile } from "./emitted/compiled.js";

const [x, y] = [input("x", [2]), input("y", [2])];
/** A layer of two entries, and what `build` makes of it against y. */
function after(build: (z: Tensor<[2]>) => Tensor<[2]>): Model {
  const output = build(linear(x, 2, { name: "z" }));
  return model({
    inputs: { x, y },
    outputs: { output },
    loss: mse(output, y),
    optimizer: sgd(0.1),
  });
}

const textOf = async (m: Model, unroll: Unrolling = "auto"): Promise<string> =>
  (await compile(m, "model", unroll)).text;

const page = (m: Model): string =>
  explainModel(m, { sourceName: "model.ts", set: {} });

/** Rows of the tables of a page. */
const rowsOf = (text: string): string[] =>
  text.split("\n").filter((line) => line.startsWith("| `"));

describe("a formula", () => {
  it("has parentheses around what would read as a subtraction", () => {
    const text = page(after((z) => div(z, sqrt(add(square(z), 1)))));
    expect(text).not.toMatch(/[\w)] -\(?\w/);
    expect(text).toContain("2 (-");
  });
});

/** Chain rules of a function, each on one line again. */
const chainsOf = (text: string, name: string): string[] => {
  const body = text.slice(text.indexOf(`function ${name}(`)).split("\n}\n");
  return [
    ...(body[0] ?? "")
      .replaceAll(/\n *\/\/ {3}/g, " ")
      .matchAll(/\/\/ (dL\/d\w+ = dL.*)/g),
  ].map(([, chain = ""]) => chain);
};

describe("a chain rule", () => {
  const recurrent = (): Model => {
    const [steps, wanted] = [input("x", [2, 1]), input("y", [1])];
    const last = select(gru(1, 1)(steps).output, 0, 1);
    return model({
      inputs: { x: steps, y: wanted },
      outputs: { last },
      loss: mse(last, wanted),
      optimizer: sgd(0.1),
    });
  };
  const ofState = /dL\/dh_t1_1 = .*dL\/dfromState_t2_1 .* dL\/dh_t2_1 /;

  it("has no term whose derivative is 0, in module and page", async () => {
    for (const chain of [
      chainsOf(await textOf(recurrent()), "backward"),
      rowsOf(page(recurrent())),
    ]) {
      const state = chain.find((c) => ofState.test(c)) ?? "";
      expect(state).toContain("dL/dfromState_t2_3 dfromState_t2_3/dh_t1_1");
      expect(state).not.toContain("doutput1");
    }
  });

  it("has the terms of what has no name", async () => {
    const chains = chainsOf(await textOf(recurrent()), "backward");
    expect(chains).toContain(
      "dL/dfromState_t2_1 = dL/dh_t2_1 dh_t2_1/dfromState_t2_1",
    );
    expect(chains.join()).not.toContain("...");
  });

  it.each([gelu, softplus])("is the same for n examples", async (f) => {
    const text = await textOf(after((z) => f(z, { name: "h" })));
    const rule = "dL/dz1 = dL/dh1 dh1/dz1";
    expect(chainsOf(text, "backward")).toContain(rule);
    expect(chainsOf(text, "runBackward")).toContain(rule);
  });
});

describe("a choice", () => {
  it("has the comparison as its condition, in both functions", async () => {
    const text = await textOf(after((z) => softplus(add(z, z))));
    expect(text).not.toContain("? 1 : 0");
    expect(text).not.toContain("!== 0 ?");
  });
});
