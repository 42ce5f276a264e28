import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { join } from "node:path";
import ts from "typescript";
import { exported, importsFor, language, outcome } from "./types/language.js";
import {
  compilerOptions,
  createProject,
  root,
  sentenceOf,
} from "./types/project.js";
import { drawer } from "./types/draw.js";
import { generated, randomPrograms } from "./types/random.js";

const seed = Number(process.env["GRADC_SEED"] ?? 20261123);
const count = Number(process.env["GRADC_PROGRAMS"] ?? 1000);
const inFull = ts.TypeFormatFlags.NoTruncation;

interface Source {
  readonly checker: ts.TypeChecker;
  readonly file: ts.SourceFile;
  /** The first message on each line. */
  readonly messages: ReadonlyMap<number, string>;
}

function checked(path: string): Source {
  const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, ".");
  const program = ts.createProgram([path], { ...options, types: [] });
  const file = program.getSourceFile(path) as ts.SourceFile;
  const messages = new Map<number, string>();
  for (const { start, messageText } of program.getSemanticDiagnostics(file)) {
    const { line } = file.getLineAndCharacterOfPosition(start ?? 0);
    const text = ts.flattenDiagnosticMessageText(messageText, "\n");
    if (!messages.has(line)) messages.set(line, sentenceOf(text) ?? text);
  }
  return { checker: program.getTypeChecker(), file, messages };
}

/** What the types say of each declaration: a message, the shapes of tensors, or the type itself. */
function outcomes({ checker, file, messages }: Source): string[] {
  const declarations = file.statements.filter(
    (s) => ts.isVariableStatement(s) || ts.isTypeAliasDeclaration(s),
  );
  return declarations.map((statement) => {
    const { line } = file.getLineAndCharacterOfPosition(statement.getStart());
    const message = messages.get(line);
    if (message !== undefined) return message;
    const name = ts.isVariableStatement(statement)
      ? (statement.declarationList.declarations[0] as ts.VariableDeclaration)
          .name
      : statement.name;
    const type = checker.getTypeAtLocation(name);
    const text = checker.typeToString(type, undefined, inFull);
    const shapes = [...text.matchAll(/\bTensor<(\[[^\]]*\])>/g)];
    return shapes.length === 0
      ? text
      : shapes.map(([, shape]) => shape).join(" ");
  });
}

const project = createProject();
afterAll(() => {
  project.remove();
});
const typesOf = (name: string, lines: readonly string[]): Source => {
  project.write(name, `${lines.join("\n")}\n`);
  return checked(join(project.folder, name));
};

describe(`${String(count)} random programs of one call, seed ${String(seed)}`, () => {
  const programs = randomPrograms(seed, count, (name) => name in language);
  let types: string[];
  beforeAll(() => {
    types = outcomes(
      typesOf("fuzz.ts", [
        importsFor(programs.join("\n")),
        ...programs.map((p, i) => `export const p${String(i)} = ${p};`),
      ]),
    );
  }, 120_000);

  it("have the same shape or message in the types and when they run", () => {
    const differences = programs.flatMap((source, i) => {
      const [type, run] = [types[i], outcome("", source)];
      return type === run ? [] : [{ source, type, run }];
    });
    expect(differences).toEqual([]);
  });

  it.each(["typescript54", "typescript7"] as const)(
    "have the same messages in %s",
    async (compiler) => {
      const { diagnostics } = await project.check(compiler, "fuzz.ts");
      const said = new Map<number, string>();
      for (const { line, text } of diagnostics)
        if (!said.has(line)) said.set(line, sentenceOf(text) ?? text);
      const first = importsFor(programs.join("\n")).split("\n").length + 1;
      const differences = types.flatMap((type, i) => {
        const message = said.get(first + i) ?? "accepted";
        const expected = type.startsWith("[") ? "accepted" : type;
        return message === expected
          ? []
          : [{ source: programs[i], message, expected }];
      });
      expect(differences).toEqual([]);
    },
    120_000,
  );

  it("are neither all right nor all wrong", () => {
    const wrong = types.filter((text) => !text.startsWith("[")).length;
    expect(wrong / count).toBeGreaterThan(0.2);
    expect(wrong / count).toBeLessThan(0.7);
  });
});

/** Functions of tensors that random shapes alone cannot call. */
const exempt = ["checkpoint", "customGradient", "gradient", "model", "prelu"];

it("every exported function of tensors has a generator of random programs", () => {
  const { checker, file } = typesOf("exports.ts", [
    'import * as language from "gradc";',
    "export const all = language;",
  ]);
  const [, statement] = file.statements;
  const all = (statement as ts.VariableStatement).declarationList
    .declarations[0] as ts.VariableDeclaration;
  const takesTensor = (symbol: ts.Symbol): boolean =>
    checker
      .getTypeOfSymbolAtLocation(symbol, file)
      .getCallSignatures()
      .some(({ parameters: [first] }) => {
        if (first === undefined) return false;
        const type = checker.getTypeOfSymbolAtLocation(first, file);
        const text = checker.typeToString(type, undefined, inFull);
        return /Tensor<|L\[K\]/.test(text);
      });
  const functions = checker
    .getTypeAtLocation(all.name)
    .getProperties()
    .filter(takesTensor)
    .map(({ name }) => name);
  expect(functions.length).toBeGreaterThan(10);
  const missing = functions.filter(
    (name) => !generated.includes(name) && !exempt.includes(name),
  );
  expect(missing).toEqual([]);
  expect(exported).toEqual(expect.arrayContaining(functions));
});

describe("digit arithmetic in the types", () => {
  const draw = drawer(seed + 1);
  const random = (digits: number): bigint =>
    BigInt(
      Array.from({ length: 1 + draw(digits) }, () => draw(10))
        .join("")
        .replace(/^0+(?=.)/, ""),
    );
  const shown = (n: bigint): string =>
    String(Number(n)) === String(n) ? String(n) : "number";
  const cases = Array.from({ length: 300 }, (_, i) => {
    const [a, b] = [random(i % 2 === 0 ? 8 : 15), random(i % 3 === 0 ? 3 : 8)];
    const [x, y] = [String(a), String(b === 0n ? 1n : b)];
    const c = BigInt(y);
    const table: readonly (readonly [string, string])[] = [
      [`Add<${x}, ${y}>`, shown(a + c)],
      [`Subtract<${x}, ${y}>`, a < c ? "-1" : String(a - c)],
      [`Multiply<${x}, ${y}>`, shown(a * c)],
      [`Divide<${x}, ${y}>`, String(a / c)],
      [`Remainder<${x}, ${y}>`, String(a % c)],
      [`Less<${x}, ${y}>`, String(a < c)],
      [`Product<[${x}, ${y}, 3]>`, shown(a * c * 3n)],
      [`Sum<[${x}, ${y}, 7]>`, shown(a + c + 7n)],
    ];
    return table[i % table.length] as readonly [string, string];
  });
  const edges: readonly (readonly [string, string])[] = [
    ["Add<9007199254740991, 1>", "9007199254740992"],
    ["Multiply<94906265, 94906265>", "9007199136250225"],
    ["Divide<9007199254740991, 12345>", "729623268913"],
    ["Product<[]>", "1"],
    ["Product<[1, 3, number]>", "number"],
    ["Sum<[]>", "0"],
    ["Add<number, 1>", "number"],
    ["Less<3, number>", "boolean"],
    ["Less<5, 5>", "false"],
    ["Subtract<7, 7>", "0"],
    ["Subtract<1000000, 1>", "999999"],
  ];

  it("equals that of integers, and is number where no double prints the digits", () => {
    const all = [...edges, ...cases];
    const digits = join(root, "dist", "dsl", "shape", "digits.js");
    const names =
      "Add, Divide, Less, Multiply, Product, Remainder, Subtract, Sum";
    const source = typesOf("digits.ts", [
      `import type { ${names} } from "${digits}";`,
      ...all.map(([type], i) => `export type T${String(i)} = ${type};`),
    ]);
    const got = outcomes(source);
    expect(all.map(([type], i) => `${type} = ${got[i] as string}`)).toEqual(
      all.map(([type, result]) => `${type} = ${result}`),
    );
  }, 120_000);
});
