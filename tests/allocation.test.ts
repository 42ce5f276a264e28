/**
 * forward, backward, update and trainStep of every example allocate nothing,
 * once V8 has optimised them: with its default flags their loops cause no more
 * collections than an empty loop, and leave no byte a call on the heap.
 * GRADC_ALLOCATION=full makes 1e6 calls or 20 s of each method.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import transformer from "../bench/workloads/w5.js";
import { root } from "./cliHarness.js";
import { compile } from "./emitted/compiled.js";
import { allocating } from "./support/allocation.js";
import { exampleNames } from "./support/examples.js";

const full = process.env["GRADC_ALLOCATION"] === "full";
const [calls, seconds] = full ? [1e6, 20] : [2e5, 0.1];

const folder = mkdtempSync(join(tmpdir(), "gradc-allocation-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

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
      const module = join(root, "generated", `${name}.ts`);
      const limits = { folder, calls, seconds };
      expect(await allocating(module, examples, limits)).toEqual([]);
    },
  );
});

/** V8 compiles beside the program. Where that takes long, it compiles loops while they run, and keeps what it has of them. */
describe("where V8 compiles late", () => {
  test.each([20, 60, 120])(
    "by %i ms, long loops allocate nothing",
    { timeout: 300_000 },
    async (delay) => {
      const { text } = await compile(transformer, "transformer", "auto");
      const module = join(folder, `transformer${String(delay)}.ts`);
      writeFileSync(module, text);
      const options = [`--concurrent-recompilation-delay=${String(delay)}`];
      const limits = { folder, calls: 100, seconds: 0.1, options };
      expect(await allocating(module, 1, limits)).toEqual([]);
    },
  );
});
