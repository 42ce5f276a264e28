/** Everything that is measured of one workload. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Handle } from "../../compiler/check/emitted.js";
import { parametersOf } from "../workloads/layers.js";
import type { Workload } from "../workloads/table.js";
import type { Absent, Contestant, Place } from "./contestant.js";
import { dataOf } from "./data.js";
import { writeFiles } from "./job.js";
import type { Engine } from "./nodes.js";
import { race, type Effort, type Result } from "./race.js";
import {
  compileTier,
  tierContestant,
  tiers,
  wasmFloat,
  type CompiledTier,
  type Written,
} from "./tiers.js";

/** The times of all contestants. */
export interface Raced {
  readonly workload: Workload;
  readonly results: readonly Result[];
}

export interface Measured extends Raced {
  /** What the command said of the JavaScript tier. */
  readonly summary: Written;
}

/** Compiles the workload, lets every contestant check what it computes, and times them. */
export async function measure(
  workload: Workload,
  engines: readonly Engine[],
  others: readonly Contestant[],
  effort: Effort,
): Promise<Measured> {
  return withCompiled(workload, engines, async ({ place, summary, own }) => ({
    workload,
    summary,
    results: await race(place, [...own, ...others], effort),
  }));
}

export interface Compiled {
  readonly place: Place;
  /** Of the JavaScript tier. */
  readonly summary: Written;
  /** Its module, as plain JavaScript. */
  readonly script: string;
  /** The module of WebAssembly in float32, or why there is none. */
  readonly wasm: CompiledTier | Absent;
  /** gradc's tiers in each engine. */
  readonly own: readonly Contestant[];
}

/** Compiles the workload in a folder of its own for as long as `use` takes. */
export async function withCompiled<T>(
  workload: Workload,
  engines: readonly Engine[],
  use: (compiled: Compiled) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "gradc-bench-"));
  try {
    const modules = tiers.map((tier) => compileTier(workload, tier));
    const [first] = modules;
    if (first === undefined || "absent" in first)
      throw new Error(
        `${workload.model} does not compile: ${first?.absent ?? ""}`,
      );
    const { summary, script } = first;
    const parameters = await parametersFrom(script, workload);
    const files = writeFiles(folder, parameters, dataOf(workload));
    const own = tiers.flatMap((tier, i) => {
      const made = modules[i] ?? { absent: "not compiled" };
      // What is not there is so in one engine as in another.
      const where = "absent" in made ? engines.slice(0, 1) : engines;
      return where.map((engine) => tierContestant(tier, engine, made));
    });
    const wasm = modules[tiers.indexOf(wasmFloat)] ?? {
      absent: "not compiled",
    };
    const place = { folder, workload, files };
    return await use({ place, summary, script, wasm, own });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Module {
  readonly create: (options: { readonly seed: number }) => Handle;
  readonly layout: readonly {
    readonly name: string;
    readonly shape: readonly number[];
  }[];
}

/** Initial parameters, drawn by the module; the layers of the table have to be the model's. */
async function parametersFrom(
  script: string,
  workload: Workload,
): Promise<Float64Array> {
  const { create, layout } = (await import(
    pathToFileURL(script).href
  )) as Module;
  const shapes = JSON.stringify(workload.layers.flatMap(parametersOf));
  const found = JSON.stringify(layout.map(({ shape }) => shape));
  if (found !== shapes)
    throw new Error(
      `${workload.model} has parameters ${found}, its layers in bench/workloads/table.ts have ${shapes}`,
    );
  return Float64Array.from(create({ seed: 1 }).params);
}
