/** docs/reference/ is what the records of the language say, and every example in it runs. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeProjects, root } from "./cliHarness.js";
import { read } from "./support/documents.js";
import { problemsOf } from "./support/reference/problems.js";
import {
  makeReference,
  type Reference,
} from "./support/reference/reference.js";
import type { Entry } from "./support/reference/surface.js";

let reference: Reference;

beforeAll(async () => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
  // Type-checks and runs every @example: what is wrong there ends here, with the name of its function.
  reference = await makeReference();
}, 180_000);
afterAll(removeProjects);

test("every export has a family, a formula, PyTorch's name, documented options and an @example", () => {
  expect(reference.problems).toEqual([]);
});

test("docs/reference has the pages that the records make, and no other (npm run docs)", () => {
  const names = readdirSync(join(root, "docs", "reference"))
    .map((name) => `docs/reference/${name}`)
    .sort();
  expect(names).toEqual([...reference.pages.keys()].sort());
});

test("every page is fresh (npm run docs)", () => {
  for (const [name, text] of reference.pages)
    expect(`${name}\n${read(name)}`).toBe(`${name}\n${text}`);
});

test("every link leads to a page, and every anchor to a heading of it", () => {
  const anchors = (text: string): Set<string> =>
    new Set(
      [...text.matchAll(/^#+ (.+)$|<a id="([^"]+)">/gm)].map(
        ([, heading, id]) =>
          id ?? (heading ?? "").toLowerCase().replaceAll(" ", "-"),
      ),
    );
  const lost: string[] = [];
  for (const [name, text] of reference.pages)
    for (const [link, file = "", hash] of text.matchAll(
      /\]\(([^)#\s]*)(?:#([^)\s]+))?\)/g,
    )) {
      if (/^https?:/.test(file)) continue;
      const target =
        file === "" ? name : join(dirname(name), file).replaceAll("\\", "/");
      const page = reference.pages.get(target);
      const found =
        page === undefined
          ? existsSync(join(root, target))
          : hash === undefined || anchors(page).has(hash);
      if (!found) lost.push(`${name}: ${link}`);
    }
  expect(lost).toEqual([]);
});

describe("a docstring that owes something is named", () => {
  const entry = (file: string, text: string, examples: string[]): Entry => ({
    name: "conv9d",
    file,
    kind: "function",
    declarations: [],
    doc: { text, pytorch: "nn.Conv9d", throws: [], examples },
  });

  test("without a family", () => {
    expect(
      problemsOf(entry("dsl/odd/conv9d.ts", "y = x", ["f(x)"]), [], []),
    ).toEqual([
      "conv9d: dsl/odd/conv9d.ts belongs to no family of tests/support/reference/families.ts",
    ]);
  });

  test("without an example or a formula", () => {
    const file = "dsl/layers/conv.ts";
    expect(problemsOf(entry(file, "A convolution.", []), [], [])).toEqual([
      "conv9d (dsl/layers/conv.ts): the docstring owes an @example",
      'conv9d (dsl/layers/conv.ts): the docstring owes a formula, such as "y = 2 x"',
    ]);
  });

  test("with a default that is not the code's", () => {
    const option = {
      ...{ name: "eps", type: "number", optional: true, meaning: "Small." },
      ...{ standard: "1e-5", contradiction: "1e-6", domain: "" },
    };
    const whole = entry("dsl/layers/conv.ts", "y = x", ["const y = f(x);"]);
    expect(problemsOf(whole, [option], ["contract"])).toEqual([
      "conv9d (dsl/layers/conv.ts): the docstring owes the default of the option eps that the code has: 1e-5, not 1e-6",
    ]);
  });
});

/** Every place of the sources that names a code, by the code. */
function placesOfCodes(): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const folder of ["dsl", "compiler"])
    for (const file of readdirSync(join(root, folder), {
      recursive: true,
      encoding: "utf8",
    })) {
      if (!file.endsWith(".ts")) continue;
      const path = `${folder}/${file.replaceAll("\\", "/")}`;
      for (const [code] of read(path).matchAll(/(?<=")GC\d{4}(?=")/g))
        places.set(code, [...(places.get(code) ?? []), path]);
    }
  return places;
}

describe("a code", () => {
  const codes = placesOfCodes();

  test("means one mistake, found at one place: a file, or what reads the weights of a file", () => {
    const homes = (paths: readonly string[]): ReadonlySet<string> =>
      new Set(paths.map((p) => (/\/weights\//.test(p) ? dirname(p) : p)));
    expect([...codes].filter(([, paths]) => homes(paths).size > 1)).toEqual([]);
  });

  test("has a row in docs/reference/errors.md", () => {
    const page = read("docs/reference/errors.md");
    expect([...codes.keys()].filter((code) => !page.includes(code))).toEqual(
      [],
    );
  });
});
