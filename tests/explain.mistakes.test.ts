/** What `gradc explain` says to a mistake, and a compile that shares its differences. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explainModel } from "../compiler/explain.js";
import {
  crossEntropy,
  indices,
  input,
  linear,
  model,
  sgd,
  type Model,
} from "../dsl/index.js";
import { gradc, project, removeProjects, root, seed } from "./cliHarness.js";

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);
afterAll(removeProjects);

const explain = (m: Model, set: Record<string, readonly number[]> = {}) =>
  explainModel(m, { sourceName: "model.ts", set });

describe.concurrent("a mistake in --set", { timeout: 60_000 }, () => {
  test.each([
    ["z=1", 'GC1020 --set z: the model has no input or parameter "z"'],
    ["__proto__=1", "GC1020 --set __proto__: the model has no input"],
    ["constructor=1", "GC1020 --set constructor: the model has no input"],
    [
      "x=1",
      "GC1021 --set x=1: x has 2 entries, got 1 number\n  fix: give one number for each entry, row-major, with commas between\n",
    ],
    ["w1=1,2", "GC1021 --set w1=1,2: w1 has 1 entry, got 2 numbers\n"],
    ["x=1,two", "GC1006 --set x=1,two is not a name and its numbers"],
    ["x", "GC1006 --set x is not a name and its numbers"],
    ["x=1,1e999", "GC1022 --set x=1,Infinity: Infinity is not a finite number"],
  ])("%s is one sentence and exit 2", async (set, message) => {
    const args = ["explain", "model.ts", "--set", set];
    const { status, stdout, stderr } = await gradc(root, args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.split("\n").filter((l) => l.startsWith("GC"))).toHaveLength(
      1,
    );
  });

  test("a class that does not exist is refused", () => {
    const [x, label] = [input("x", [2]), indices("label", [], 3)];
    const logits = linear(x, 3, { name: "logits" });
    const classifier = model({
      inputs: { x, label },
      outputs: { logits },
      loss: crossEntropy(logits, label),
      optimizer: sgd(0.1),
    });
    expect(() => explain(classifier, { label: [3] })).toThrow(
      "--set label=3: 3 is not a class, expected an integer from 0 to 2",
    );
    expect(() => explain(classifier, { label: [0.5] })).toThrow(
      "0.5 is not a class",
    );
  });
});

test("a model that stops gradients compiles: its differences hold what is stopped", async () => {
  const stopped = seed()
    .replace("input, linear", "input, linear, mul, stopGradient")
    .replace(
      "const output = linear(hidden",
      "const gated = mul(hidden, stopGradient(hidden));\nconst output = linear(gated",
    );
  const { folder } = project({ "model.ts": stopped });
  const compiled = await gradc(folder, ["compile", "model.ts"]);
  expect(compiled).toMatchObject({ status: 0, stderr: "" });
  expect(compiled.stdout).toMatch(/gradients within \d\.\de-1\d of central/);
}, 60_000);
