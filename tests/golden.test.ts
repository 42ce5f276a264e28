import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { caseFiles, readCase, type GoldenCase } from "./replay/caseFile.js";
import { replay, type Replayed } from "./replay/replay.js";

const folder = fileURLToPath(new URL("golden/", import.meta.url));
const cases = caseFiles(folder).map(readCase);
/** Families that the language covers whole. */
const complete = [
  "seed",
  "optimizer",
  "realdata",
  "activation",
  "loss",
  "linalg",
  "norm",
  "conv",
];

const replayed = new Map<string, Replayed>();

describe("PyTorch's numbers", { timeout: 60_000 }, () => {
  it("are 168 cases or more", () => {
    expect(cases.length).toBeGreaterThanOrEqual(168);
  });

  for (const c of cases)
    it(`${c.family}: ${c.name} agrees with PyTorch in every form`, async () => {
      const result = await replay(c);
      replayed.set(c.name, result);
      const allowed = complete.includes(c.family)
        ? ["pass"]
        : ["pass", "unsupported"];
      expect(allowed, result.why).toContain(result.result);
    });

  it("are replayed unrolled, looped and batched", () => {
    const passed = [...replayed.values()].filter((r) => r.result === "pass");
    const count = (form: "unrolled" | "looped" | "batched"): number =>
      passed.filter((r) => r[form]).length;
    expect(count("looped")).toBe(passed.length);
    expect(count("unrolled")).toBe(passed.length);
    expect(count("batched")).toBeGreaterThan(passed.length * 0.85);
  });
});

const byFormula = fileURLToPath(
  new URL("golden-data/formula/", import.meta.url),
);

describe("other cases of the format, by formula", { timeout: 60_000 }, () => {
  it.each(caseFiles(byFormula).map((file) => [readCase(file).name, file]))(
    "%s agrees in every form",
    async (_, file) => {
      const { result, why } = await replay(readCase(file));
      expect(result, why).toBe("pass");
    },
  );
});

const byTorch = ["torch", "sequences"].map((folder) =>
  fileURLToPath(new URL(`golden-data/${folder}/`, import.meta.url)),
);

describe("other cases of the format, by PyTorch", { timeout: 60_000 }, () => {
  it.each(
    byTorch.flatMap(caseFiles).map((file) => [readCase(file).name, file]),
  )("%s agrees in every form", async (_, file) => {
    const { result, why } = await replay(readCase(file));
    expect(result, why).toBe("pass");
  });
});

const named = (name: string): GoldenCase => {
  const found = cases.find((c) => c.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
};

/** The last number of an array, moved by 1e-6 in a copy of the case. */
function spoiled(
  c: GoldenCase,
  numbersOf: (copy: GoldenCase) => readonly number[] | undefined,
): GoldenCase {
  const copy = structuredClone(c);
  const numbers = numbersOf(copy) as number[];
  numbers[numbers.length - 1] = (numbers.at(-1) ?? 0) + 1e-6;
  return copy;
}

describe("the replayer", { timeout: 60_000 }, () => {
  it.each<[string, (c: GoldenCase) => readonly number[] | undefined]>([
    ["an output", (c) => c.expect.outputs["y"]?.data],
    ["a gradient", (c) => c.expect.grads["b2"]?.data],
    ["an input's gradient", (c) => c.expect.inputGrads["x"]?.data],
    ["a step's loss", (c) => c.training?.[0]?.lossPerStep],
    ["a norm", (c) => c.training?.[0]?.gradNormPerStep],
    [
      "the first step",
      (c) => c.training?.[0]?.paramsAfterFirstStep?.["W1"]?.data,
    ],
    ["the last step", (c) => c.training?.[0]?.finalParams["b1"]?.data],
  ])("notices %s that is wrong by 1e-6", async (_, numbersOf) => {
    const result = await replay(spoiled(named("opt_clip_norm"), numbersOf));
    expect(result.result).toBe("fail");
  });

  it("notices a wrong rate", async () => {
    const c = spoiled(
      named("opt_lr_step"),
      (copy) => copy.training?.[0]?.lrPerStep as readonly number[],
    );
    expect((await replay(c)).why).toMatch(/^lr\[/);
  });

  it("names an operation that the language lacks", async () => {
    const c = named("act_relu");
    const graph = c.graph.map((node) => ({ ...node, op: "warp" }));
    expect(await replay({ ...c, graph })).toMatchObject({
      result: "unsupported",
      why: "warp",
    });
  });
});
