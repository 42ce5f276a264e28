/** What the scripts of the embeddings have in common: building, and saying what came out. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The folder of an embedding, where its page or worker is, and the one of what is built for it. */
export interface Workshop {
  readonly folder: string;
  readonly generated: string;
}

/** @param name a folder of examples/ */
export function workshop(name: string): Workshop {
  const folder = join(root, "examples", name);
  const generated = join(folder, "generated");
  mkdirSync(generated, { recursive: true });
  return { folder, generated };
}

/**
 * `gradc compile`.
 *
 * @param model relative to the repository
 */
export function compile(
  model: string,
  { generated }: Workshop,
  ...options: readonly string[]
): void {
  const cli = join(root, "dist", "compiler", "cli.js");
  execFileSync(
    process.execPath,
    [cli, "compile", model, "-o", generated, ...options],
    { cwd: root, stdio: ["ignore", "ignore", "inherit"] },
  );
}

/** The program of an engine; ends the process where it is absent. */
export function needed(program: string | undefined, how: string): string {
  if (program !== undefined) return program;
  console.error(`absent: ${how}`);
  return process.exit(2);
}

/** Whether two lists have the same numbers, bit for bit; a NaN is a NaN. */
export function sameBits(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return (
    a.length === b.length &&
    Array.from(a).every((value, i) => Object.is(value, b[i]))
  );
}

/** Prints a fact, and remembers in the exit code whether it holds. */
export function check(holds: boolean, fact: string): void {
  console.log(holds ? fact : `NOT SO: ${fact}`);
  if (!holds) process.exitCode = 1;
}
