/** The page with plots: what bench/page draws of what was measured. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { installed } from "../measure/install.js";
import type { Measured } from "../measure/measure.js";
import { taskText } from "./speed.js";
import type { Table } from "./table.js";

/** Writes the page, or returns why it could not. */
export function writePage(
  path: string,
  machine: Table,
  measured: readonly Measured[],
): string | undefined {
  const packages = installed("page");
  if ("absent" in packages) return packages.absent;
  const folder = mkdtempSync(join(tmpdir(), "gradc-bench-"));
  try {
    const data = join(folder, "data.json");
    const page = {
      title: "gradc: times of one call",
      machine: machine.rows,
      note: "Points are medians, lines go from the smallest to the largest sample. gradc's are blue. The axis is logarithmic.",
      plots: measured.flatMap(plotsOf),
    };
    writeFileSync(data, JSON.stringify(page));
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(packages.folder, "page.mjs"), data, resolve(path)],
      { encoding: "utf8" },
    );
    return status === 0 ? undefined : stderr.trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function plotsOf({ workload, results }: Measured) {
  return workload.tasks.map((task) => ({
    title: `${workload.id} ${taskText(task)}: ${workload.title}`,
    points: results.flatMap((result) => {
      const { contestant, element, runtime, time } = result;
      if (result.task !== task || time === undefined) return [];
      const own = contestant.startsWith("gradc");
      const version = own ? `, ${runtime.split(".")[0] ?? ""}` : "";
      return [
        {
          name: `${contestant} ${element}${version}`,
          value: time.median,
          min: time.min,
          max: time.max,
          own,
        },
      ];
    }),
  }));
}
