/** Everything that is measured of one workload. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Handle } from "../../compiler/check.js";
import { parametersOf } from "../workloads/layers.js";
import type { Workload } from "../workloads/table.js";
import type { Contestant, Place } from "./contestant.js";
import { dataOf } from "./data.js";
import { writeFiles } from "./job.js";
import type { Engine } from "./nodes.js";
import { race, type Effort, type Result } from "./race.js";
import { compileTier, tierContestant, tiers, type Summary } from "./tiers.js";

export interface Measured {
  readonly workload: Workload;
  /** What the command said of the JavaScript tier. */
  readonly summary: Summary;
  readonly results: readonly Result[];
}

/** Compiles the workload, lets every contestant check what it computes, and times them. */
export async function measure(
  workload: Workload,
  engines: readonly Engine[],
  others: readonly Contestant[],
  effort: Effort,
): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "gradc-bench-"));
  try {
    const compiled = tiers.map((tier) => compileTier(folder, workload, tier));
    const [first] = compiled;
    if (first === undefined || "absent" in first)
      throw new Error(
        `${workload.model} does not compile: ${first?.absent ?? ""}`,
      );
    const parameters = await parametersFrom(first.script, workload);
    const files = writeFiles(folder, parameters, dataOf(workload));
    const place: Place = { folder, workload, files };
    const own = tiers.flatMap((tier, i) => {
      const made = compiled[i] ?? { absent: "not compiled" };
      // What is not there is so in one engine as in another.
      const where = "absent" in made ? engines.slice(0, 1) : engines;
      return where.map((engine) => tierContestant(tier, engine, made));
    });
    const results = await race(place, [...own, ...others], effort);
    return { workload, summary: first.summary, results };
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
