/** How large models compile: a million parameters, and a graph of a hundred thousand nodes with its backward pass. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Bench } from "./bench.js";
import { bytesText } from "./report/units.js";

const here = dirname(fileURLToPath(import.meta.url));
const command = join(dirname(here), "dist", "compiler", "cli.js");

/** Most seconds, and most bytes of the process that compiles. */
const limits = { seconds: 60, bytes: 1e9 };

const models = ["million.ts", "hundredThousand.ts"] as const;

export const benchScale: Bench = () => {
  const folder = mkdtempSync(join(tmpdir(), "gradc-bench-"));
  try {
    const compiled = models.map((model) => compile(folder, model));
    const met = compiled.filter((c) => verdictOf(c) === "met");
    return Promise.resolve({
      tables: [
        {
          title: "Large models: one compile each, its checks included",
          columns: ["", "parameters", "nodes", "s", "memory", ""],
          rows: compiled.map((c) => [
            c.model,
            ...(Number.isFinite(c.seconds)
              ? [
                  c.parameters.toFixed(0),
                  c.nodes.toFixed(0),
                  c.seconds.toFixed(1),
                  bytesText(c.bytes),
                ]
              : ["-", "-", "-", "-"]),
            verdictOf(c),
          ]),
        },
      ],
      data: compiled,
      summary: `${String(met.length)} of ${String(models.length)} within ${String(limits.seconds)} s and ${bytesText(limits.bytes)}`,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

interface Compiled {
  readonly model: string;
  readonly parameters: number;
  readonly nodes: number;
  readonly seconds: number;
  readonly bytes: number;
}

function verdictOf({ seconds, bytes }: Compiled): string {
  if (!Number.isFinite(seconds)) return "missed: it did not end";
  if (seconds > limits.seconds) return "missed: too slow";
  return bytes > limits.bytes ? "missed: too much memory" : "met";
}

function compile(folder: string, model: string): Compiled {
  console.error(`bench: compiling ${model}`);
  const peak = join(folder, "peak");
  const hook = pathToFileURL(join(here, "workers", "peak.mjs")).href;
  const start = performance.now();
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      "--import",
      hook,
      command,
      "compile",
      join(here, model),
      "-o",
      folder,
      "--json",
    ],
    {
      encoding: "utf8",
      env: { ...process.env, GRADC_BENCH_PEAK: peak },
      timeout: 300_000,
    },
  );
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) {
    const none = Number.NaN;
    return { model, parameters: none, nodes: none, seconds: none, bytes: none };
  }
  const { parameters, nodes } = JSON.parse(stdout) as Compiled;
  const bytes = Number(readFileSync(peak, "utf8"));
  return { model, parameters, nodes, seconds, bytes };
}
