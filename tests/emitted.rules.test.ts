/** What a module and the student's page say of the optimizer: its rule with every option, as the code beside it computes it. */
import { describe, expect, it } from "vitest";
import { explainModel } from "../compiler/explain.js";
import {
  adamw,
  clipNorm,
  input,
  linear,
  lion,
  model,
  mse,
  sgd,
  stepLr,
  type Model,
  type Optimizer,
} from "../dsl/index.js";
import { compile } from "./emitted/compiled.js";

function trained(optimizer: Optimizer): Model {
  const [x, y] = [input("x", [2]), input("y", [1])];
  const output = linear(x, 1, { name: "output" });
  return model({
    inputs: { x, y },
    outputs: { output },
    loss: mse(output, y),
    optimizer,
  });
}

const textOf = async (optimizer: Optimizer): Promise<string> =>
  (await compile(trained(optimizer), "model", "auto")).text;

/** Comment lines without their marks, one space between words. */
const spoken = (comment: string): string =>
  comment.replaceAll(/\n ?\* ?/g, "\n").replaceAll(/[ \n]+/g, " ");

/** The docstring of `step`. */
const docOf = (text: string): string =>
  spoken(
    /\/\*\*(?:(?!\*\/)[^])*\*\/\nexport function step/.exec(text)?.[0] ?? "",
  );

const page = (optimizer: Optimizer): string =>
  explainModel(trained(optimizer), { sourceName: "model.ts", set: {} });

const rows: readonly (readonly [
  what: string,
  optimizer: () => Optimizer,
  lines: readonly string[],
])[] = [
  ["one formula", () => sgd(0.1), ["w <- w - lr dL/dw"]],
  [
    "decay, clipping, a schedule and the way up",
    () =>
      sgd(0.1, {
        weightDecay: 0.2,
        clip: clipNorm(0.5),
        schedule: stepLr(10),
        maximize: true,
      }),
    [
      "g = dL/dw",
      "rate = lr 0.1^floor(steps / 10)",
      "norm = sqrt(sum(g^2))",
      "scale = min(0.5 / (norm + 0.000001), 1)",
      "w <- w - rate (0.2 w - g scale)",
    ],
  ],
  [
    "Nesterov's momentum with decay",
    () => sgd(0.5, { momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
    [
      "decayed = dL/dw + 0.01 w",
      "momentum <- 0.9 momentum + decayed",
      "w <- w - lr (decayed + 0.9 momentum)",
    ],
  ],
  [
    "the first step of a dampened momentum",
    () => sgd(0.1, { momentum: 0.9, dampening: 0.5 }),
    [
      "t = steps + 1",
      "momentum <- g where t === 1, else 0.9 momentum + 0.5 g",
      "w <- w - lr momentum",
    ],
  ],
  [
    "a parameter before the state that it reads",
    () => lion(0.1),
    [
      "blend = 0.9 m + 0.1 g",
      "w <- w - lr (1 where 0 < blend, else -1 where blend < 0, else blend)",
      "m <- 0.99 m + 0.01 g",
    ],
  ],
  [
    "a group with a rate and a decay of its own",
    () =>
      adamw(0.01, {
        groups: [{ params: ["output.bias"], lr: 0.03, weightDecay: 0 }],
      }),
    [
      "kept = 1 - 0.01 lr",
      "stepSize = lr / (1 - 0.9^t)",
      "w <- w kept - stepSize m / (sqrt(v) / correction + 1e-8)",
      "output.bias",
      "stepSize = 3 lr / (1 - 0.9^t)",
      "w <- w - stepSize m / (sqrt(v) / correction + 1e-8)",
    ],
  ],
];

describe("the rule of a step", () => {
  it.each(rows)("says %s, in step, header and page", async (_, make, lines) => {
    const text = await textOf(make());
    const header = spoken(text.slice(0, text.indexOf("*/")));
    for (const line of lines) {
      expect(docOf(text)).toContain(line);
      expect(header).toContain(line);
      expect(page(make())).toContain(line);
    }
  });

  it("is what the code of step computes, to the name", async () => {
    const text = await textOf(
      adamw(0.01, { clip: clipNorm(1), schedule: stepLr(10) }),
    );
    const body = text.slice(text.indexOf("export function step("));
    const [code = ""] = body.split("\n}\n");
    const words = [...docOf(text).matchAll(/ (\w+) = /g)].map(([, w]) => w);
    expect(words).toHaveLength(9);
    for (const word of words.slice(1))
      expect(code, word).toMatch(new RegExp(`const ${word ?? ""}1? =\\s`));
  });

  it("names the options in the first words", async () => {
    const text = await textOf(
      sgd(0.1, {
        momentum: 0.9,
        weightDecay: 0.2,
        clip: clipNorm(0.5),
        schedule: stepLr(10),
        maximize: true,
      }),
    );
    expect(spoken(text.slice(0, 400))).toContain(
      "trained by gradient descent, momentum 0.9, weight decay 0.2, uphill, clipped gradients, scheduled rate, on mse.",
    );
  });

  it("has the state of every group in one column of the page", () => {
    const grouped = page(
      adamw(0.01, { groups: [{ params: ["output.bias"], lr: 0.03 }] }),
    );
    expect(grouped).toContain(
      "| weight w | before | dL/dw | m after | v after | w after |",
    );
    const cells = grouped
      .split("\n")
      .filter((l) => l.startsWith("| `output") && !l.includes(" = "))
      .slice(-3)
      .map((l) => l.split(" | "));
    for (const row of cells) for (const cell of row) expect(cell).not.toBe("");
  });
});
