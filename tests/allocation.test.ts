/**
 * forward, backward, update and trainStep of every example allocate nothing,
 * once V8 has optimised them: with its default flags their loops cause no more
 * collections than an empty loop, and leave no byte a call on the heap.
 * GRADC_ALLOCATION=full makes 1e6 calls or 20 s of each method.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { afterAll, describe, expect, test } from "vitest";
import { root, run } from "./cliHarness.js";
import { exampleNames } from "./support/examples.js";

const full = process.env["GRADC_ALLOCATION"] === "full";
const [calls, seconds] = full ? [1e6, 20] : [2e5, 0.1];

const folder = mkdtempSync(join(tmpdir(), "gradc-allocation-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Plain JavaScript: a loader in the child would allocate too. */
function asScript(source: string): string {
  const { code } = transformSync(readFileSync(join(root, source), "utf8"), {
    loader: "ts",
    format: "esm",
    target: "es2022",
  });
  const path = join(folder, `${source.replaceAll("/", ".")}.mjs`);
  writeFileSync(path, code);
  return path;
}

interface Measured {
  readonly method: string;
  readonly calls: number;
  readonly start: number;
  readonly end: number;
  readonly bytes: number;
  /** Whether these are fewer than one a call. */
  readonly quiet: boolean;
}

/** What each loop of the child did, with the collections that --trace-gc saw in its time. */
async function measurementsOf(name: string, examples: number) {
  const child = asScript("tests/support/allocationChild.ts");
  const { status, stdout, stderr } = await run(
    process.execPath,
    [
      "--trace-gc",
      child,
      asScript(`generated/${name}.ts`),
      String(examples),
      String(calls),
      String(seconds),
    ],
    folder,
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const collections = [
    ...stdout.matchAll(/^\[\d+:0x[0-9a-f]+\]\s+(\d+) ms: /gm),
  ].map(([, time]) => Number(time));
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Measured)
    .map((m) => ({
      ...m,
      // The isolate's clock starts a little after V8 does.
      collections: collections.filter((t) => t > m.start - 80 && t < m.end + 10)
        .length,
    }));
}

const methods = [
  "forward",
  "forward after large inputs",
  "backward",
  "update",
  "trainStep",
];
const isOf = (method: string) => (m: Measured) => m.method === method;

/**
 * Which functions V8 compiles, and when, is decided beside the program: now and then it throws one away that it has, and
 * numbers are allocated until it comes back. A process of its own that is quiet says that the code can be.
 */
const retry = 2;

describe.each(exampleNames)("%s", (name) => {
  test.each([1, 8])(
    "forward, backward, update and trainStep of %i examples allocate nothing",
    { timeout: full ? 1_200_000 : 300_000, retry },
    async (examples) => {
      const rounds = await measurementsOf(name, examples);
      const most = Math.max(
        ...rounds.filter(isOf("empty")).map((m) => m.collections),
      );
      const allocating = methods.flatMap((method) => {
        const own = rounds.filter(isOf(method));
        expect(own).not.toEqual([]);
        const quiet = own.some((m) => m.quiet && m.collections <= most);
        return quiet ? [] : own;
      });
      expect(allocating).toEqual([]);
    },
  );
});
