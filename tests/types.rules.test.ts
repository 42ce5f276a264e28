import { describe, expect, it } from "vitest";
import * as rules from "../dsl/shape/rules.js";
import { messages, type MessageKey } from "../dsl/shape/messages.js";

/** The code and the sentence of what `run` throws. */
function thrownBy(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof rules.ShapeError)
      return `${error.code} ${error.message}`;
    throw error;
  }
  return "nothing";
}

describe("the message catalogue", () => {
  const all = Object.entries(messages);

  it("gives every message a code of its own", () => {
    const codes = all.map(([, { code }]) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^GC2[01]\d\d$/);
  });

  it("is in the order of the codes", () => {
    const codes = all.map(([, { code }]) => code);
    expect(codes).toEqual([...codes].sort());
  });

  it.each(all)("%s is found again by its sentence", (key, { code, text }) => {
    const holes = text.split("{}").length - 1;
    const shapes = Array.from({ length: holes }, (_, i) => [2, i]);
    const error = rules.shapeError(key as MessageKey, ...shapes);
    expect(error.code).toBe(code);
    expect(error.message).not.toContain("{}");
    expect(rules.codeOf(error.message)).toBe(code);
  });

  it("does not know other sentences", () => {
    expect(rules.codeOf("Cannot find name 'x'.")).toBeUndefined();
  });

  it("is used: no message is without a rule that fails with it", async () => {
    const { readdirSync, readFileSync } = await import("node:fs");
    const folder = new URL("../dsl/", import.meta.url);
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith("messages.ts"))
      .map((file) => readFileSync(new URL(file, folder), "utf8"))
      .join("\n");
    expect(all.filter(([key]) => !sources.includes(`"${key}"`))).toEqual([]);
  });
});

describe("ShapeError", () => {
  it("is a TypeError with a code", () => {
    const error = rules.shapeError("target", "mse", [10], [10, 1]);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.name).toBe("ShapeError");
    expect(error.code).toBe("GC2070");
    expect(error.message).toBe("mse: target must have shape [10], got [10, 1]");
  });
});

describe("what only a run can check", () => {
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    [
      "a dimension of 0",
      () => rules.checkDims([3, 0]),
      "GC2001 shape [3, 0]: dimension 0 is not a positive integer",
    ],
    [
      "a negative dimension",
      () => rules.checkDims([-1]),
      "GC2001 shape [-1]: dimension -1 is not a positive integer",
    ],
    [
      "a fractional dimension",
      () => rules.checkDims([2.5, 2]),
      "GC2001 shape [2.5, 2]: dimension 2.5 is not a positive integer",
    ],
    [
      "a dimension that is not a number",
      () => rules.checkDims([NaN]),
      "GC2001 shape [NaN]: dimension NaN is not a positive integer",
    ],
    [
      "a dimension past exact integers",
      () => rules.checkDims([2 ** 53]),
      "GC2001 shape [9007199254740992]: dimension 9007199254740992 is not a positive integer",
    ],
    [
      "too many elements",
      () => rules.checkDims([65536, 32768]),
      "GC2002 shape [65536, 32768] has 2147483648 elements, the limit is 2147483647",
    ],
    [
      "too few values",
      () => {
        rules.checkValues("constant", [2, 2], 3);
      },
      "GC2007 constant: shape [2, 2] has 4 elements, got 3 values",
    ],
    [
      "too few symbols",
      () => rules.symbolNames("w1 w2", "hidden.weight", [2, 2]),
      'GC2008 symbols: "w1 w2" names 2 entries, hidden.weight has 4',
    ],
    [
      "indices that are numbers",
      () => {
        rules.checkDtype("embedding", "i32", { dtype: "f64", shape: [32] });
      },
      "GC2009 embedding: expects indices (i32), got numbers of shape [32]",
    ],
    [
      "numbers that are indices",
      () => {
        rules.checkDtype("relu", "f64", { dtype: "i32", shape: [32] });
      },
      "GC2010 relu: expects numbers (f64), got indices of shape [32]",
    ],
    [
      "a shape that is not the expected one",
      () => {
        rules.checkShape("assertShape", [2], [3]);
      },
      "GC2006 assertShape: expects shape [3], got [2]",
    ],
    [
      "a step of 0",
      () => rules.sliceShape([8], 0, 0, 4, 0),
      "GC2011 slice: step 0 is not a positive integer",
    ],
    [
      "a fractional axis",
      () => rules.normalizeAxis("sum", [2, 3], 0.5),
      "GC2020 sum: axis 0.5 is out of range for rank 2 (shape [2, 3])",
    ],
    [
      "no tensor to concatenate",
      () => rules.concatShape([], 0),
      "GC2041 concat: expects at least one tensor",
    ],
    [
      "no tensor to stack",
      () => rules.stackShape([]),
      "GC2041 stack: expects at least one tensor",
    ],
    [
      "other classes than declared",
      () => {
        rules.checkClassCount("crossEntropy", [10], 0, 12);
      },
      "GC2072 crossEntropy: [10] has 10 classes on classAxis 0, the indices were declared with 12",
    ],
    [
      "weights of other classes",
      () => {
        rules.checkClassWeights("crossEntropy", [4, 10], [4], 1);
      },
      "GC2073 crossEntropy: weights must have shape [10], one for each class, got [4]",
    ],
    [
      "heads that do not divide the features",
      () => rules.headFeatures("attention", 64, 5),
      "GC2061 attention: 64 features do not split into 5 heads",
    ],
    [
      "a part of size 0",
      () => rules.splitShapes([4], [4, 0], 0),
      "GC2011 split: size 0 is not a positive integer",
    ],
    [
      "an empty normalized shape",
      () => rules.normalizedAxes("layerNorm", [4], []),
      "GC2060 layerNorm: the last axes of [4] are not the normalized shape []",
    ],
  ];
  it.each(cases)("refuses %s", (_, run, message) => {
    expect(thrownBy(run)).toBe(message);
  });

  it("accepts the largest array", () => {
    expect(rules.checkDims([2147483647])).toEqual([2147483647]);
    expect(rules.checkDims([])).toEqual([]);
  });

  it("reads the names of symbols() row-major", () => {
    expect(rules.symbolNames(" w1 w2\n w3 w4 ", "weight", [2, 2])).toEqual([
      "w1",
      "w2",
      "w3",
      "w4",
    ]);
  });
});
