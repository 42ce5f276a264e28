/** The training scripts reach the results that the README states, and draw the committed pictures. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { random } from "../examples/random.js";
import { coveringTicks, ticks } from "../examples/svg.js";
import { root, run } from "./cliHarness.js";

const out = mkdtempSync(join(tmpdir(), "gradc-scripts-"));
afterAll(() => {
  rmSync(out, { recursive: true });
});

/** What each script prints at its end, with its usual seed. */
const results: readonly (readonly [name: string, result: string])[] = [
  [
    "pendulum",
    "an unseen swing of 20 s, foretold from its first state: angle right to 0.017 rad",
  ],
  [
    "experts",
    "unseen points near an answer that the gate believes: 500 of 500 right (100.0 %)",
  ],
  [
    "triplet",
    "unseen digits by their nearest seen neighbour: 269 of 325 right (82.8 %)",
  ],
  ["cartpole", "without chance: 20 of 20 attempts balance for 500 steps"],
  ["gpt", "the unseen verse: 0.60 bits a letter, 4.75 by chance"],
  ["vae", "unseen digits redrawn: 55.4 % of the variance"],
  ["lenet", "unseen digits: 292 of 325 right (89.8 %)"],
  ["keyword", "unheard words, as they end: 397 of 400 right (99.3 %)"],
  ["rhymes", "the rhymes: 0.42 bits a letter, 4.37 by frequency alone"],
  [
    "unet",
    "unseen pictures, intersection over union: discs 87.9 %, crosses 81.4 %",
  ],
];

describe("scripts", { timeout: 240_000 }, () => {
  test.each(results)("train-%s prints its result", async (name, result) => {
    const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
    const script = join(root, "examples", `train-${name}.ts`);
    const ran = await run(process.execPath, [tsx, script, "--out", out], root);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(ran.stdout.split("\n")).toContain(result);
    const committed = join(root, "examples", "output", `${name}.svg`);
    expect(
      readFileSync(join(out, `${name}.svg`), "utf8") ===
        readFileSync(committed, "utf8"),
      `examples/output/${name}.svg is stale: run \`npm run train:${name}\``,
    ).toBe(true);
  });
});

test("each script is a command of package.json and a row of the README", () => {
  const { scripts } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  ) as { readonly scripts: Readonly<Record<string, string>> };
  const readme = readFileSync(join(root, "README.md"), "utf8");
  for (const [name] of results) {
    expect(scripts[`train:${name}`]).toBe(`tsx examples/train-${name}.ts`);
    expect(readme).toContain(
      `| [examples/${name}.ts](examples/${name}.ts) | \`npm run train:${name}\` |`,
    );
    expect(existsSync(join(root, "generated", `${name}.ts`))).toBe(true);
  }
});

test("random() gives the same numbers for the same seed, spread as they say", () => {
  const numbers = (seed: number): number[] => {
    const { uniform } = random(seed);
    return Array.from({ length: 10_000 }, uniform);
  };
  const mean = (xs: readonly number[]): number =>
    xs.reduce((sum, x) => sum + x, 0) / xs.length;
  expect(numbers(1)).toEqual(numbers(1));
  expect(numbers(1)).not.toEqual(numbers(2));
  expect(mean(numbers(1))).toBeCloseTo(1 / 2, 2);
  expect(mean(numbers(1).map((u) => u * u))).toBeCloseTo(1 / 3, 2);
  const { normal, below } = random(1);
  const normals = Array.from({ length: 10_000 }, normal);
  expect(Math.abs(mean(normals))).toBeLessThan(0.03);
  expect(Math.abs(mean(normals.map((z) => z * z)) - 1)).toBeLessThan(0.05);
  const picked = Array.from({ length: 100 }, () => below(3));
  expect([...new Set(picked)].sort()).toEqual([0, 1, 2]);
});

test("ticks() are round numbers inside of a scale, coveringTicks() reach its end", () => {
  expect(ticks(-3, 3, 6)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
  expect(ticks(0.3, 9, 4)).toEqual([5]);
  expect(ticks(0, 3, 8, 1)).toEqual([0, 1, 2, 3]);
  expect(coveringTicks(1.1, 3)).toEqual([0, 0.5, 1, 1.5]);
});
