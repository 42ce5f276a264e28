/** Runs the real command line as a child process, in projects of their own. */
import { spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const cli = join(root, "dist", "compiler", "cli.js");

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** This process's environment without what npm and terminals put there. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own =
    /^(?:npm_|INIT_CWD$|NODE_OPTIONS$|VITEST|FORCE_COLOR$|NO_COLOR$)/i;
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !own.test(name)),
  );
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Run> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...cleanEnvironment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (part: Buffer) => (stdout += part.toString()));
    child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
    child.on("error", fail);
    child.on("close", (status) => {
      done({ status, stdout, stderr });
    });
  });
}

/** Runs gradc in a folder. */
export function gradc(
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Run> {
  return run(process.execPath, [cli, ...args], cwd, env);
}

export interface Project {
  readonly folder: string;
  readonly path: (...names: readonly string[]) => string;
  readonly write: (name: string, text: string) => void;
}

const created: string[] = [];

/** A new project whose node_modules has gradc, as a user's project has it. */
export function project(
  files: Readonly<Record<string, string>>,
  manifest: object = { type: "module" },
): Project {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), "gradc-cli-")));
  created.push(parent);
  const folder = join(parent, "project");
  const path = (...names: readonly string[]) => join(folder, ...names);
  const write = (name: string, text: string) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  };
  write("package.json", JSON.stringify(manifest));
  mkdirSync(path("node_modules"));
  symlinkSync(root, path("node_modules", "gradc"), "dir");
  for (const [name, text] of Object.entries(files)) write(name, text);
  return { folder, path, write };
}

/** Removes every project of {@link project}. */
export function removeProjects(): void {
  for (const folder of created.splice(0))
    rmSync(folder, { recursive: true, force: true });
}

/** The seed network; `width` may be anything that the text allows. */
export function seed(width = "2"): string {
  return `import { input, linear, model, mse, sgd } from "gradc";

const x = input("x", [2]);
const y = input("y", [2]);
const hidden = linear(x, ${width}, { bias: false });
const output = linear(hidden, 2, { bias: false });

export default model({
  inputs: { x, y },
  outputs: { output },
  loss: mse(output, y),
  optimizer: sgd(0.1),
});
`;
}
