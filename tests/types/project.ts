/** A user's project in a temporary folder: gradc installed as a package, programs, and three compilers to check them. */
import { spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, "../..");
const require = createRequire(import.meta.url);

/** TypeScript 5.4, the oldest supported; 6, the one this repository uses; 7, the native one. */
export const compilers = ["typescript54", "typescript", "typescript7"] as const;
export type Compiler = (typeof compilers)[number];

/** One line of a compiler's output. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly instantiations: number;
  readonly output: string;
}

export interface Project {
  readonly folder: string;
  write(file: string, text: string): void;
  check(compiler: Compiler, ...files: readonly string[]): Promise<Checked>;
  remove(): void;
}

/** The compiler options of a project made by `npm init` and `tsc --init`, less what is not about types. */
export const compilerOptions = {
  target: "es2022",
  lib: ["es2022"],
  module: "nodenext",
  moduleResolution: "nodenext",
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
} as const;

/** A project in which `import "gradc"` finds this repository through the `exports` of its package.json. */
export function createProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), "gradc-types-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "gradc"), "dir");
  const write = (file: string, text: string): void => {
    writeFileSync(join(folder, file), text);
  };
  write("package.json", '{ "type": "module" }\n');
  return {
    folder,
    write,
    check: async (compiler, ...files) => {
      const config = `tsconfig.${compiler}.${files.join("-")}.json`;
      write(config, JSON.stringify({ compilerOptions, files }));
      return read(await run(compiler, folder, config));
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function run(
  compiler: Compiler,
  folder: string,
  config: string,
): Promise<string> {
  const bin = join(
    dirname(require.resolve(`${compiler}/package.json`)),
    "bin/tsc",
  );
  const args = [
    bin,
    "-p",
    config,
    "--pretty",
    "false",
    "--extendedDiagnostics",
  ];
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, args, { cwd: folder });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    child.on("error", failed);
    child.on("close", () => {
      done(output);
    });
  });
}

function read(output: string): Checked {
  const diagnostics: Diagnostic[] = [];
  for (const line of output.split("\n")) {
    const match = /^([^(\s]+)\((\d+),(\d+)\): error TS\d+: (.*)$/.exec(line);
    const last = diagnostics.at(-1);
    if (match !== null) {
      const [, file = "", at, column, text = ""] = match;
      diagnostics.push({
        file,
        line: Number(at),
        column: Number(column),
        text,
      });
    } else if (line.startsWith("  ") && last !== undefined) {
      diagnostics[diagnostics.length - 1] = {
        ...last,
        text: `${last.text}\n${line}`,
      };
    } else if (line.startsWith("error TS")) {
      diagnostics.push({ file: "", line: 0, column: 0, text: line });
    }
  }
  const count = /Instantiations:\s+(\d+)/.exec(output)?.[1];
  return { diagnostics, instantiations: Number(count), output };
}

/** The sentence of the catalogue in a compiler's message: the string literal that is the parameter's type. */
export function sentenceOf(text: string): string | undefined {
  const literal = /type '("(?:[^"\\]|\\.)+")'\.?$/.exec(text)?.[1];
  return literal === undefined ? undefined : (JSON.parse(literal) as string);
}
