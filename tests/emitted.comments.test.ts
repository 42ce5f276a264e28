import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formulaLines } from "../compiler/emit/formulaLines.js";

const folder = new URL("../generated/", import.meta.url);
const files = readdirSync(folder).filter((f) => f.endsWith(".ts"));
const textOf = (file: string): string =>
  readFileSync(new URL(file, folder), "utf8");

interface Printed {
  readonly name: string;
  /** Formulas, each on one line again. */
  readonly formulas: readonly string[];
  readonly code: string;
}

/** Functions of the handle: those that take the memory. */
function handleFunctions(text: string): Printed[] {
  const found = text.matchAll(/^function (\w+)\(m: Memory.*?^\}/gms);
  return [...found].map(([whole, name]) => {
    const lines = whole.split("\n");
    const isComment = (line: string): boolean => /^ *\/\/ /.test(line);
    const comments = lines
      .filter(isComment)
      .join("\n")
      .replace(/\n *\/\/ {3}/g, " ");
    return {
      name: name ?? "",
      formulas: comments
        .split("\n")
        .map((line) => line.replace(/^ *\/\/ /, ""))
        // A chain rule is about single entries.
        .filter((line) => line.includes(" = ") && !/ d\w+\/d\w/.test(line)),
      code: lines.filter((line) => !isComment(line)).join("\n"),
    };
  });
}

/** Names of whole values in a formula: what has no dot, as parameters have, and is no function, letter or number. */
function valuesIn(formula: string): string[] {
  const words = formula.matchAll(
    /(?<![\w.])(dL\/)?([A-Za-z]\w*(?:\.\w+)*)(\[|\()?/g,
  );
  return [...words].flatMap(([, derivative, word = "", next]) =>
    word.includes(".") || (next !== "[" && derivative === undefined)
      ? []
      : [word],
  );
}

describe("formulas in comments", () => {
  it.each(files)("of %s call values what the code calls them", (file) => {
    const text = textOf(file);
    // A parameter is a place in `p`.
    const params = new Set(
      [...text.matchAll(/\{ name: "(\w+)"/g)].map(([, name]) => name),
    );
    const isParam = (word: string): boolean =>
      params.has(word) || (word.startsWith("d") && params.has(word.slice(1)));
    const strangers = handleFunctions(text).flatMap((f) =>
      f.formulas.flatMap((formula) =>
        valuesIn(formula)
          .filter((word) => !isParam(word))
          .filter((word) => !new RegExp(`\\b${word}\\b`).test(f.code))
          .map((word) => `${f.name}: ${word} in ${formula}`),
      ),
    );
    expect(strangers).toEqual([]);
  });

  it("are found at all", () => {
    const all = files.flatMap((f) => handleFunctions(textOf(f)));
    expect(all.flatMap((f) => f.formulas).length).toBeGreaterThan(300);
  });

  it.each(files)("of %s fit in 80 columns", (file) => {
    const wide = textOf(file)
      .split("\n")
      .filter((line) => /^ *\/\//.test(line) && line.length > 80);
    expect(wide).toEqual([]);
  });

  it("break before an operator, as far outside as there is a place", () => {
    expect(
      formulaLines(
        "gate[i] = sigmoid(sum_k(weight[i][k] x[k]) + bias[i] + sum_k(recurrent[i][k] h[k]))",
        50,
      ),
    ).toEqual([
      "gate[i] = sigmoid(sum_k(weight[i][k] x[k])",
      "  + bias[i] + sum_k(recurrent[i][k] h[k]))",
    ]);
    expect(
      formulaLines(
        "chosen[i] = left[i] where 0 <= i - 2 < 160, else right[i]",
        40,
      ),
    ).toEqual([
      "chosen[i] = left[i]",
      "  where 0 <= i - 2 < 160, else right[i]",
    ]);
  });

  it("stand below what they are of where they fit there", () => {
    expect(
      formulaLines("product[i][j] = sum_{n,k}(left[i][k] right[k][j])", 40),
    ).toEqual(["product[i][j] =", "  sum_{n,k}(left[i][k] right[k][j])"]);
  });

  it("are left out where they are too long to be read", () => {
    const text = `x = ${Array.from({ length: 40 }, (_, i) => `term${String(i)}`).join(" + ")}`;
    expect(formulaLines(text, 60)).toEqual([]);
  });
});
