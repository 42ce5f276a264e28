/** Functions that move, choose and contract: edges, derivatives of windows as text, and refusals. */
import { describe, expect, it } from "vitest";
import * as g from "../dsl/index.js";
import type { Tensor } from "../dsl/index.js";
import { importScript } from "../compiler/check/emitted.js";
import { compile } from "./emitted/compiled.js";
import { evaluate, valueAndSlope } from "./opsHarness.js";

const whole = { batched: false } as const;
const vector = (f: (x: Tensor<[number]>) => Tensor, data: number[]) =>
  valueAndSlope(f, data);
const loose = g as unknown as Record<string, (...x: unknown[]) => unknown>;

describe("pad", () => {
  const x = [1, 2, 3];
  it.each([
    ["constant", [0, 0, 1, 2, 3, 0]],
    ["reflect", [3, 2, 1, 2, 3, 2]],
    ["replicate", [1, 1, 1, 2, 3, 3]],
    ["circular", [2, 3, 1, 2, 3, 1]],
  ] as const)("%s", (mode, y) => {
    expect(vector((v) => g.pad(v, [2, 1], { mode }), x).y).toEqual(y);
  });
  it("gives each entry the gradient of its copies", () => {
    const slope = (mode: "constant" | "reflect" | "replicate" | "circular") =>
      vector((v) => g.pad(v, [2, 1], { mode }), x).slope;
    expect(slope("constant")).toEqual([1, 1, 1]);
    expect(slope("reflect")).toEqual([1, 3, 2]);
    expect(slope("replicate")).toEqual([3, 1, 2]);
    expect(slope("circular")).toEqual([2, 2, 2]);
  });
  it("keeps x where nothing is added", () => {
    expect(vector((v) => g.pad(v, []), x).y).toEqual(x);
    expect(vector((v) => g.pad(v, [0, 0], { mode: "reflect" }), x).y).toEqual(
      x,
    );
  });
  it("refuses a mode that there is not, and a value that it does not use", () => {
    const v = g.input("v", [3]);
    expect(() => loose["pad"]?.(v, [1, 1], { mode: "mirror" })).toThrow(
      'pad: mode is "mirror", expected "constant", "reflect", "replicate" or "circular"',
    );
    expect(() => g.pad(v, [1, 1], { mode: "reflect", value: 1 })).toThrow(
      "pad: mode reflect has no value",
    );
  });
});

describe("settings that are no integers", () => {
  const m = g.input("m", [2, 2]);
  it.each([
    ["roll: shift", () => g.roll(m, 0.5, 0)],
    ["tril: diagonal", () => g.tril(m, 1.5)],
    ["triu: diagonal", () => g.triu(m, NaN)],
  ])("%s", (what, run) => {
    expect(run).toThrow(new RegExp(`^${what} is .*, expected an integer$`));
  });
});

describe("places", () => {
  const data = [3, 7, 7, -1, -1, 2];
  it("are the first of equals", () => {
    expect(vector((v) => g.argmax(g.reshape(v, [6])), data).y).toEqual([1]);
    expect(vector((v) => g.argmin(g.reshape(v, [6])), data).y).toEqual([3]);
  });
  it("are kept as an axis of length 1", () => {
    const x = g.input("x", [2, 3], whole);
    const y = g.argmax(x, -1, { keepdims: true });
    expect(y.shape).toEqual([2, 1]);
    expect(evaluate([y], [[x, data]])).toEqual([[1, 2]]);
  });
  it("have no gradient", () => {
    const x = g.input("x", [3], whole);
    expect(() => g.gradient(g.argmax(x), [x])).not.toThrow();
    expect(evaluate(g.gradient(g.argmax(x), [x]), [[x, [1, 2, 3]]])[0]).toEqual(
      [0, 0, 0],
    );
  });
  it("are 0 for a number by itself and where one is not a number", () => {
    const x = g.input("x", [], whole);
    expect(evaluate([g.argmax(x)], [[x, [5]]])).toEqual([[0]]);
    expect(vector((v) => g.argmax(v), [1, NaN, 3]).y).toEqual([0]);
  });
  it("give all of the gradient to the first of ties", () => {
    expect(vector((v) => g.maxDim(v, 0), [1, 4, 4]).slope).toEqual([0, 1, 0]);
    expect(vector((v) => g.minDim(v, 0), [1, 4, 1]).slope).toEqual([1, 0, 0]);
  });
});

describe("places as indices", () => {
  const x = g.input("x", [2, 3], whole);
  const places = g.argmax(x, -1, { indices: true });

  it("choose rows of a table", () => {
    expect(places.dtype).toBe("i32");
    const table = g.constant([3, 1], [10, 20, 30]);
    const y = g.lookup(table, places);
    expect(evaluate([y], [[x, [1, 9, 3, 4, 4, 2]]])).toEqual([[20, 10]]);
  });
  it("are as many as the axis has entries", () => {
    const short = g.constant([2, 1], [10, 20]);
    expect(() => g.lookup(short, places)).toThrow(
      "lookup: indices go up to 2, expected at most 1",
    );
    expect(() =>
      g.oneHot(g.argmin(x, undefined, { indices: true }), 5),
    ).toThrow("oneHot: indices go up to 5, expected at most 4");
  });
  it("are no numbers", () => {
    expect(() => loose["exp"]?.(places)).toThrow(
      "exp: expects numbers (f64), got indices of shape [2]",
    );
  });
});

describe("indices", () => {
  const table = g.input("table", [3, 2], whole);
  const feeds = [[table, [1, 2, 3, 4, 5, 6]]] as const;
  const order = g.constantIndices([2, 2], [2, 0, 0, 1]);

  it("may be written in the model", () => {
    expect(evaluate([g.lookup(table, order)], feeds)[0]).toEqual([
      5, 6, 1, 2, 1, 2, 3, 4,
    ]);
    const column = g.indexSelect(table, 1, g.constantIndices([3], [1, 1, 0]));
    expect(evaluate([column], feeds)[0]).toEqual([2, 2, 1, 4, 4, 3, 6, 6, 5]);
  });
  it("are integers from 0", () => {
    expect(() => g.constantIndices([2], [0, -1])).toThrow(
      "constantIndices: values[1] is -1, expected an integer >= 0",
    );
    expect(() => g.constantIndices([2], [0, 1.5])).toThrow(
      "constantIndices: values[1] is 1.5, expected an integer >= 0",
    );
    expect(() => g.constantIndices([2], [0])).toThrow(
      "constantIndices: shape [2] has 2 elements, got 1 values",
    );
  });
  it.each<[string, () => unknown, string]>([
    [
      "gather",
      () => g.gather(table, 1, g.constantIndices([1, 1], [2])),
      "gather: indices go up to 2, expected at most 1",
    ],
    [
      "indexSelect",
      () => g.indexSelect(table, 0, g.indices("i", [2], 4)),
      "indexSelect: indices go up to 3, expected at most 2",
    ],
    [
      "lookup",
      () => g.lookup(table, g.indices("i", [2], 9)),
      "lookup: indices go up to 8, expected at most 2",
    ],
    [
      "oneHot",
      () => g.oneHot(g.indices("i", [2], 9), 8),
      "oneHot: indices go up to 8, expected at most 7",
    ],
    [
      "embedding",
      () => g.embedding(g.indices("i", [2], 9), 8, 2),
      "embedding: indices go up to 8, expected at most 7",
    ],
    [
      "embeddingTable",
      () => g.embeddingTable(8, 2)(g.indices("i", [2], 9)),
      "embedding: indices go up to 8, expected at most 7",
    ],
  ])("that may lie outside are refused by %s", (_, run, sentence) => {
    expect(run).toThrow(sentence);
    try {
      run();
    } catch (error) {
      expect(error).toMatchObject({ code: "GC2056", name: "ShapeError" });
    }
  });
  it("outside of their classes are refused when the module runs, another number that is compared with too", async () => {
    const token = g.indices("token", [2], 3);
    const h = g.embedding(token, 3, 2, { name: "h" });
    const kept = g.notEqual(token, -1);
    const loss = g.mean(g.mul(g.reshape(kept, [2, 1]), g.square(h)));
    const { script } = await compile(
      g.model({
        inputs: { token },
        outputs: { h },
        loss,
        optimizer: g.sgd(0.1),
      }),
      "lookup",
      "auto",
    );
    const net = (await importScript(script)).create();
    for (const wrong of [3, -1]) {
      net.inputs["token"]?.set([0, wrong]);
      expect(() => {
        net.backward(1);
      }).toThrow(
        `token[1] is ${String(wrong)}, expected an integer from 0 to 2`,
      );
    }
  });
});

describe("embedding", () => {
  const token = g.indices("token", [3], 4, whole);
  it("trains no row of its padding index", () => {
    for (const paddingIndex of [1, -3]) {
      const table = g.param("table", [4, 1]);
      const y = g.lookup(table, token, { paddingIndex });
      const [d] = g.gradient(g.sum(g.square(y)), [table]);
      expect(
        evaluate(
          [y, d],
          [
            [token, [1, 0, 1]],
            [table, [5, 6, 7, 8]],
          ],
        ),
      ).toEqual([
        [6, 5, 6],
        [10, 0, 0, 0],
      ]);
    }
  });
  it("refuses a padding index that is no row", () => {
    for (const paddingIndex of [4, -5, 0.5])
      expect(() => g.embedding(token, 4, 2, { paddingIndex })).toThrow(
        `embedding: paddingIndex is ${String(paddingIndex)}, expected one of 4 rows`,
      );
  });
  it("starts with zeros in the row of its padding index", async () => {
    const h = g.embedding(token, 4, 2, { name: "h", paddingIndex: 2 });
    const module = await compile(
      g.model({
        inputs: { token },
        outputs: { h },
        loss: g.mean(g.square(h)),
        optimizer: g.sgd(0.1),
      }),
      "padding",
      "auto",
    );
    const { params } = (await importScript(module.script)).create();
    expect([...params.slice(4, 6)]).toEqual([0, 0]);
    expect([...params].filter((w) => w !== 0)).toHaveLength(6);
  });
});

describe("einsum", () => {
  it("has the letters that occur once, capitals first, where no output is given", () => {
    const x = g.input("x", [2, 3], whole);
    const y = g.einsum("bA", x);
    expect(y.shape).toEqual([3, 2]);
  });
  it("refuses, with dots, what the types do not count", () => {
    const x = g.input("x", [2, 3], whole);
    expect(() => g.einsum("...ijk->i", x)).toThrow(
      'einsum: operand 0 is "...ijk" (rank 3), got shape [2, 3]',
    );
    expect(() => g.einsum("i...,j...->ij", x, g.input("y", [2, 4]))).toThrow(
      'einsum: axis -1 of "..." has 3 entries in one place and 4 in another',
    );
    expect(() => g.einsum("..i", x)).toThrow("einsum: expects an equation");
  });
});

describe("norms that are 0", () => {
  it("leave normalize a slope of 1 / eps, as PyTorch", () => {
    const { y, slope } = vector((v) => g.normalize(v, 0, { eps: 0.5 }), [0, 0]);
    expect(y).toEqual([0, 0]);
    expect(slope).toEqual([2, 2]);
  });
  it("count as eps in cosineSimilarity", () => {
    const one = g.constant([2], [3, 4]);
    const { y, slope } = vector(
      (v) => g.cosineSimilarity(v, one, 0, { eps: 0.5 }),
      [0, 0],
    );
    expect(y).toEqual([0]);
    expect(slope).toEqual([1.2, 1.6]);
  });
});

describe("multiMargin", () => {
  it("refuses a p that is neither 1 nor 2", () => {
    const x = g.input("x", [3]);
    const t = g.indices("t", [], 3);
    expect(() => loose["multiMargin"]?.(x, t, { p: 3 })).toThrow(
      "multiMargin: p is 3, expected 1 or 2",
    );
  });
});

describe("the gradient of windows, written out", () => {
  const u = g.input("u", [2]);
  const gradientOf = async (
    f: (w: Tensor<[6]>) => readonly [Tensor<[2]>, Tensor<[2]>],
  ): Promise<string[]> => {
    const w = g.param("w", [6]);
    const [a, b] = f(w);
    const loss = g.sum(g.mul(g.mul(a, b), u), undefined, { name: "loss" });
    const { text } = await compile(
      g.model({ inputs: { u }, outputs: { loss }, loss, optimizer: g.sgd(1) }),
      "windows",
      "full",
    );
    const body = /export function backward[\s\S]*?\n}\n/.exec(text)?.[0] ?? "";
    return body.split("\n").flatMap((line) => {
      const found = /^ {2}(g\[\d\] \+= .*?);/.exec(line);
      return found === null ? [] : [found[1] as string];
    });
  };

  it("has no line for entries that no window reaches", async () => {
    const lines = await gradientOf((w) => [
      g.slice(w, 0, 0, 2, 1, { name: "a" }),
      g.slice(w, 0, 3, 5, 1, { name: "b" }),
    ]);
    expect(lines).toEqual([
      "g[0] += da1",
      "g[1] += da2",
      "g[3] += db1",
      "g[4] += db2",
    ]);
  });
  it("adds only where windows overlap", async () => {
    const lines = await gradientOf((w) => [
      g.slice(w, 0, 0, 2, 1, { name: "a" }),
      g.slice(w, 0, 1, 3, 1, { name: "b" }),
    ]);
    expect(lines).toEqual(["g[0] += da1", "g[1] += da2 + db1", "g[2] += db2"]);
  });
  it("follows steps", async () => {
    const lines = await gradientOf((w) => [
      g.slice(w, 0, 0, 4, 2, { name: "a" }),
      g.slice(w, 0, 2, 6, 3, { name: "b" }),
    ]);
    expect(lines).toEqual(["g[0] += da1", "g[2] += da2 + db1", "g[5] += db2"]);
  });
});

it("resize1d reads entry floor(30 i / 22), where 30 / 22 is rounded below it", async () => {
  const x = g.input("x", [1, 30]);
  const y = g.resize1d(g.mul(x, g.param("w", [1], { init: [1] })), 22);
  const { script } = await compile(
    g.model({
      inputs: { x },
      outputs: { y },
      loss: g.sum(y),
      optimizer: g.sgd(0.1),
    }),
    "resized",
    "auto",
  );
  const net = (await importScript(script)).create();
  net.inputs["x"]?.set(Array.from({ length: 30 }, (_, i) => i));
  net.forward(1);
  expect(Array.from(net.outputs["y"] ?? [])).toEqual(
    Array.from({ length: 22 }, (_, i) => Math.floor((30 * i) / 22)),
  );
});
