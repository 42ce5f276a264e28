/** C compilers that are installed, and programs made by them. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Element } from "../measure/job.js";
import type { Workload } from "../workloads/table.js";
import { programOf } from "./program.js";

const here = dirname(fileURLToPath(import.meta.url));

/** Associative sums, so that compilers may use vectors for them: the fastest C there is, not the one with gradc's bits. */
const flags = ["-std=gnu11", "-O3", "-march=native", "-ffast-math"];

export interface Compiler {
  /** Of the contestant. */
  readonly name: string;
  readonly command: "gcc" | "clang";
  readonly extra: readonly string[];
}

/** C with vectors of as many bits as those of WebAssembly. */
export const narrow: Compiler = {
  name: "C gcc, 128 bits",
  command: "gcc",
  extra: ["-mprefer-vector-width=128"],
};

/** C that computes one number at a time, as JavaScript does. */
export const scalar: Compiler = {
  name: "C gcc, no vectors",
  command: "gcc",
  extra: ["-fno-tree-vectorize", "-fno-tree-slp-vectorize"],
};

export const compilers: readonly Compiler[] = [
  { name: "C gcc", command: "gcc", extra: [] },
  { name: "C clang", command: "clang", extra: [] },
  {
    name: "C OpenBLAS",
    command: "gcc",
    extra: ["-DUSE_BLAS", "-lopenblas"],
  },
  narrow,
  scalar,
];

/** First line of --version, or undefined where there is no such command. */
export function versionOf(command: string): string | undefined {
  const { status, stdout } = spawnSync(command, ["--version"], {
    encoding: "utf8",
  });
  return status === 0 ? stdout.split("\n")[0] : undefined;
}

/** The path of the program, or why there is none. */
export function build(
  folder: string,
  compiler: Compiler,
  workload: Workload,
  element: Element,
): { readonly path: string } | { readonly absent: string } {
  const name = `${compiler.name.replace(/\W+/g, "-")}-${element}`;
  const source = join(folder, "program.c");
  const path = join(folder, name);
  writeFileSync(source, programOf(workload));
  const { status, stderr, error } = spawnSync(
    compiler.command,
    [
      ...flags,
      `-DREAL=${element === "f64" ? "double" : "float"}`,
      `-I${here}`,
      source,
      "-o",
      path,
      ...compiler.extra,
      "-lm",
    ],
    { encoding: "utf8" },
  );
  if (status === 0) return { path };
  // A command that is not there says nothing.
  if (error !== undefined) return { absent: `no ${compiler.command}` };
  // An option of other processors is nothing wrong with the program.
  const [, option] =
    /unrecognized command-line option \W(-[\w=-]+)/.exec(stderr) ?? [];
  if (option !== undefined)
    return { absent: `${compiler.command} has no ${option} here` };
  const reason = stderr
    .split("\n")
    .find((line) => /error|cannot|not found/.test(line));
  return { absent: reason ?? stderr };
}
