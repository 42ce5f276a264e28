/** Workloads compiled by gradc's command, as a user compiles a model. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transformSync } from "esbuild";
import type { Summary } from "../../compiler/command/summary.js";
import type { Report } from "../../compiler/report/report.js";
import type { Workload } from "../workloads/table.js";
import type { Absent, Contestant } from "./contestant.js";
import { writeJob, type Element } from "./job.js";
import type { Engine } from "./nodes.js";

const bench = dirname(dirname(fileURLToPath(import.meta.url)));
const command = join(dirname(bench), "dist", "compiler", "cli.js");

/** One way to compile: what differs is options. */
export interface Tier {
  readonly name: string;
  readonly element: Element;
  readonly options: readonly string[];
}

export const wasmFloat: Tier = {
  name: "gradc wasm",
  element: "f32",
  options: ["--target", "wasm", "--dtype", "f32"],
};

/** The first one is what the others are compared with. */
export const tiers: readonly Tier[] = [
  { name: "gradc", element: "f64", options: [] },
  { name: "gradc --math host", element: "f64", options: ["--math", "host"] },
  { name: "gradc wasm", element: "f64", options: ["--target", "wasm"] },
  wasmFloat,
];

/** What the command says of a module that it wrote and checked. */
export interface Written extends Summary {
  readonly path: string;
}

export interface CompiledTier {
  /** The module as plain JavaScript, for any Node. */
  readonly script: string;
  readonly summary: Written;
  /** With room for one example. */
  readonly memory: Report["memory"];
}

/** What this process compiled, by model and options: its parts measure the same modules. */
const modules = new Map<string, CompiledTier | Absent>();

/** Compiles, which compares the module with the interpreter bit for bit and its gradients with central differences. */
export function compileTier(
  { model }: Workload,
  tier: Tier,
): CompiledTier | Absent {
  const key = [model, ...tier.options].join(" ");
  const made = modules.get(key) ?? compile(model, tier);
  modules.set(key, made);
  return made;
}

let folder: string | undefined;

/** Made when it is first asked for, deleted when this process ends. */
function folderOfModules(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), "gradc-bench-"));
  process.once("exit", () => {
    rmSync(made, { recursive: true });
  });
  folder = made;
  return made;
}

function compile(model: string, tier: Tier): CompiledTier | Absent {
  const out = mkdtempSync(join(folderOfModules(), "tier-"));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      command,
      "compile",
      join(bench, model),
      "-o",
      out,
      "--json",
      "--report",
      ...tier.options,
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) return { absent: messageOf(stderr) };
  const [reported = "", written = ""] = stdout.trim().split("\n");
  const { report } = JSON.parse(reported) as { readonly report: Report };
  const summary = JSON.parse(written) as Written;
  const source = join(out, basename(model));
  const script = source.replace(/\.ts$/, ".mjs");
  const { code } = transformSync(readFileSync(source, "utf8"), {
    loader: "ts",
    format: "esm",
    target: "es2022",
  });
  writeFileSync(script, code);
  return { script, summary, memory: report.memory };
}

/** The sentence of the command, which may be an object of --json or a line of its own. */
function messageOf(stderr: string): string {
  const [line = ""] = stderr.trim().split("\n");
  if (!line.startsWith("{")) return line.replace(/^error: /, "");
  const { message } = JSON.parse(line) as { readonly message?: string };
  return message ?? line;
}

/** A tier in an engine; `compiled` is shared by engines. */
export function tierContestant(
  tier: Tier,
  engine: Engine,
  compiled: CompiledTier | Absent,
): Contestant {
  return {
    name: tier.name,
    element: tier.element,
    runtime: engine.name,
    prepare: ({ folder, workload, files }) => {
      if ("absent" in compiled) return compiled;
      const job = writeJob(
        folder,
        `${tier.name}-${tier.element}`.replaceAll(" ", "-"),
        workload,
        files,
        { module: pathToFileURL(compiled.script).href },
      );
      return {
        program: engine.path,
        args: [join(bench, "workers", "gradc.mjs"), job],
      };
    },
  };
}
