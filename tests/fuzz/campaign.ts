/** Chunks of programs in several processes. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { root } from "../types/project.js";
import type { ChunkReport, Failure } from "./chunk.js";
import { coverageOf, type Coverage } from "./coverage.js";
import { checkTypes } from "./types.js";

/** Programs of one process, and of one file for the type checker. */
const chunkSize = 200;

export interface Campaign {
  readonly graphs: number;
  readonly failures: readonly Failure[];
  readonly coverage: Coverage;
  readonly gradients: number;
  readonly differences: number;
  readonly unsure: number;
  readonly undecided: number;
  readonly worstRatio: number;
  /** Wrong programs that were refused, by type and run time alike. */
  readonly refused: number;
}

/**
 * Checks programs `first` .. `first` + graphs - 1 of a seed.
 *
 * @param heard is told of every failure as it is found, and of progress
 */
export async function campaign(
  seed: number,
  graphs: number,
  heard: (done: number, failures: readonly Failure[]) => void = () => undefined,
  first = 0,
): Promise<Campaign> {
  const end = first + graphs;
  const starts = Array.from(
    { length: Math.ceil(graphs / chunkSize) },
    (_, i) => first + i * chunkSize,
  );
  const reports: ChunkReport[] = [];
  const worker = await bundled();
  let [done, refused] = [0, 0];
  const work = async (): Promise<void> => {
    for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
      const to = Math.min(end, from + chunkSize);
      const [report, types] = await Promise.all([
        worker.run(seed, from, to),
        checkTypes(seed, from, to),
      ]);
      const failures = [...report.failures, ...types.failures];
      reports.push({ ...report, failures });
      done += to - from;
      refused += types.refused;
      heard(done, failures);
    }
  };
  try {
    await Promise.all(Array.from({ length: availableParallelism() }, work));
  } finally {
    worker.remove();
  }
  const total = (of: (r: ChunkReport) => number): number =>
    reports.reduce((s, r) => s + of(r), 0);
  return {
    graphs,
    failures: reports
      .flatMap((r) => r.failures)
      .sort((a, b) => a.index - b.index),
    coverage: coverageOf(new Set(reports.flatMap((r) => r.covered))),
    gradients: total((r) => r.gradients),
    differences: total((r) => r.differences),
    unsure: total((r) => r.unsure),
    undecided: total((r) => r.undecided),
    worstRatio: Math.max(0, ...reports.map((r) => r.worstRatio)),
    refused,
  };
}

interface Worker {
  run(seed: number, from: number, to: number): Promise<ChunkReport>;
  remove(): void;
}

/** The worker as one file of plain JavaScript: it starts at once and runs at full speed. */
async function bundled(): Promise<Worker> {
  const folder = mkdtempSync(join(root, "node_modules", ".gradc-fuzz-"));
  const file = join(folder, "worker.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("worker.ts", import.meta.url))],
    outfile: file,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  return {
    run: (...range) => inChild([file, ...range.map(String)]),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A process for each chunk: modules that were imported are never forgotten. */
function inChild(args: readonly string[]): Promise<ChunkReport> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.on("error", reject);
    child.on("close", (status) => {
      if (status === 0) resolve(JSON.parse(output) as ChunkReport);
      else
        reject(
          new Error(
            `the worker of ${args.slice(1).join(" ")} ended with status ${String(status)}`,
          ),
        );
    });
  });
}

/** One line that says how a campaign went. */
export function summaryOf(c: Campaign): string {
  const percent = ({
    seen,
    all,
  }: {
    readonly seen: number;
    readonly all: number;
  }): string => `${((100 * seen) / Math.max(1, all)).toFixed(1)} %`;
  return [
    `fuzz: ${String(c.graphs)} graphs, ${String(c.failures.length)} failures`,
    `${String(c.gradients)} gradients, worst ${c.worstRatio.toFixed(2)} of 2`,
    `${String(c.differences)} central differences and ${String(c.unsure)} unsure`,
    `${String(c.undecided)} undecided`,
    `${String(c.refused)} wrong programs refused`,
    `pairs ${percent(c.coverage.pairs)}, attributes ${percent(c.coverage.attributes)}, functions ${percent(c.coverage.functions)}`,
  ].join("; ");
}
