/** What a reader has to know of the machine, and what is not comparable. */
import {
  availableParallelism,
  cpus,
  loadavg,
  platform,
  release,
} from "node:os";
import type { Table } from "./report/table.js";

export function machineTable(missing: readonly string[]): Table {
  const [cpu] = cpus();
  const load = loadavg().map((x) => x.toFixed(2));
  return {
    title: "Machine",
    columns: ["", ""],
    rows: [
      [
        "processor",
        `${cpu?.model ?? "unknown"}, ${String(availableParallelism())} available`,
      ],
      ["system", `${platform()} ${release()}`],
      ["load in 1, 5, 15 minutes", load.join(", ")],
      ["threads", "one for each library; no process is pinned to a processor"],
      [
        "C",
        "-O3 -march=native -ffast-math: sums in any order, the widest vectors of this machine",
      ],
      ["PyTorch", "Debian's package"],
      ...missing.map((what) => ["not here", what]),
    ],
  };
}
