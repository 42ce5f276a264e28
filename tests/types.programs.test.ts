import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluate, importsFor, outcome } from "./types/language.js";
import {
  compilers,
  createProject,
  sentenceOf,
  type Checked,
  type Compiler,
} from "./types/project.js";
import {
  annotated,
  dynamics,
  equality,
  expressions,
  generics,
  models,
} from "./types/right.js";
import { declarations, unmarked, wrongPrograms } from "./types/wrong.js";
import { codeOf, ShapeError } from "../dsl/shape/rules.js";

/** One line a program: line i + `first` is program i. */
const prefix = "export const p = [";
const wrongFile = (): { readonly text: string; readonly first: number } => {
  const lines = wrongPrograms.map(
    ({ source }) => `${prefix}${unmarked(source).text}];`,
  );
  const body = lines.map((line, i) => line.replace("p =", `p${String(i)} =`));
  const head = `${importsFor([declarations, ...lines].join("\n"))}\n${declarations};`;
  return {
    text: `${head}\n${body.join("\n")}\n`,
    first: head.split("\n").length + 1,
  };
};

const rightFile = (): string => {
  const tensors = (shapes: string): string =>
    shapes.includes("] [")
      ? `[${shapes
          .split(/(?<=\]) /)
          .map((shape) => `Tensor<${shape}>`)
          .join(", ")}]`
      : `Tensor<${shapes}>`;
  const lines = expressions.flatMap(([source, shape], i) => [
    `const r${String(i)} = ${source};`,
    `export const is${String(i)}: Is<typeof r${String(i)}, ${tensors(shape)}> = true;`,
  ]);
  const text = `${declarations};${equality}${generics}${annotated}${dynamics}${lines.join("\n")}\n`;
  return `${importsFor(text)}\n${text}`;
};

const modelFiles = Object.entries(models).map(
  ([name, source]) => [`${name}.ts`, `${importsFor(source)}${source}`] as const,
);

describe("programs of the language", () => {
  const project = createProject();
  const wrong = wrongFile();
  const right = ["right.ts", ...modelFiles.map(([name]) => name)];
  const checked = new Map<Compiler, Checked>();

  beforeAll(async () => {
    project.write("wrong.ts", wrong.text);
    project.write("right.ts", rightFile());
    for (const [name, text] of modelFiles) project.write(name, text);
    for (const compiler of compilers)
      checked.set(
        compiler,
        await project.check(compiler, "wrong.ts", ...right),
      );
  }, 120_000);
  afterAll(() => {
    project.remove();
  });

  it.each(compilers)("%s accepts every right program", (compiler) => {
    const { diagnostics } = checked.get(compiler) as Checked;
    expect(diagnostics.filter(({ file }) => file !== "wrong.ts")).toEqual([]);
  });

  describe.each(compilers)("%s", (compiler) => {
    it.each(wrongPrograms.map((program, i) => ({ ...program, i })))(
      "says at the argument of $source what is wrong",
      ({ i, source, sentence }) => {
        const { diagnostics } = checked.get(compiler) as Checked;
        const own = diagnostics.filter(
          ({ file, line }) => file === "wrong.ts" && line === wrong.first + i,
        );
        const shift = prefix.length + String(i).length + 1;
        expect(
          own.map(({ text, column }) => ({
            column,
            sentence: sentenceOf(text) ?? text,
          })),
        ).toEqual([{ column: unmarked(source).offset + shift, sentence }]);
      },
    );
  });

  it.each(wrongPrograms)(
    "says the same when $source runs, with $code",
    ({ code, source, sentence }) => {
      let thrown: unknown;
      try {
        evaluate(declarations, unmarked(source).text);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({ name: "ShapeError", code });
      expect(thrown).toBeInstanceOf(TypeError);
      expect((thrown as ShapeError).message).toBe(sentence);
      expect(codeOf(sentence)).toBe(code);
    },
  );

  it.each(expressions)("%s has shape %s", (source, shape) => {
    expect(outcome(declarations, source)).toBe(shape);
  });
});
