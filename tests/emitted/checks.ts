/** What a user's own tools say about generated files. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import js from "@eslint/js";
import { ESLint } from "eslint";
import { format } from "prettier";
import tseslint from "typescript-eslint";
import { root } from "../cliHarness.js";
import type { Emitted } from "./compiled.js";

const require = createRequire(import.meta.url);

/** A folder with one file for each module, of a user whose tsconfig asks for much. */
export interface Workplace {
  readonly folder: string;
  remove(): void;
}

const strict = {
  target: "es2020",
  lib: ["es2020"],
  module: "nodenext",
  moduleResolution: "nodenext",
  types: [],
  strict: true,
  noEmit: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  exactOptionalPropertyTypes: true,
};

export function workplace(modules: readonly Emitted[]): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "gradc-emitted-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  config(folder, "tsconfig.json", { noUncheckedIndexedAccess: true });
  for (const { name, text } of modules)
    writeFileSync(join(folder, `${name}.ts`), text);
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function config(
  folder: string,
  file: string,
  options: Readonly<Record<string, unknown>>,
): void {
  const compilerOptions = { ...strict, ...options };
  writeFileSync(
    join(folder, file),
    JSON.stringify({ compilerOptions, include: ["*.ts"] }),
  );
}

/** What a TypeScript compiler prints: nothing where it has nothing to say. */
export function typeErrors(
  { folder }: Workplace,
  compiler: "typescript" | "typescript7",
  options: Readonly<Record<string, unknown>>,
): Promise<string> {
  const file = `tsconfig.${compiler}.${Object.keys(options).join("-")}.${Object.values(options).join("-")}.json`;
  config(folder, file, options);
  const home = dirname(require.resolve(`${compiler}/package.json`));
  return new Promise((done) => {
    execFile(
      process.execPath,
      [join(home, "bin", "tsc"), "-p", file],
      { cwd: folder },
      (_error, stdout, stderr) => {
        done(stdout + stderr);
      },
    );
  });
}

/** All that a module may take from its surroundings. */
const globals = [
  "ArrayBuffer",
  "ArrayLike",
  "DataView",
  "Float32Array",
  "Float64Array",
  "Int32Array",
  "Int8Array",
  "Math",
  "Number",
  "RangeError",
  "String",
  "Uint8Array",
];

/** What a module for the target wasm takes beside it. */
const wasmGlobals = ["globalThis", "InstanceType", "Pick"];

const readonly = (names: readonly string[]): Record<string, "readonly"> =>
  Object.fromEntries(names.map((g) => [g, "readonly"]));

/** Messages of eslint, one a line. */
export async function lintMessages({ folder }: Workplace): Promise<string[]> {
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: true,
    overrideConfig: [
      { linterOptions: { noInlineConfig: true } },
      js.configs.recommended,
      ...(tseslint.configs.strictTypeChecked as ESLint.ConfigData[] as never[]),
      ...(tseslint.configs.stylistic as ESLint.ConfigData[] as never[]),
      {
        languageOptions: {
          globals: readonly(globals),
          parserOptions: { projectService: true, tsconfigRootDir: folder },
        },
        rules: { "no-undef": "error" },
      },
      {
        files: ["*.wasm.ts"],
        languageOptions: { globals: readonly(wasmGlobals) },
      },
    ],
  });
  const results = await eslint.lintFiles(["*.ts"]);
  return results.flatMap((r) =>
    r.messages.map(
      (m) =>
        `${basename(r.filePath)}:${String(m.line)}:${String(m.column)} ${m.ruleId ?? ""} ${m.message}`,
    ),
  );
}

/** The first line that prettier would write otherwise. */
export async function prettierFault(
  text: string,
  trailingComma: "all" | "es5" = "all",
): Promise<string | undefined> {
  const wanted = await format(text, { parser: "typescript", trailingComma });
  if (wanted === text) return undefined;
  const [ours, theirs] = [text.split("\n"), wanted.split("\n")];
  const at = ours.findIndex((line, i) => line !== theirs[i]);
  return `line ${String(at + 1)}: ${ours[at] ?? ""} | prettier: ${theirs[at] ?? ""}`;
}
