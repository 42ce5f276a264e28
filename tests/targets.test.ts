/** Modules of every target: what they look like, where they run, and that they give the same bits everywhere. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";
import { Linter } from "eslint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  importScript,
  type Handle,
  type Module,
} from "../compiler/check/emitted.js";
import { fillInput, numbersFrom } from "../compiler/check/given.js";
import { compileModel, type Compiled } from "../compiler/compile.js";
import type { Unrolling } from "../compiler/emit/body.js";
import type { Target } from "../compiler/emit/targets.js";
import { runInEs5 } from "./support/es5Engine.js";
import { prettierFault } from "./emitted/checks.js";
import { models } from "./emitted/models.js";
import type { Model } from "../dsl/index.js";

const folder = mkdtempSync(join(tmpdir(), "gradc-targets-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const compile = (
  name: string,
  target: Target,
  more: {
    readonly unroll?: Unrolling;
    readonly minify?: boolean;
    readonly math?: "exact" | "host";
  } = {},
): Promise<Compiled> =>
  compileModel((models[name] as () => Model)(), {
    sourceName: "net.ts",
    command: "npm run compile net.ts",
    unroll: "auto",
    math: "exact",
    verify: true,
    target,
    ...more,
  });

const examples = 3;

/** Runs a script for pages in this engine. */
const runHere = (text: string): Module =>
  runInThisContext(`(() => {\n${text}\nreturn net;\n})()`) as Module;

/** What `save` returns after some steps. */
function trained(net: Handle, { plan }: Compiled): number[] {
  const next = numbersFrom(7);
  for (const x of plan.model.inputs)
    fillInput(net.inputs[x.op.name] as Float64Array, x.op.classes, next);
  for (let k = 0; k < 20; k++) net.trainStep(examples);
  return Array.from(net.save());
}

const options = { seed: 1, maxBatch: examples };

const chosen = [
  "seed",
  "tanh231",
  "iris",
  "ignoring",
  "siamese",
  "normed",
  "crossing",
  "whole",
] as const;

describe.each(chosen)("%s", { timeout: 60_000 }, (name) => {
  let want: number[];
  beforeAll(async () => {
    const compiled = await compile(name, "ts");
    const { create } = await importScript(compiled.script);
    want = trained(create(options), compiled);
  });

  it("is a module for import, with the bits of the TypeScript", async () => {
    const compiled = await compile(name, "js");
    const { text, types } = compiled;
    expect(await prettierFault(text)).toBeUndefined();
    expect(await prettierFault(types ?? "")).toBeUndefined();
    const path = join(folder, `${name}.mjs`);
    writeFileSync(path, text);
    const { create } = (await import(pathToFileURL(path).href)) as Module;
    expect(trained(create(options), compiled)).toEqual(want);
  });

  it("is a module for require, with the bits of the TypeScript", async () => {
    const compiled = await compile(name, "cjs");
    const { text } = compiled;
    expect(await prettierFault(text)).toBeUndefined();
    const path = join(folder, `${name}.cjs`);
    writeFileSync(path, text);
    const require = createRequire(import.meta.url);
    const { create } = require(path) as Module;
    expect(trained(create(options), compiled)).toEqual(want);
    // import { create } from a module for require.
    const named = (await import(pathToFileURL(path).href)) as Module;
    expect(trained(named.create(options), compiled)).toEqual(want);
  });

  it("is a script of a page, with the bits of the TypeScript", async () => {
    const compiled = await compile(name, "iife");
    const { text, types } = compiled;
    expect(await prettierFault(text)).toBeUndefined();
    expect(types).toBeUndefined();
    const { create } = runHere(text);
    expect(trained(create(options), compiled)).toEqual(want);
  });

  it.each(["auto", "never"] as const)(
    "is ES5 (--unroll %s) that needs nothing newer, with the same bits",
    async (unroll) => {
      const compiled = await compile(name, "es5", { unroll });
      const { text } = compiled;
      expect(await prettierFault(text, "es5")).toBeUndefined();
      const messages = new Linter().verify(text, {
        languageOptions: { ecmaVersion: 5, sourceType: "script" },
      });
      expect(messages).toEqual([]);
      const { create } = runInEs5(text, "net") as Module;
      expect(trained(create(options), compiled)).toEqual(want);
      // Where the engine has typed arrays, the module takes them.
      const modern = runHere(text);
      const net = modern.create(options);
      expect(net.params).toBeInstanceOf(Float64Array);
      expect(trained(net, compiled)).toEqual(want);
    },
  );
});

describe("--target es5", () => {
  it("has no decimal in its code: engines read them differently", async () => {
    const { text } = await compile("iris", "es5");
    const code = text.replace(/\/\*\*[\s\S]*?\*\/|\/\/.*$|"[^"]*"/gm, "");
    expect(code.match(/\d\.\d|\d[eE]-/g)).toBeNull();
  });

  it("refuses straight-line code that the smallest engines do not take", async () => {
    await expect(compile("iris", "es5", { unroll: "full" })).rejects.toThrow(
      /--target es5: \w+\(\) has \d+ variables, the smallest engines take 150/,
    );
  });

  it("refuses functions of the host that ES5 does not have", async () => {
    await expect(compile("tanh231", "es5", { math: "host" })).rejects.toThrow(
      "--math host calls Math.tanh, which ES5 does not have",
    );
  });

  it("refuses an index between two classes, which a list can hold", async () => {
    const { text } = await compile("iris", "es5");
    const { create } = runInEs5(text, "net") as Module;
    const net = create();
    const [indices] = Object.entries(net.inputs).filter(([k]) => k !== "x");
    (indices?.[1] as unknown as number[])[0] = 0.5;
    expect(() => {
      net.trainStep();
    }).toThrow("is 0.5, expected an integer from 0 to 2");
  });

  it("loads what other targets saved, special numbers too", async () => {
    const { text } = await compile("seed", "es5");
    const { script } = await compile("seed", "ts");
    const typed = (await importScript(script)).create();
    typed.params.set([
      NaN,
      -0,
      2 ** -1022,
      Infinity,
      -Infinity,
      5e-324,
      -1e-310,
      0.1,
    ]);
    typed.lr = Number.MAX_VALUE;
    typed.steps = 2 ** 53 - 1;
    const plain = (runInEs5(text, "net") as Module).create();
    plain.load(typed.save());
    expect(Array.from(plain.params)).toEqual(Array.from(typed.params));
    expect([plain.lr, plain.steps]).toEqual([typed.lr, typed.steps]);
    expect(Array.from(plain.save())).toEqual(Array.from(typed.save()));
    expect(() => {
      plain.load(plain.save().slice(1));
    }).toThrow("load: got 95 bytes, expected 96");
  });
});

describe("--minify", () => {
  it.each(["js", "cjs", "iife", "es5"] as const)(
    "%s is smaller, has its first words, and the same bits",
    async (target) => {
      const compiled = await compile("iris", target, { minify: true });
      const { script, text } = compiled;
      const plain = await compile("iris", target);
      expect(text.length).toBeLessThan(plain.text.length / 2);
      expect(text).toMatch(
        /^\/\* net: .* Generated by gradc [^ ]+ from net.ts. /,
      );
      const net = (await importScript(script)).create(options);
      const other = (await importScript(plain.script)).create(options);
      expect(trained(net, compiled)).toEqual(trained(other, plain));
    },
  );

  it("of ES5 has no decimal either, and runs where nothing is newer", async () => {
    const { text } = await compile("iris", "es5", { minify: true });
    const code = text.replace(/\/\*[\s\S]*?\*\/|"[^"]*"/g, "");
    expect(code.match(/\d\.\d|[^\w.]\.\d|\d[eE]-/g)).toBeNull();
    const { create } = runInEs5(text, "net") as Module;
    expect(() => create().save()).not.toThrow();
  });
});
