/** The type check of a model, by TypeScript 7 and by its stand-in. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { messages } from "../dsl/shape/messages.js";
import { remedies } from "../dsl/shape/remedies.js";
import { checkModel, parseOutput } from "../compiler/load/check.js";
import { explainChecks } from "../compiler/load/checked.js";
import { crossEntropy, indices, input } from "../dsl/index.js";
import { checkWithMorph } from "../compiler/load/checkMorph.js";
import { createProject } from "./types/project.js";

const folder = mkdtempSync(join(tmpdir(), "gradc-check-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const sentence =
  'matmul: inner dimensions differ: left [3, 2] has 2 columns, right [3, "\\" + 4] has 3 rows';
/** A parameter whose type is one of gradc's sentences. */
const wrong = `
declare function f(x: ${JSON.stringify(sentence)}): void;
declare const given: { readonly shape: readonly [2, 3] };
f(given);
interface A { readonly b: { readonly c: number } }
export const a: A = { b: { c: "text" } };
console.log(process.argv);
`;

describe("checkModel()", { timeout: 60_000 }, () => {
  test("reports in the user's words and places", async () => {
    const path = file("wrong.ts", wrong);
    const found = await checkModel(path);
    expect(found.slice(0, 2)).toEqual([
      {
        code: messages.matmul.code,
        message: sentence,
        remedy: remedies.GC2033,
        file: path,
        line: 4,
        column: 3,
        endColumn: 8,
      },
      {
        code: "TS2322",
        message: "Type 'string' is not assignable to type 'number'.",
        file: path,
        line: 6,
        column: 28,
        endColumn: 29,
      },
    ]);
  });

  test("agrees with ts-morph's checker", async () => {
    const path = file("both.ts", wrong.replace("process", "globalThis"));
    const found = await checkModel(path);
    expect(explainChecks(checkWithMorph(path))).toEqual(found);
    expect(found.length).toBeGreaterThan(1);
  });

  test("accepts top-level await, console, JSON and local files", async () => {
    file("size.json", '{ "size": 3 }');
    file("size.ts", "export const size = 3;");
    const path = file(
      "good.ts",
      [
        'import json from "./size.json";',
        'import { size } from "./size.js";',
        'import { size as same } from "./size.ts";',
        "console.log(await Promise.resolve(json.size + size + same));",
      ].join("\n"),
    );
    expect(await checkModel(path)).toEqual([]);
  });

  test("a name that looks like an option is a file", async () => {
    expect(await checkModel(file("-p.ts", "export {};"))).toEqual([]);
    expect(await checkModel(file("@a b.ts", "export {};"))).toEqual([]);
  });
});

describe("a model without one of its parts", { timeout: 60_000 }, () => {
  const project = createProject();
  afterAll(() => {
    project.remove();
  });
  test.each([
    ["loss", "outputs: { x }, optimizer: sgd(0.1)"],
    ["loss", "outputs: { x }"],
    ["optimizer", "outputs: { x }, loss: x"],
    ["outputs", "loss: x, optimizer: sgd(0.1)"],
  ])("is told in one sentence of its %s: %s", async (part, rest) => {
    const text = `import { input, model, sgd } from "gradc";
const x = input("x", []);
sgd(0.1);
export default model({ inputs: { x }, ${rest} });
`;
    project.write("model.ts", text);
    const path = join(project.folder, "model.ts");
    const found = await checkModel(path);
    expect(found).toMatchObject([
      { code: messages.modelPart.code, file: path, line: 4, column: 22 },
    ]);
    expect(found[0]?.message).toMatch(`model: has no ${part}, expected `);
    expect(explainChecks(checkWithMorph(path))).toEqual(found);
  });
});

describe("parseOutput()", { timeout: 60_000 }, () => {
  test("joins what a message elaborates, and keeps errors without a place", () => {
    const output = [
      "sub dir/a(1).ts(2,3): error TS2345: Argument of type 'A'.",
      "  Types differ.",
      "    Because of this.",
      "error TS2688: Cannot find type definition file.",
      "",
    ].join("\n");
    const found = parseOutput(output, folder);
    expect(found).toEqual([
      {
        file: join(folder, "sub dir", "a(1).ts"),
        line: 2,
        column: 3,
        code: "TS2345",
        lines: ["Argument of type 'A'.", "Types differ.", "Because of this."],
      },
      { code: "TS2688", lines: ["Cannot find type definition file."] },
    ]);
    expect(explainChecks(found).map(({ message }) => message)).toEqual([
      "Argument of type 'A': Because of this.",
      "Cannot find type definition file.",
    ]);
  });
});

test("a sentence of the catalogue brings its advice, from the checker and from a run", () => {
  const message =
    "crossEntropy: class indices for [4, 7] with classAxis 0 must have shape [7], got [4]";
  const remedy = expect.stringContaining("{ classAxis: -1 }") as string;
  const lines = [
    `Argument of type 'IndexTensor<[4]>' is not assignable to parameter of type '"${message}"'.`,
  ];
  expect(explainChecks([{ code: "TS2345", lines }])).toEqual([
    { code: "GC2071", message, remedy },
  ]);
  const [logits, next] = [input("logits", [4, 7]), indices("next", [4], 7)];
  expect(() => crossEntropy(logits, next as never)).toThrow(
    expect.objectContaining({ message, remedy }) as Error,
  );
});
