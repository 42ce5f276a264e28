/** What a reader has to know of the machine, and what is not comparable. */
import {
  availableParallelism,
  cpus,
  loadavg,
  platform,
  release,
} from "node:os";
import { existsSync, readFileSync } from "node:fs";
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
      ["vectors", widestVectors()],
      ["system", `${platform()} ${release()}`],
      ["load in 1, 5, 15 minutes", load.join(", ")],
      ["threads", "one for each library; no process is pinned to a processor"],
      [
        "C",
        "-O3 -march=native -ffast-math: sums in any order, vectors as wide as the compiler chooses",
      ],
      [
        "C as wide",
        "gcc with vectors of 128 bits, as WebAssembly has, and with none, as JavaScript",
      ],
      ["PyTorch", "Debian's package"],
      ...missing.map((what) => ["not here", what]),
    ],
  };
}

/** Names of processor flags, the widest first. */
const vectors = [
  ["avx512f", "AVX-512: 512 bits"],
  ["avx2", "AVX2: 256 bits"],
  ["avx", "AVX: 256 bits"],
  ["sse2", "SSE2: 128 bits"],
  ["asimd", "NEON: 128 bits"],
] as const;

/** C has these; WebAssembly has 128 bits everywhere. */
function widestVectors(): string {
  const path = "/proc/cpuinfo";
  const flags = existsSync(path) ? readFileSync(path, "utf8").split(/\s+/) : [];
  const [, widest] = vectors.find(([flag]) => flags.includes(flag)) ?? [];
  return `${widest ?? "unknown"}; those of WebAssembly have 128`;
}
