/** What works in WebAssembly allocates nothing either: a call of it boxes no number. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { compile } from "./emitted/compiled.js";
import { models } from "./emitted/models.js";
import { allocating } from "./support/allocation.js";

const folder = mkdtempSync(join(tmpdir(), "gradc-wasm-allocation-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("forward, backward, update and trainStep in WebAssembly", () => {
  test.each([
    ["seed", "f64"],
    ["iris", "f64"],
    ["digits", "f64"],
    ["convolved", "f64"],
    ["scanned", "f64"],
    ["iris", "f32"],
    ["digits", "f32"],
  ] as const)(
    "of %s in %s allocate nothing",
    { timeout: 120_000, retry: 2 },
    async (name, dtype) => {
      const build = models[name] ?? expect.fail(name);
      const { text } = await compile(
        build(),
        name,
        "auto",
        "exact",
        "wasm",
        dtype,
      );
      const module = join(folder, `${name}.${dtype}.ts`);
      writeFileSync(module, text);
      const limits = { folder, calls: 2e5, seconds: 0.1 };
      expect(await allocating(module, 4, limits)).toEqual([]);
    },
  );
});
