/** What a module says of derivatives that the model declares itself, or computes again. */
import { describe, expect, it } from "vitest";
import * as g from "../dsl/index.js";
import type { Tensor } from "../dsl/index.js";
import { compileModel } from "../compiler/compile.js";
import { explainModel } from "../compiler/explain.js";

/** The module's text with each comment on one line. */
async function compiled(model: g.Model, unroll: "auto" | "never" = "auto") {
  const { text } = await compileModel(model, {
    sourceName: "model.ts",
    command: "test",
    unroll,
    math: "exact",
    verify: true,
  });
  return text.replace(/\s*\n \*\s*|\n *\/\/ {3}/g, " ");
}

describe("customGradient", () => {
  const build = () => {
    const x = g.input("x", [3]);
    const y = g.input("y", [2]);
    const w = g.linear(x, 2, { name: "w" });
    const twice = g.customGradient(
      (v: Tensor<[2]>) => g.square(v),
      (dy) => [g.mul(7, dy)],
    );
    const h = twice(w);
    return g.model({
      inputs: { x, y },
      outputs: { h },
      loss: g.mse(h, y),
      optimizer: g.sgd(0.1),
    });
  };

  it("is taken at its word, which the header says", async () => {
    const text = await compiled(build());
    expect(text).toMatch(
      /of central differences, customGradient taken at its word\./,
    );
    expect(text).toContain("// Backward: customGradient\n");
  });

  it("has no slope of the function in a page of explain", () => {
    const page = explainModel(build(), { sourceName: "model.ts", set: {} });
    expect(page).toContain("### customGradient\n");
    expect(page).toContain("What stopGradient stops and customGradient");
  });
});

describe("checkpoint", () => {
  const build = () => {
    const x = g.input("x", [3]);
    const y = g.input("y", [2]);
    const first = g.checkpoint((v: Tensor<[3]>) =>
      g.tanh(g.linear(v, 3, { name: "l1" })),
    );
    const second = g.checkpoint((v: Tensor<[3]>) =>
      g.tanh(g.linear(v, 2, { name: "l2" })),
    );
    const h = second(first(x));
    return g.model({
      inputs: { x, y },
      outputs: { h },
      loss: g.mse(h, y),
      optimizer: g.sgd(0.1),
    });
  };

  it("is drawn as what is in it", async () => {
    const text = await compiled(build());
    expect(text).toContain("l2[2] = linear(tanh(l1)) ");
    expect(text).toMatch(/L = mse\(tanh\(l2\), y\)/);
  });

  it("has derivatives of parameters that are called so", async () => {
    const text = await compiled(build(), "never");
    const left = [...text.matchAll(/^ *\/\/ (\S+) = dL\//gm)].map(
      ([, name]) => name,
    );
    expect(left).toContain("dL/dl1.weight[i][j]");
    expect(left.filter((name) => !name?.startsWith("dL/"))).toEqual([]);
  });
});

it("a choice in a choice has parentheses", async () => {
  const x = g.input("x", [3]);
  const y = g.input("y", [3]);
  const h = g.linear(x, 3);
  const text = await compiled(
    g.model({
      inputs: { x, y },
      outputs: { h },
      loss: g.norm(g.sub(h, y)),
      optimizer: g.sgd(0.1),
    }),
    "never",
  );
  expect(text).not.toContain("taken at");
  expect(text).toContain(
    "(normMax where normMax < Infinity, else 1) where 0 < normMax, else 1",
  );
});

it("logits come before the classes that they are compared with", async () => {
  const x = g.input("x", [3]);
  const label = g.indices("label", [], 3);
  const logits = g.linear(x, 3);
  const logp = g.logSoftmax(logits);
  const text = await compiled(
    g.model({
      inputs: { x, label },
      outputs: { logp },
      loss: g.add(g.nll(logp, label), g.mul(0.01, g.mean(g.square(logits)))),
      optimizer: g.sgd(0.1),
    }),
  );
  expect(text).toMatch(/L = nll\(logp\w*, label\) \+ /);
});
