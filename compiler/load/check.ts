/**
 * Type-checks a model in a child process, so that it costs no time while the
 * model runs: TypeScript 7's native compiler where it is installed.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import type { Problem } from "../diagnostics.js";
import { explainChecks, type RawCheck } from "./checked.js";

/** How a model is checked, whatever the user's tsconfig.json says. */
const flags = [
  ...["--ignoreConfig", "--noEmit", "--pretty", "false", "--strict"],
  ...["--target", "es2022", "--module", "preserve"],
  ...["--moduleResolution", "bundler", "--resolveJsonModule"],
  ...["--skipLibCheck", "--allowImportingTsExtensions"],
  "--noErrorTruncation",
];

/** Checks the model at an absolute path; what is wrong, in order of the text. */
export async function checkModel(path: string): Promise<readonly Problem[]> {
  const compiler = findCompiler();
  const found =
    compiler === undefined ? undefined : await runCompiler(compiler, path);
  if (found !== undefined) return explainChecks(found);
  const { checkWithMorph } = await import("./checkMorph.js");
  return explainChecks(checkWithMorph(path));
}

/** A program and its first arguments. */
type Compiler = readonly [string, ...string[]];

/** TypeScript 7: the native binary itself, else the script that starts it. */
function findCompiler(): Compiler | undefined {
  const here = createRequire(import.meta.url);
  try {
    const manifest = here.resolve("typescript7/package.json");
    const name = `@typescript/typescript-${process.platform}-${process.arch}`;
    const script = join(dirname(manifest), "bin", "tsc");
    const native = tryResolve(createRequire(manifest), `${name}/package.json`);
    if (native !== undefined) {
      const binary = process.platform === "win32" ? "tsc.exe" : "tsc";
      const path = join(dirname(native), "lib", binary);
      if (existsSync(path)) return [path];
    }
    return existsSync(script) ? [process.execPath, script] : undefined;
  } catch {
    return undefined;
  }
}

function tryResolve(from: NodeJS.Require, name: string): string | undefined {
  try {
    return from.resolve(name);
  } catch {
    return undefined;
  }
}

/**
 * The compiler's messages; undefined when it could not be run. A model seldom
 * needs more than the language's own library, so only an error pays for the
 * browser's and Node's.
 */
async function runCompiler(
  compiler: Compiler,
  path: string,
): Promise<readonly RawCheck[] | undefined> {
  const quick = await runOnce(compiler, path, ["--lib", "es2023"]);
  if (quick === undefined || quick.length === 0) return quick;
  const node = tryResolve(createRequire(path), "@types/node/package.json");
  return runOnce(compiler, path, [
    ...["--lib", "es2023,dom,dom.iterable"],
    ...(node === undefined ? [] : ["--types", "node"]),
  ]);
}

async function runOnce(
  [program, ...first]: Compiler,
  path: string,
  more: readonly string[],
): Promise<readonly RawCheck[] | undefined> {
  const folder = dirname(path);
  // "./" keeps a file called -model.ts or @model.ts from being an option.
  const args = [...first, ...flags, ...more, `./${basename(path)}`];
  const { status, output } = await new Promise<{
    status: number | null;
    output: string;
  }>((done) => {
    const child = spawn(program, args, {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const parts: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => parts.push(part));
    child.on("error", () => {
      done({ status: null, output: "" });
    });
    child.on("close", (status) => {
      done({ status, output: Buffer.concat(parts).toString("utf8") });
    });
  });
  const found = parseOutput(output, folder);
  const ran = status === 0 || (status !== null && found.length > 0);
  return ran ? found : undefined;
}

/** `file(line,column): error TS1234: text`, and indented lines that go on. */
export function parseOutput(output: string, folder: string): RawCheck[] {
  const found: { -readonly [K in keyof RawCheck]: RawCheck[K] }[] = [];
  for (const line of output.split(/\r?\n/)) {
    const placed = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line);
    const global = /^error (TS\d+): (.*)$/.exec(line);
    const last = found.at(-1);
    if (placed !== null) {
      const [, file = "", row, column, code = "", text = ""] = placed;
      found.push({
        file: resolve(folder, file),
        line: Number(row),
        column: Number(column),
        code,
        lines: [text],
      });
    } else if (global !== null) {
      const [, code = "", text = ""] = global;
      found.push({ code, lines: [text] });
    } else if (last !== undefined && line.startsWith("  ")) {
      last.lines = [...last.lines, line.trim()];
    }
  }
  return found;
}
