/** What generated text says: comments, headings and names of what the code beside them computes. */
import { describe, expect, it } from "vitest";
import type { Unrolling } from "../compiler/emit/body.js";
import { explainModel } from "../compiler/explain.js";
import {
  adam,
  add,
  clamp,
  crossEntropy,
  embedding,
  eye,
  fill,
  kaimingNormal,
  kaimingUniform,
  normal,
  sum,
  uniformBetween,
  xavierNormal,
  xavierUniform,
  div,
  gelu,
  greater,
  gru,
  indices,
  input,
  linear,
  model,
  mse,
  mul,
  param,
  rnn,
  select,
  sgd,
  softmax,
  softplus,
  sqrt,
  square,
  where,
  type Model,
  type ParamOptions,
  type Tensor,
} from "../dsl/index.js";
import { compile } from "./emitted/compiled.js";

/** An update with a schedule of the number of the step, counted from 1. */
const scheduled = (loop: Unrolling): Promise<string> => {
  const output = linear(x, 2);
  return textOf(
    model({
      inputs: { x, y },
      outputs: { output },
      loss: mse(output, y),
      optimizer: adam(0.1, { schedule: (lr, k) => div(lr, add(k, 1)) }),
    }),
    loop,
  );
};

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

describe("the number of a step", () => {
  it("is t for the schedule too, which counts from 0", async () => {
    const text = await scheduled("auto");
    expect(text).toContain(" *     t = steps + 1\n *     stepSize = lr / t /");
    expect(text).toContain("  const t = steps + 1;\n");
    expect(text).not.toContain("sum = steps + 1");
    expect(text.match(/steps \+ 1;/g)).toHaveLength(2);
  });

  it("has no second name in loops", async () => {
    const text = await scheduled("never");
    expect(text).not.toContain("sum = steps + 1");
  });
});

describe("init", () => {
  const startOf = async (options: ParamOptions): Promise<string> => {
    const w = param("w", [8, 24], options);
    const text = await textOf(
      model({
        inputs: { x },
        outputs: { x },
        loss: sum(mul(w, w)),
        optimizer: sgd(0.1),
      }),
    );
    return (
      /\n \* {5}w(.*)\n \*\/\nexport function init/.exec(text)?.[1] ?? text
    );
  };

  it.each<[string, ParamOptions, string]>([
    ["nothing", {}, " ~ U(-1/sqrt(24), 1/sqrt(24))"],
    ["bounds", { init: uniformBetween(-0.05, 0.05) }, " ~ U(-0.05, 0.05)"],
    ["other bounds", { init: uniformBetween(0.25, 0.75) }, " ~ U(0.25, 0.75)"],
    ["Glorot", { init: xavierUniform() }, " ~ U(-sqrt(3/16), sqrt(3/16))"],
    ["He", { init: kaimingUniform() }, " ~ U(-0.5, 0.5)"],
    [
      "nn.Linear",
      { init: kaimingUniform({ a: Math.sqrt(5) }) },
      " ~ U(-1/sqrt(24), 1/sqrt(24))",
    ],
    ["Glorot's normal", { init: xavierNormal() }, " ~ N(0, 0.25^2)"],
    ["He's normal", { init: kaimingNormal() }, " ~ N(0, 1/12)"],
    ["a deviation", { init: normal(0.5, 0.02) }, " ~ N(0.5, 0.02^2)"],
    ["a number", { init: fill(3) }, " = 3"],
    [
      "a list",
      { init: Array.from({ length: 192 }, (_, i) => i) },
      ": the numbers of the model",
    ],
    ["a matrix", { init: eye() }, ": as below"],
  ])("says what %s draws from", async (_, init, rule) => {
    expect(await startOf(init)).toBe(rule);
  });

  it("says once what parameters have alike, and what stays 0", async () => {
    const i = indices("i", [], 5);
    const output = linear(embedding(i, 5, 4, { paddingIndex: 2 }), 2);
    const text = await textOf(
      model({
        inputs: { i, y },
        outputs: { output },
        loss: mse(output, y),
        optimizer: sgd(0.1),
      }),
    );
    expect(text).toContain(
      " *     embedding.weight ~ N(0, 1) or 0\n" +
        " *     linear.weight, linear.bias ~ U(-0.5, 0.5)\n",
    );
  });
});

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

  it("has no term of a step that nobody reads", async () => {
    const [steps, wanted] = [input("x", [3, 2]), input("y", [1])];
    const { output } = rnn(2, 1)(steps, undefined, { name: "h" });
    const last = select(output, 0, 2);
    const text = await textOf(
      model({
        inputs: { x: steps, y: wanted },
        outputs: { last },
        loss: mse(last, wanted),
        optimizer: sgd(0.1),
      }),
    );
    expect(text).toContain("const dh3 = dlast1;");
    expect(text).not.toMatch(/\bdh[12]\b/);
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

describe("a section", () => {
  const mixed = (): Model =>
    after((z) => {
      const halved = where(greater(x, 0), z, mul(z, 0.5), { name: "k" });
      return clamp(div(halved, sqrt(add(square(halved), 1))), {
        min: -0.5,
        max: 0.5,
      });
    });

  it("has the titles of the functions whose derivatives it holds", async () => {
    const text = await textOf(mixed());
    const headings = [...text.matchAll(/\/\/ (Backward: .*)/g)].map(
      ([, heading]) => heading,
    );
    const wanted = ["mse", "clamp", "div, sqrt, square", "where, mul", "z"].map(
      (title) => `Backward: ${title}`,
    );
    expect(headings).toEqual([...wanted, ...wanted]);
    for (const heading of wanted)
      expect(page(mixed())).toContain(heading.replace("Backward:", "###"));
  });

  it("is a layer of the model in the parts of a function too", async () => {
    const text = await textOf(mixed(), "never");
    const handle = text.slice(text.indexOf("interface Memory"));
    const headings = handle.match(/(?<=\/\/ )(?:Forward|Backward): .*/g);
    expect(headings).toContain(
      "Backward: mse, clamp, div, sqrt, square, ..., mul",
    );
    expect(headings?.join()).not.toMatch(/_\d/);
    expect(text).toContain("// The mean loss of the examples");
    expect(text).toContain("// meanLoss = lossSum / n");
  });

  it("is the same for one example and for n", async () => {
    const text = await textOf(classified());
    expect(text.match(/Forward: (?:softmax|crossEntropy)/g)).toEqual([
      "Forward: crossEntropy",
      "Forward: crossEntropy",
    ]);
  });
});

/** An output that shares its exponentials with the loss, and a parameter of one entry without a shape. */
function classified(): Model {
  const label = indices("label", [], 2);
  const logits = mul(param("a", [], { init: [1] }), linear(x, 2), {
    name: "logits",
  });
  return model({
    inputs: { x, label },
    outputs: { p: softmax(logits, -1, { name: "p" }) },
    loss: crossEntropy(logits, label),
    optimizer: sgd(0.1),
  });
}

describe("a name", () => {
  it("is one for what outputs and loss share", () => {
    const text = page(classified());
    expect(text.match(/`logitsExp1 = /g)).toHaveLength(1);
    expect(text).not.toContain("logitsExp1_2");
  });

  it("says what a function makes, once, and of what", async () => {
    const text = await textOf(
      after((z) => {
        const q = div(mul(z, z), add(square(x), 1));
        return gelu(mul(gelu(q, { name: "h" }), 0.5));
      }),
      "never",
    );
    expect(text).toMatch(/\bquotient\b/);
    expect(text).toMatch(/\bhProduct\b/);
    expect(text).not.toMatch(/mulMul|divDiv|mulProduct|divQuotient/);
  });

  it("is said once of a parameter that is one number", async () => {
    expect(await textOf(classified())).toContain("/** a */");
  });

  it("of an entry is that of the array that holds it", async () => {
    const text = await textOf(after((z) => gelu(z, { name: "h" })));
    const [, handle = ""] = text.split("function runBackward(");
    expect(handle).toMatch(/geluScaled\[0\] = z1 \* [\d.]+;\n/);
    expect(handle).not.toContain("_2");
  });
});

describe("a choice", () => {
  it("has the comparison as its condition, in both functions", async () => {
    const text = await textOf(after((z) => softplus(add(z, z))));
    expect(text).not.toContain("? 1 : 0");
    expect(text).not.toContain("!== 0 ?");
  });
});
