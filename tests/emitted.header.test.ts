/** What the first words of the committed modules say of their networks; examples.test.ts keeps the modules fresh. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  adam,
  add,
  clipNorm,
  cosineSimilarity,
  dense,
  div,
  input,
  linear,
  lstm,
  model,
  mse,
  mul,
  param,
  pow,
  sgd,
  sqrt,
  square,
  sum,
  tanh,
  type Model,
} from "../dsl/index.js";
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

  it.each([-2, -1, -0.5, 0.5, 2, 3, 4, 5, 1.5])(
    "has the exponent of pow(h, %d)",
    async (p) => {
      const x = input("x", [2]);
      const h = tanh(linear(x, 2));
      const powers = pow(h, p);
      const { text } = await compile(
        model({
          inputs: { x },
          outputs: { powers },
          loss: sum(pow(powers, p)),
          optimizer: sgd(0.1),
        }),
        "powers",
        "auto",
      );
      const exponent = p < 0 ? `(${String(p)})` : String(p);
      expect(text).toContain(` *     powers[2] = tanh(linear)^${exponent}\n`);
      expect(text).toContain(` *     L = sum(powers^${exponent})\n`);
      expect(text).not.toMatch(/pow\(\w+\)/);
    },
  );

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

/** The lines of a module's header, without what is drawn around them. */
const headerOf = async (m: Model): Promise<string[]> => {
  const [first = ""] = (await compile(m, "model", "auto")).text.split("*/");
  return first.split("\n").map((line) => line.replace(/^ \* +/, ""));
};

describe("a header draws", () => {
  const [x, a] = [input("x", [4]), input("a", [4])];
  const t = input("t", []);

  it("each use of a layer as a value of its own, whose cotangent has its name", async () => {
    const layer = dense(4, 3, { name: "shared" });
    const s = cosineSimilarity(layer(x), tanh(layer(a)));
    const m = model({
      inputs: { x, a, t },
      outputs: { s },
      loss: mse(s, t),
      optimizer: sgd(0.1),
    });
    expect(await headerOf(m)).toEqual(
      expect.arrayContaining([
        "dense[3] = shared(x)",
        "dense_2[3] = shared(a)",
        "s = cosineSimilarity(dense, tanh(dense_2))",
      ]),
    );
    const { text } = await compile(m, "model", "full");
    const rows = text.slice(text.indexOf("function backward("));
    for (const name of ["dense1", "dense_2_1"])
      expect(rows).toMatch(new RegExp(`const ${name} =[^]*const d${name} =`));
    expect(rows).toMatch(/g\[0\] \+= ddense1 \* x1 \+ ddense_2_1 \* a1;/);
  });

  it("a name for one thing alone", async () => {
    const [m, v] = [tanh(x, { name: "m" }), square(x, { name: "v" })];
    const s = sum(mul(linear(add(m, v), 4, { name: "h" }), a));
    const lines = await headerOf(
      model({
        inputs: { x, a, t },
        outputs: { s },
        loss: mse(s, t),
        optimizer: adam(0.1),
      }),
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        "m[4] = tanh(x)",
        "t_2 = steps + 1",
        "stepSize = lr / (1 - 0.9^t_2)",
        "m_2 <- 0.9 m_2 + 0.1 g",
        "v_2 <- 0.999 v_2 + 0.001 g^2",
        "w <- w - stepSize m_2 / (sqrt(v_2) / correction + 1e-8)",
      ]),
    );
    const left = lines.flatMap(
      (l) => /^(\w+)(?:\[.*\])? (?:=|<-) /.exec(l)?.[1] ?? [],
    );
    expect(left).toEqual([...new Set(left)]);
  });

  it("all results of one call", async () => {
    const steps = input("steps4", [5, 4]);
    const { output, h, c } = lstm(4, 3)(steps, undefined, { name: "r" });
    expect(
      await headerOf(
        model({
          inputs: { steps4: steps },
          outputs: { output, h, c },
          loss: sum(square(output)),
          optimizer: sgd(0.1),
        }),
      ),
    ).toContain("r[5, 3], h[1, 3], c[1, 3] = lstm(steps4)");
  });

  it("a schedule of one's own as a formula, with the names of its text alone", async () => {
    const h = linear(x, 4, { name: "h" });
    const lines = await headerOf(
      model({
        inputs: { x, a },
        outputs: { h },
        loss: mse(h, a),
        optimizer: sgd(0.1, {
          schedule: (lr, k) => {
            const pace = sqrt(add(k, 1), { name: "pace" });
            return mul(add(lr, div(1, pace)), div(2, pace));
          },
        }),
      }),
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        "pace = sqrt(steps + 1)",
        "rate = (lr + 1 / pace) (2 / pace)",
        "w <- w - rate dL/dw",
      ]),
    );
  });

  it("the norm that gradients of several groups are clipped by, once", async () => {
    const h = linear(x, 4, { name: "h" });
    const lines = await headerOf(
      model({
        inputs: { x, a },
        outputs: { h },
        loss: mse(h, a),
        optimizer: sgd(0.1, {
          groups: [{ params: ["h.bias"], lr: 0.2 }],
          clip: clipNorm(1),
        }),
      }),
    );
    expect(lines.filter((line) => line.startsWith("norm ="))).toHaveLength(1);
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

it("the functions and values that draw random numbers are called what they are", () => {
  const file = new URL("../generated/vae.ts", import.meta.url);
  const text = readFileSync(file, "utf8");
  expect(text).toMatch(/^function forwardStepKey\(m: Memory\): void \{$/m);
  expect(text).toContain(
    "randomNormalKey = floor(4294967296 uniform(stepKey, ",
  );
  expect(text).not.toContain("function forwardLoss(");
});
