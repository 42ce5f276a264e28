/** The student's page: the module's own formulas and names, with numbers put in. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { explainModel } from "../compiler/explain.js";
import type { Node } from "../dsl/graph.js";
import {
  adam,
  add,
  crossEntropy,
  flatten,
  indices,
  input,
  linear,
  model,
  mse,
  mul,
  param,
  relu,
  scan,
  sgd,
  softmax,
  square,
  stopGradient,
  sum,
  tanh,
  type Model,
  type Tensor,
} from "../dsl/index.js";
import { numbers } from "../dsl/ops/elementwise.js";
import { customNode } from "../dsl/primitives/identity.js";
import { constant, mul as times } from "../dsl/primitives/scalar.js";
import { asTensor } from "../dsl/tensor.js";
import { gradc, root } from "./cliHarness.js";
import { read, seedArguments } from "./support/documents.js";

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);

const explain = (m: Model, set: Record<string, readonly number[]> = {}) =>
  explainModel(m, { sourceName: "model.ts", set });

/** Cells of every table row of a page, without code marks. */
const rowsOf = (page: string): string[][] =>
  page
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .slice(2, -2)
        .split(" | ")
        .map((cell) => cell.replaceAll("`", "")),
    );

/** Results of a page by the name that their formula defines. */
const resultsOf = (page: string): Map<string, number> =>
  new Map(
    rowsOf(page).flatMap((cells) => {
      const at = cells.findIndex((cell) => / = /.test(cell));
      const [formula = "", , result] = cells.slice(
        cells[at]?.startsWith("dL/") === true ? at + 1 : at,
      );
      return at < 0 || result === undefined
        ? []
        : [[formula.split(" = ")[0] ?? "", Number(result)] as const];
    }),
  );

describe("the seed's page", () => {
  const page = read("docs/seed.md");

  test("docs/seed.md is what the command prints (npm run docs)", async () => {
    const { status, stdout, stderr } = await gradc(root, seedArguments);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toBe(page);
  });

  test("has the numbers of the derivation by hand", () => {
    const [x1, x2, y1, y2] = [0.05, 0.1, 0.01, 0.99];
    const w = [NaN, 0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55] as const;
    const [z1, z2] = [w[1] * x1 + w[3] * x2, w[2] * x1 + w[4] * x2];
    const [z3, z4] = [w[5] * z1 + w[7] * z2, w[6] * z1 + w[8] * z2];
    const [e1, e2] = [z3 - y1, z4 - y2];
    const [dz1, dz2] = [e1 * w[5] + e2 * w[6], e1 * w[7] + e2 * w[8]];
    const wanted = {
      ...{ z1, z2, z3, z4, e1, e2, loss: (e1 ** 2 + e2 ** 2) / 2 },
      ...{ dz3: e1, dz4: e2, dz1, dz2 },
      ...{ dw5: e1 * z1, dw7: e1 * z2, dw6: e2 * z1, dw8: e2 * z2 },
      ...{ dw1: dz1 * x1, dw3: dz1 * x2, dw2: dz2 * x1, dw4: dz2 * x2 },
    };
    const got = resultsOf(page);
    expect([...got.keys()].sort()).toEqual(Object.keys(wanted).sort());
    for (const [name, value] of Object.entries(wanted))
      expect(got.get(name), name).toBe(Number(value.toPrecision(6)));
    for (const [weight, before, , , after] of rowsOf(page).slice(-8)) {
      const k = Number(weight?.slice(1));
      expect(Number(before)).toBe(w[k]);
      const d = wanted[`dw${String(k)}` as "dw1"];
      expect(Number(after)).toBe(
        Number(((w[k] ?? NaN) - 0.1 * d).toPrecision(6)),
      );
    }
  });

  test("has every chain rule of the module, and no other", () => {
    const chains = /dL\/d\w+ = .+/g;
    const module = read("generated/model.ts");
    const backward = module.slice(
      module.indexOf("function backward"),
      module.indexOf("function step"),
    );
    const own = rowsOf(page).flatMap(([cell = ""]) => cell.match(chains) ?? []);
    expect(own).toEqual(backward.match(chains));
  });
});

describe("every example", { timeout: 60_000 }, () => {
  const models = readdirSync(join(root, "examples"))
    .map((name) => `examples/${name}`)
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => read(name).includes("export default model("));

  test.concurrent.each(models)(
    "%s: central differences agree",
    async (name) => {
      const { status, stdout, stderr } = await gradc(root, ["explain", name]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toContain("✓");
      expect(stdout).not.toContain("✗");
      expect(stdout).not.toContain("NaN");
      expect(stdout).not.toContain("undefined");
      const layers = stdout.match(/^### /gm) ?? [];
      // A recurrent layer has all formulas of its cell.
      expect(stdout.split("\n").length).toBeLessThan(70 * layers.length);
    },
  );
});

describe("explain", () => {
  const seed = (): Model => {
    const [x, y] = [input("x", [2]), input("y", [1])];
    const hidden = tanh(linear(x, 2, { name: "hidden" }), { name: "a" });
    const output = linear(hidden, 1, { name: "output" });
    return model({
      inputs: { x, y },
      outputs: { output },
      loss: mse(output, y),
      optimizer: sgd(0.5),
    });
  };

  test("starts where it is told, a whole array or one entry", () => {
    const page = explain(seed(), {
      "hidden.weight": [1, 2, 3, 4],
      outputBias1: [-0.25],
      x1: [7],
    });
    const rows = rowsOf(page);
    expect(rows).toContainEqual([
      "hiddenWeight3",
      "hidden.weight[1][0]",
      "3",
      "given",
    ]);
    expect(rows).toContainEqual([
      "outputBias1",
      "output.bias[0]",
      "-0.25",
      "given",
    ]);
    expect(page).toContain("- `x`: `x1 = 7, x2 = 0.5`");
    expect(page).toContain("hiddenBias1` | `hidden.bias[0]` | ");
  });

  test("puts negative numbers in parentheses and squares them whole", () => {
    const page = explain(seed(), { x: [-1, 2], "output.bias": [-3] });
    expect(page).toContain(" * (-1) + ");
    expect(page).toMatch(/\(1 - \(-?[\d.]+\)\^2\)|\(1 - [\d.]+\^2\)/);
    expect(page).not.toMatch(/[*+] -\d/);
  });

  test("an elementwise layer has its slope in the heading", () => {
    expect(explain(seed())).toContain("### tanh, da/dhidden = 1 - a^2");
  });

  test("holds what stopGradient hides, so that differences agree", () => {
    const [x, y] = [input("x", [2]), input("y", [2])];
    const hidden = linear(x, 2, { name: "hidden" });
    const gated = mul(hidden, stopGradient(hidden), { name: "gated" });
    const page = explain(
      model({
        inputs: { x, y },
        outputs: { gated },
        loss: mse(gated, y),
        optimizer: sgd(0.1),
      }),
    );
    expect(page).toContain("✓");
    expect(page).not.toContain("✗");
  });

  test("a large network has formulas with indices and a few entries", () => {
    const [x, label] = [input("x", [20, 20]), indices("label", [], 10)];
    const hidden = tanh(linear(flatten(x), 50, { name: "hidden" }), {
      name: "a",
    });
    const logits = linear(hidden, 10, { name: "logits" });
    const page = explain(
      model({
        inputs: { x, label },
        outputs: { logits, p: softmax(logits, -1, { name: "p" }) },
        loss: crossEntropy(logits, label),
        optimizer: adam(0.01),
      }),
      { label: [3] },
    );
    expect(page).toContain(
      "`hidden[i] = sum_k(hidden.weight[i][k] x[k]) + hidden.bias[i]`, shape [50]",
    );
    expect(page).toContain("`dL/dhidden.weight[0][2]`");
    expect(page).toContain("The first 8 of 20560 weights");
    expect(page).toMatch(
      /\| weight w \| before \| dL\/dw \| m after \| v after \| w after \|/,
    );
    expect(page.split("\n").length).toBeLessThan(250);
    expect(page).not.toContain("✗");
    expect(explain(seed())).toBe(explain(seed()));
  });

  test("the steps of a loop have their own names and numbers", () => {
    const [x, y] = [input("x", [3, 2]), input("y", [2])];
    const w = param("w", [2], { init: [0.5, -0.5] });
    const run = scan(x, mul(y, 0), (h, e) => {
      const next = tanh(add(mul(w, h), e));
      return { carry: next, output: next };
    });
    const page = explain(
      model({
        inputs: { x, y },
        outputs: { last: run.carry },
        loss: mse(run.carry, y),
        optimizer: sgd(0.1),
      }),
      { x: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], y: [1, 1] },
    );
    const first = Math.tanh(0.1);
    const second = Math.tanh(0.5 * first + 0.3);
    const last = Math.tanh(0.5 * second + 0.5);
    expect(resultsOf(page).get("scanTanh1_3")).toBe(
      Number(last.toPrecision(6)),
    );
    expect(page).toMatch(/`dL\/dw1` .* ✓ \S+ \|/);
  });

  test("says that differences say nothing at a kink", () => {
    const x = input("x", [1]);
    const w = param("w", [1], { init: [0] });
    const output = relu(mul(w, x));
    const page = explain(
      model({
        inputs: { x },
        outputs: { output },
        loss: sum(output),
        optimizer: sgd(0.1),
      }),
      { x: [1] },
    );
    expect(page).toMatch(/`dL\/dw1 = .* - 5e-1 \|/);
  });

  test("a derivative that differs from central differences is an error, be it small", () => {
    const x = input("x", [2]);
    const product = numbers("test", mul(param("w", [2]), x));
    // It says of itself that its derivative is that of its value.
    const wrong = (dy: Node): Node[] => [times(dy, constant(2))];
    const z = asTensor<Tensor<[2]>>(
      customNode(product, [product], wrong, true),
    );
    expect(() =>
      explain(
        model({
          inputs: { x },
          outputs: { z },
          loss: mul(sum(square(z)), 1e-4),
          optimizer: sgd(0.1),
        }),
      ),
    ).toThrow("internal: dw[0] is ");
  });
});
