/** What a contestant is told: a file for its process to read. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkRateOf, type Workload } from "../workloads/table.js";
import type { Data } from "./data.js";

export type Element = "f64" | "f32";

/** Paths of files of little-endian doubles. */
export interface Files {
  readonly parameters: string;
  readonly input: string;
  readonly target: string;
}

/** Writes the numbers that every contestant starts from. */
export function writeFiles(
  folder: string,
  parameters: Float64Array,
  data: Data,
): Files {
  const write = (name: string, numbers: Float64Array) => {
    const path = join(folder, name);
    writeFileSync(path, numbers);
    return path;
  };
  return {
    parameters: write("parameters.bin", parameters),
    input: write("input.bin", data.input),
    target: write("target.bin", data.target),
  };
}

/** Writes the job of one contestant, with what only it needs, and returns its path. */
export function writeJob(
  folder: string,
  name: string,
  workload: Workload,
  files: Files,
  own: Readonly<Record<string, string>>,
): string {
  const path = join(folder, `${name}.json`);
  const checkRate = checkRateOf(workload);
  writeFileSync(path, JSON.stringify({ workload, files, checkRate, ...own }));
  return path;
}
