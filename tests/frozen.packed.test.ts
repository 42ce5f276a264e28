/** Weights as base64, as float32 and as int8: the numbers that a module then has, and what it computes of them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importScript, type Module } from "../compiler/check/emitted.js";
import type { CompileOptions } from "../compiler/compile.js";
import {
  embedding,
  gru,
  indices,
  input,
  linear,
  model,
  mul,
  param,
  sgd,
  square,
  sum,
  type Model,
} from "../dsl/index.js";
import {
  lintMessages,
  prettierFault,
  typeErrors,
  workplace,
  type Workplace,
} from "./emitted/checks.js";
import { models } from "./emitted/models.js";
import { runInEs5 } from "./support/es5Engine.js";
import { frozen, trainable } from "./support/frozen.js";

const build = (name: string): Model => (models[name] as () => Model)();

const startOf = async (model: Model): Promise<Float64Array> =>
  (await trainable(model)).module.create({ seed: 6 }).params;

/** A table that is chosen from, and a loop whose steps read weights. */
const sequence = (): Model => {
  const letters = indices("letters", [4], 9);
  const memory = gru(5, 6, { name: "memory" });
  const states = memory(embedding(letters, 9, 5, { name: "table" }));
  const y = linear(states.output, 3, { name: "y" });
  return model({
    inputs: { letters },
    outputs: { y },
    loss: sum(square(y)),
    optimizer: sgd(0.1),
  });
};

/** An output that is each of 16 parameters times the input. */
const lookup = (): Model => {
  const x = input("x", [16]);
  const w = param("w", [16]);
  const y = mul(x, w, { name: "y" });
  return model({
    inputs: { x },
    outputs: { y },
    loss: sum(y),
    optimizer: sgd(0.1),
  });
};

const networks: Readonly<Record<string, () => Model>> = {
  ...Object.fromEntries(
    ["iris", "whole", "convolved", "segmented", "normed", "manyToOne"].map(
      (name) => [name, () => build(name)],
    ),
  ),
  sequence,
};

const choices = (["none", "f32", "int8"] as const).flatMap((precision) =>
  (["literals", "base64"] as const).map((pack) => ({ precision, pack })),
);

describe("packed modules", { timeout: 120_000 }, () => {
  const made: { readonly name: string; readonly text: string }[] = [];
  let place: Workplace;
  beforeAll(async () => {
    for (const [name, network] of Object.entries(networks)) {
      const params = await startOf(network());
      for (const { precision, pack } of choices) {
        const options = { precision, pack, unroll: "never" } as const;
        const { text, summary } = await frozen(network(), params, options);
        const what = `${name}.${precision}.${pack}`;
        // The compiler has compared each with the interpreter, to the bit.
        const most = { none: 0, f32: 1e-5, int8: 0.2 }[precision];
        expect(summary.outputError, what).toBeLessThanOrEqual(most);
        made.push({ name: what, text });
        const es5 = { ...options, target: "es5" } as const;
        await frozen(network(), params, es5);
      }
    }
    place = workplace(made);
  }, 300_000);
  afterAll(() => {
    place.remove();
  });

  it("are what prettier would write", async () => {
    for (const { name, text } of made)
      expect(await prettierFault(text), name).toBeUndefined();
  });

  it("have no type errors, and give eslint nothing to say", async () => {
    const strict = { noUncheckedIndexedAccess: true };
    expect(await typeErrors(place, "typescript", strict)).toBe("");
    expect(await lintMessages(place)).toEqual([]);
  });

  it("are shorter in base64, and shorter still as smaller numbers", async () => {
    const params = await startOf(build("digits"));
    const bytes = async (precision: "none" | "f32" | "int8") =>
      Promise.all(
        (["literals", "base64"] as const).map(async (pack) => {
          const options = { precision, pack, target: "js" } as const;
          const { summary } = await frozen(build("digits"), params, options);
          return summary.bytes;
        }),
      );
    const [f64, f32, int8] = [
      await bytes("none"),
      await bytes("f32"),
      await bytes("int8"),
    ];
    for (const [literals, packed] of [f64, f32, int8])
      expect(packed).toBeLessThan(literals ?? 0);
    expect(f32[1]).toBeLessThan((f64[1] ?? 0) / 1.5);
    expect(int8[1]).toBeLessThan((f32[1] ?? 0) / 1.5);
  });
});

describe("base64", { timeout: 60_000 }, () => {
  const special = [
    ...[NaN, Infinity, -Infinity, -0, 0, 1, -1, 5e-324, -1e-310],
    ...[2 ** -149, 2 ** -126, 1.5 * 2 ** 127, Number.MAX_VALUE, 0.1, 127, -128],
  ];
  const floats = special.map(Math.fround);
  const bytes = [0, 1, -1, 127, -128, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

  it.each([
    ["f64", special],
    ["f32", floats],
    ["int8", bytes],
    ["f64 of 16 numbers that repeat", special.map((x, i) => (i < 5 ? 0.1 : x))],
  ])(
    "has every number of %s as it is, with and without typed arrays",
    async (_, list) => {
      const params = Float64Array.from(list);
      const options: Partial<CompileOptions> = { verify: false };
      const ones = list.map(() => 1);
      for (const pack of ["literals", "base64"] as const) {
        const ts = await frozen(lookup(), params, {
          ...options,
          pack,
          unroll: "never",
        });
        const typed = (await importScript(ts.script)).create();
        expect(Array.from(typed.predict(ones))).toEqual(list);
        const es5 = await frozen(lookup(), params, {
          ...{ ...options, pack, target: "es5", unroll: "never" },
        });
        const plain = (runInEs5(es5.text, "netFrozen") as Module).create();
        expect(Array.from(plain.predict(ones))).toEqual(list);
      }
    },
  );
});

describe("damaged base64", { timeout: 120_000 }, () => {
  it.each(["none", "f32"] as const)(
    "of %s weights is noticed when the module is loaded",
    async (precision) => {
      const params = Float64Array.from({ length: 16 }, (_, i) => i / 3 - 2);
      const { script } = await frozen(lookup(), params, {
        ...{ verify: false, pack: "base64", unroll: "never" },
        precision,
      });
      const [, text = ""] = /"([\w+/]{20,})"/.exec(script) ?? [];
      expect(text.length).toBeGreaterThan(80);
      const load = async (damaged: string): Promise<unknown> => {
        try {
          return (await importScript(script.replace(text, damaged))).create();
        } catch (error) {
          return error instanceof Error ? error.message : error;
        }
      };
      expect(await load(text)).toHaveProperty("predict");
      const sentence =
        "internal: the emitted module does not load: the weights in this module are damaged";
      for (let at = 0; at < text.length; at++) {
        const letter = text[at] === "A" ? "g" : "A";
        const changed = `${text.slice(0, at)}${letter}${text.slice(at + 1)}`;
        expect(await load(changed), changed).toBe(sentence);
        expect(await load(text.slice(0, at))).toBe(sentence);
      }
      expect(await load(`${text}A`)).toBe(sentence);
      expect(await load(text.slice(4) + text.slice(0, 4))).toBe(sentence);
    },
  );
});

describe("int8", { timeout: 60_000 }, () => {
  it("is products of whole numbers, scaled once for each channel", async () => {
    const params = await startOf(build("iris"));
    const { script, text } = await frozen(build("iris"), params, {
      precision: "int8",
      pack: "literals",
      unroll: "never",
    });
    const at = (list: ArrayLike<number>, i: number): number =>
      list[i] as number;
    /** By the definition: scales of float32, whole numbers, biases of float32. */
    const layer = (x: readonly number[], from: number, out: number): number[] =>
      Array.from({ length: out }, (_, o) => {
        const row = params.subarray(
          from + o * x.length,
          from + (o + 1) * x.length,
        );
        const scale = Math.fround(
          row.reduce((most, w) => Math.max(most, Math.abs(w)), 0) / 127,
        );
        let products = -0;
        x.forEach((v, i) => {
          products += Math.round(at(row, i) / scale) * v;
        });
        const bias = at(params, from + out * x.length + o);
        return products * scale + Math.fround(bias);
      });
    const x = [0.3, -1.2, 0.7, 2.1];
    const h = layer(x, 0, 16).map((v) => Math.max(v, 0));
    const net = (await importScript(script)).create();
    expect(Array.from(net.predict(x))).toEqual(layer(h, 80, 3));
    expect(text).toContain(
      "sum_k(hiddenWeight[i][k] x[k]) hiddenWeightScale[i]",
    );
  });

  it("says for each weight what was lost: half a step of its scale at most", async () => {
    const params = await startOf(sequence());
    const { accuracy } = await frozen(sequence(), params, {
      precision: "int8",
    });
    const rows = accuracy?.rounding ?? [];
    const types = new Map(rows.map(({ name, type }) => [name, type]));
    expect(types).toEqual(
      new Map([
        ["table.weight", "int8"],
        ["memory.weight_ih_l0", "int8"],
        ["memory.weight_hh_l0", "int8"],
        ["memory.bias_ih_l0", "f32"],
        ["memory.bias_hh_l0", "f32"],
        ["y.weight", "int8"],
        ["y.bias", "f32"],
      ]),
    );
    const largest = params.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    for (const { type, worst, relative } of rows) {
      expect(worst).toBeLessThanOrEqual(
        (largest / (type === "int8" ? 254 : 2 ** 24)) * (1 + 1e-6),
      );
      expect(relative).toBeLessThan(type === "int8" ? 0.02 : 1e-7);
    }
  });

  it("has float32 numbers where f32 is asked for, and float64 arithmetic", async () => {
    const params = await startOf(build("iris"));
    const rounded = await frozen(build("iris"), params, { precision: "f32" });
    const same = await frozen(build("iris"), params.map(Math.fround));
    const [a, b] = await Promise.all(
      [rounded, same].map(async ({ script }) =>
        (await importScript(script)).create(),
      ),
    );
    const x = [1, 0.5, -2, 3];
    expect(a?.predict(x)).toEqual(b?.predict(x));
  });
});
