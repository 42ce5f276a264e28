/**
 * Where the wall time of `npm run compile model.ts` goes: medians of five runs
 * in a copy of the seed's project, cold (nothing remembered) and unchanged; and
 * what a graph of 10,000 nodes takes after the check.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./measure/statistics.js";
import type { Bench, Outcome } from "./bench.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const runs = 5;

interface Timed {
  readonly wall: number;
  /** Of the model's graph, backward pass included. */
  readonly nodes: number;
  readonly parts: ReadonlyMap<string, number>;
}

export const benchCompile: Bench = () => {
  const folder = mkdtempSync(join(tmpdir(), "gradc-bench-"));
  try {
    return Promise.resolve(measure(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

function measure(folder: string): Outcome {
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ type: "module", scripts: { compile: script() } }),
  );
  copyFileSync(join(root, "model.ts"), join(folder, "model.ts"));
  for (const file of ["deep.ts", "deepNetwork.ts"])
    copyFileSync(join(root, "bench", file), join(folder, file));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "gradc"), "dir");

  const compiling = (model: string) =>
    ["npm", "run", "--silent", "compile", model, "--", "--json"] as const;
  const npm = compiling("model.ts");
  const cold = (command: readonly string[]) => {
    const cache = join(folder, "node_modules", ".cache");
    rmSync(cache, { recursive: true, force: true });
    return timed(folder, command);
  };
  // In turns, so that a busy machine is busy for both.
  const pairs = repeat(
    () => [cold(npm), cold([...npm, "--no-verify"])] as const,
  );
  cold(npm);
  const unchanged = repeat(() => timed(folder, npm));

  const verified = pairs.map(([run]) => run);
  const trusting = pairs.map(([, run]) => run);
  const part = (name: string, of: readonly Timed[] = verified) =>
    median(of.map(({ parts }) => parts.get(name) ?? 0));
  const wall = (of: readonly Timed[]) => median(of.map((run) => run.wall));
  const [total, again] = [wall(verified), wall(unchanged)];
  const [load, compile] = [part("gradc load"), part("gradc compile")];
  const verify = Math.max(0, compile - part("gradc compile", trusting));
  const rows = [
    ["cold", total],
    ["  npm", total - part("total")],
    ["  start-up and build check", part("total") - load - compile],
    ["  load: the longest of", load],
    ["    check", part("gradc check")],
    ["    run the model", part("gradc run")],
    ["    names", part("gradc names")],
    ["  compile", compile - verify],
    ["  verify", verify],
    ["unchanged", again],
    ["  npm", again - part("total", unchanged)],
    ["  gradc", part("total", unchanged)],
  ] as const;
  const large = repeat(() => cold(compiling("deep.ts")));
  const nodes = String(large[0]?.nodes ?? 0);
  const of = (name: string) => part(name, large);
  const [afterCheck, checked] = [of("gradc compile"), of("gradc verify")];
  const graph = [
    [`${nodes} nodes, after the check`, afterCheck],
    ["  names", of("gradc settle")],
    ["  programs", of("gradc derive")],
    ["  passes", of("gradc passes")],
    ["  statements and forms", of("gradc plan") - of("gradc passes")],
    ["  print", of("gradc print")],
    ["  verify", checked],
  ] as const;
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
  const all = [...rows, ...graph];
  return {
    tables: [
      {
        title: "Compile: medians of five runs",
        columns: ["", "ms"],
        rows: all.map(([name, ms]) => [name, ms.toFixed(0)]),
      },
    ],
    data: Object.fromEntries(all),
    summary: [
      `cold ${seconds(total)} s (limit 2.5)`,
      `unchanged ${seconds(again)} s (limit 0.8)`,
      `${nodes} nodes ${seconds(afterCheck - checked)} s (limit 2), verified ${seconds(afterCheck)} s`,
    ].join(", "),
  };
}

/** The project's own `npm run compile`, from another folder. */
function script(): string {
  const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly scripts: { readonly compile: string };
  };
  const tool = join(root, "tools", "compile.mjs");
  return own.scripts.compile.replace("tools/compile.mjs", () =>
    JSON.stringify(tool),
  );
}

/** Wall time of a command, and the parts that gradc measured itself. */
function timed(folder: string, command: readonly string[]): Timed {
  const [program = "", ...args] = command;
  const env = { ...process.env, GRADC_TIMINGS: "1" };
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  const wall = performance.now() - start;
  if (status !== 0) throw new Error(`${command.join(" ")} failed:\n${stderr}`);
  const last = stderr.trim().split("\n").at(-1) ?? "{}";
  const parts = JSON.parse(last) as Record<string, number>;
  const { nodes } = JSON.parse(stdout) as { readonly nodes: number };
  return { wall, nodes, parts: new Map(Object.entries(parts)) };
}

function repeat<T>(run: () => T): readonly T[] {
  return Array.from({ length: runs }, run);
}
