/** `npm run bench` works, on one workload and with what every clone has: what it measures is not asked here. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { programOf } from "../bench/c/program.js";
import type { Measured } from "../bench/measure/measure.js";
import { workloads } from "../bench/workloads/table.js";
import { root, run } from "./cliHarness.js";

const bench = (...args: readonly string[]) =>
  run(
    process.execPath,
    [join(root, "tools", "run.mjs"), join(root, "bench", "run.ts"), ...args],
    root,
  );

describe("npm run bench", () => {
  test("measures one workload", async () => {
    const { status, stdout } = await bench(
      "W1",
      "--quick",
      "--alone",
      "--json",
    );
    expect(status).toBe(0);
    const { data, summary } = JSON.parse(stdout) as {
      readonly data: readonly Measured[];
      readonly summary: string;
    };
    expect(summary).toMatch(/^\d+ targets met, \d+ missed, \d+ not measured$/);
    const exact = data.flatMap(({ results }) =>
      results.filter((r) => r.contestant === "gradc"),
    );
    expect(exact.map((r) => [r.task, r.distance])).toEqual([
      [{ kind: "forward", batch: 1 }, 0],
      [{ kind: "step", batch: 1 }, 0],
    ]);
    for (const { time } of exact) expect(time?.median).toBeGreaterThan(0);
  }, 180_000);

  test.each([
    [
      ["W9"],
      /^bench: no W9, expected size, cold, worst, memory, compile, scale, W1, W2, [^\n]+\n$/,
    ],
    [
      ["--fast", "W1"],
      /^bench: no --fast, expected --help, --quick, --alone, --json, --markdown, --page\n$/,
    ],
    [["--page"], /^bench: [^\n]*--page <value>[^\n]*\n$/],
  ])(
    "says what there is instead of %j",
    async (words, message) => {
      const { status, stdout, stderr } = await bench(...words);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(message);
    },
    180_000,
  );

  test.each([["--help"], ["-h"]])(
    "says how it is used: %s",
    async (word) => {
      const { status, stdout, stderr } = await bench(word);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toMatch(/^npm run bench -- \[NAME \.\.\.\] \[options\]\n/);
      for (const { id, title } of workloads)
        expect(stdout).toMatch(new RegExp(`^  ${id} +${title}$`, "m"));
    },
    180_000,
  );
});

test.each(workloads)("the C program of $id calls each layer", (workload) => {
  const program = programOf(workload);
  expect(program.match(/^static void \w+\(void\) \{$/gm)).toHaveLength(
    workload.tasks.length,
  );
  expect(program).not.toMatch(/undefined|NaN/);
});
