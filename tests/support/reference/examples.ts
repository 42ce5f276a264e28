/** All examples of the docstrings as one program: it is type-checked, run, and asked what each function is made of. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Project, SyntaxKind } from "ts-morph";
import { project, root, run } from "../../cliHarness.js";
import { familyOf } from "./families.js";
import type { Entry } from "./surface.js";

/** What running an example showed. */
export interface Shown {
  /** Kinds of nodes that the function made, in the order of the graph. */
  readonly primitives: readonly string[];
  /** The update rule of an optimizer. */
  readonly formula?: string;
}

/** The text of the program: one function an example, with what the page declares around it. */
export function exampleProgram(entries: readonly Entry[]): string {
  const parser = new Project({ useInMemoryFileSystem: true });
  const names = entries
    .filter(({ kind }) => kind !== "type")
    .map(({ name }) => name);
  const functions = entries.flatMap((entry) =>
    entry.doc.examples.map((text, i) => {
      const given = familyOf(entry.file)?.given ?? "";
      const body = returning(parser, text);
      return `/* ${entry.name} */ show("${entry.name}", ${String(i)}, () => {\n${given}\n{\n${body}\n}\n});`;
    }),
  );
  return [
    `import { ${names.join(", ")} } from "gradc";`,
    `import type { Optimizer } from "gradc";`,
    `import { ruleTexts } from ${JSON.stringify(ruleText)};`,
    probe,
    ...functions,
    "console.log(JSON.stringify([...shown]));\n",
  ].join("\n\n");
}

/** The statements of an example, and what they declare or compute as the result. */
function returning(parser: Project, text: string): string {
  const source = parser.createSourceFile("example.ts", text, {
    overwrite: true,
  });
  const results: string[] = [];
  const lines = source.getStatements().map((statement) => {
    const exported = statement.asKind(SyntaxKind.ExportAssignment);
    const alone = statement.asKind(SyntaxKind.ExpressionStatement);
    const expression = exported ?? alone;
    if (expression !== undefined) {
      const name = `result${String(results.length)}`;
      results.push(name);
      return `const ${name} = ${expression.getExpression().getText()};`;
    }
    const declared = statement.asKind(SyntaxKind.VariableStatement);
    for (const declaration of declared?.getDeclarations() ?? [])
      results.push(...(declaration.getName().match(/\w+(?!\w*:)/g) ?? []));
    return statement.getText();
  });
  return [...lines, `return [${results.join(", ")}];`].join("\n");
}

/** What writes the rule of an optimizer, in the build that the examples import. */
const ruleText = join(root, "dist", "compiler", "emit", "ruleText.js");

/** Walks what an example returned; at run time a tensor is its node. */
const probe = `interface Made {
  readonly args?: readonly Made[];
  readonly op?: { readonly kind: string; readonly name?: string };
  readonly place?: { readonly call?: { readonly callee: string } };
  readonly kind?: string;
}
const ruleOf = (optimizer: Optimizer): string => {
  const params = [param("w", [2])] as unknown as Parameters<typeof ruleTexts>[0]["params"];
  return ruleTexts({ optimizer, params }).flatMap((r) => r.lines).join("\\n");
};
const shown = new Map<string, { primitives: string[]; formula?: string }>();
function show(name: string, index: number, example: () => readonly unknown[]): void {
  const byCallee = new Map<string, Set<string>>();
  const seen = new Set<unknown>();
  let formula: string | undefined;
  let last = "";
  const walk = (given: unknown): void => {
    if (typeof given !== "object" || given === null || seen.has(given)) return;
    seen.add(given);
    const made = given as Made;
    if (made.kind === "optimizer") formula ??= ruleOf(given as Optimizer);
    const { op } = made;
    if (op === undefined) {
      for (const part of Object.values(given)) walk(part);
      return;
    }
    for (const arg of made.args ?? []) walk(arg);
    last = made.place?.call?.callee ?? "";
    const primitives = byCallee.get(last) ?? new Set<string>();
    byCallee.set(last, primitives);
    primitives.add(op.kind === "scalar" ? (op.name ?? "") : op.kind);
  };
  walk(example());
  // The nodes of the function itself; one that calls its result after a shorter word made the last of them.
  const primitives = byCallee.get(name) ?? byCallee.get(last) ?? [];
  const known = shown.get(name);
  shown.set(name, {
    primitives: [...(known?.primitives ?? []), ...primitives],
    ...(formula !== undefined && index === 0 && { formula }),
  });
}`;

/** Type-checks and runs the program; throws what TypeScript or gradc says where an example is wrong. */
export async function runExamples(
  entries: readonly Entry[],
): Promise<Map<string, Shown>> {
  const text = exampleProgram(entries);
  const { folder } = project({ "examples.ts": text });
  const require = createRequire(import.meta.url);
  const manifest = require.resolve("typescript7/package.json");
  const tsc = join(dirname(manifest), "bin", "tsc");
  const flags = [
    ...["--noEmit", "--strict", "--ignoreConfig", "--target", "es2022"],
    ...["--module", "nodenext", "--types", "node"],
    ...["--typeRoots", join(root, "node_modules", "@types")],
  ];
  const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
  const [checked, ran] = await Promise.all([
    run(process.execPath, [tsc, ...flags, "examples.ts"], folder),
    run(process.execPath, [tsx, "examples.ts"], folder),
  ]);
  if (checked.status !== 0) throw new Error(located(checked.stdout, text));
  if (ran.status !== 0) throw new Error(ran.stderr);
  return new Map(JSON.parse(ran.stdout) as [string, Shown][]);
}

/** Messages of the type checker with the entry whose example they are about. */
function located(messages: string, text: string): string {
  const lines = text.split("\n");
  return messages.replaceAll(
    /^examples\.ts\((\d+),\d+\)/gm,
    (_, line: string) => {
      const before = lines.slice(0, Number(line)).join("\n");
      const name = [...before.matchAll(/\/\* (\w+) \*\//g)].at(-1)?.[1] ?? "";
      return `@example of ${name}: ${lines[Number(line) - 1]?.trim() ?? ""}\n `;
    },
  );
}
