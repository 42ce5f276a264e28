/** PyTorch, where a python3 has it. */
import { spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Contestant } from "../measure/contestant.js";
import { writeJob, type Element } from "../measure/job.js";

const worker = join(dirname(fileURLToPath(import.meta.url)), "torch_worker.py");

/** The first python3 on the PATH that has torch: a system's own one may stand behind another. */
export function pythonWithTorch():
  { readonly path: string; readonly version: string } | undefined {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, "python3");
    const { status, stdout } = spawnSync(
      path,
      ["-c", "import sys, torch; print(sys.version.split()[0])"],
      { encoding: "utf8" },
    );
    if (status === 0) return { path, version: stdout.trim() };
  }
  return undefined;
}

export function torchContestants(): readonly Contestant[] {
  const python = pythonWithTorch();
  const elements: readonly Element[] = ["f32", "f64"];
  return elements.map((element) => ({
    name: "PyTorch",
    element,
    runtime: python === undefined ? "" : `Python ${python.version}`,
    prepare: ({ folder, workload, files }) => {
      if (python === undefined)
        return { absent: "no python3 on the PATH has torch" };
      const job = writeJob(folder, `torch-${element}`, workload, files, {
        element,
      });
      const one = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
      return { program: python.path, args: [worker, job], env: one };
    },
  }));
}
