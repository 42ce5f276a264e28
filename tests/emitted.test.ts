import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  lintMessages,
  prettierFault,
  typeErrors,
  workplace,
  type Workplace,
} from "./emitted/checks.js";
import { everyModule, type Emitted } from "./emitted/compiled.js";

let modules: readonly Emitted[] = [];
let place: Workplace;
beforeAll(async () => {
  modules = await everyModule();
  place = workplace(modules);
}, 180_000);
afterAll(() => {
  place.remove();
});

describe("generated text", { timeout: 120_000 }, () => {
  it("is the same when the model is compiled again", async () => {
    expect(await everyModule()).toEqual(modules);
  });

  it("is ASCII without trailing blanks, imports or suppressions", () => {
    for (const { name, text } of modules) {
      expect(text, name).toMatch(/^[\n -~]*$/);
      expect(text, name).not.toMatch(/ $/m);
      const code = text.replace(/\/\*\*[\s\S]*?\*\//g, "");
      const words = code.match(
        /\bimport\b|\brequire\b|\beval\b|eslint|@ts-|prettier-ignore|\bany\b/,
      );
      expect(words, name).toBeNull();
    }
  });

  it("has no module-level state", () => {
    for (const { name, text } of modules)
      expect(text, name).not.toMatch(/^(?:let|var) /m);
  });

  it("is what prettier would write", async () => {
    for (const { name, text } of modules)
      expect(await prettierFault(text), name).toBeUndefined();
  });

  it.each([
    [
      "typescript",
      {
        noUncheckedIndexedAccess: true,
        isolatedDeclarations: true,
        declaration: true,
        erasableSyntaxOnly: true,
      },
    ],
    ["typescript", { noUncheckedIndexedAccess: false }],
    ["typescript7", { noUncheckedIndexedAccess: true }],
    ["typescript7", { noUncheckedIndexedAccess: false }],
  ] as const)("has no type errors in %s with %o", async (compiler, options) => {
    expect(await typeErrors(place, compiler, options)).toBe("");
  });

  it(
    "gives eslint nothing to say, and uses no global it may not have",
    { timeout: 600_000 },
    async () => {
      expect(await lintMessages(place)).toEqual([]);
    },
  );
});
