/** ARCHITECTURE.md shows what the compiler does today. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { gradc, root } from "./cliHarness.js";
import { freshDocuments, read } from "./support/documents.js";

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);

test("--print-after says which program it prints, and knows its passes", async () => {
  const lower = ["compile", "model.ts", "--check", "--print-after", "lower"];
  const { stdout } = await gradc(root, lower);
  const titles = stdout.split("\n").filter((line) => line.startsWith("; "));
  expect(titles).toEqual([
    ...["; forward, n examples", "; backward, n examples"],
    ...["; average, n examples", "; update, n examples"],
    ...["; init, one example", "; forward, one example"],
    ...["; backward, one example", "; step, one example"],
  ]);
  const unknown = ["compile", "model.ts", "--print-after", "fold"];
  const { status, stdout: none, stderr } = await gradc(root, unknown);
  expect({ status, none }).toEqual({ status: 2, none: "" });
  expect(stderr).toBe(
    "GC1008 --print-after fold: there is no such pass\n" +
      "  fix: passes: single, adopt, simplify, share, adopt again, unname, decompose, share again, simplify again, settle, land, lower\n",
  );
}, 60_000);

describe("ARCHITECTURE.md", () => {
  const text = read("ARCHITECTURE.md");

  test("its generated parts are fresh (npm run docs)", async () => {
    expect(text).toBe((await freshDocuments()).get("ARCHITECTURE.md"));
  }, 60_000);

  test("every file that it names exists", () => {
    const named = [
      ...text.matchAll(/`((?:dsl|compiler|tests|docs)\/[\w./]+)`/g),
    ].map(([, path = ""]) => path);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const short = [
      ...text.matchAll(/`((?:emit|load|explain|kernels)\/\w+\.ts)`/g),
    ].map(([, path = ""]) => join("compiler", path));
    expect(short.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test("every folder of the tree exists", () => {
    const [, tree = ""] = /## The tree\n\n```text\n([^]*?)```/.exec(text) ?? [];
    let top = "";
    const paths = tree.split("\n").flatMap((line) => {
      const inside = line.startsWith("  ");
      const [words = ""] = line.trim().split(/ {4,}/);
      return words
        .split(" ")
        .filter((word) => /^[\w.]+(?:\/|\.ts)$/.test(word))
        .map((word) => {
          if (!inside) top = word;
          return inside ? join(top, word) : word;
        });
    });
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test("every decision is dated and every block has an end", () => {
    const [, decisions = ""] = /## Decisions\n([^]*?)\n## /.exec(text) ?? [];
    const paragraphs = decisions.trim().split("\n\n");
    const undated = paragraphs.filter(
      (p) => !/^\*\*\d{4}-\d\d-\d\d\. /.test(p),
    );
    // The last one says what is missing.
    expect(undated.map((p) => p.slice(0, 13))).toEqual(["Not there yet"]);
    expect(text.match(/<!-- generated: /g)).toHaveLength(
      text.match(/<!-- end -->/g)?.length ?? 0,
    );
  });
});
