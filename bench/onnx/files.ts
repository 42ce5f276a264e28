/** ONNX files of a workload's forward passes. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "../measure/contestant.js";
import { onnxOf } from "./network.js";

/** Paths by name: `forward1` is for one example. */
export function onnxFiles({
  folder,
  workload,
  files,
}: Place): Readonly<Record<string, string>> {
  const bytes = Uint8Array.from(readFileSync(files.parameters));
  const parameters = new Float64Array(bytes.buffer);
  const entries = workload.tasks
    .filter(({ kind }) => kind === "forward")
    .map(({ batch }) => {
      const name = `forward${String(batch)}`;
      const path = join(folder, `${name}.onnx`);
      writeFileSync(path, onnxOf(workload, parameters, batch));
      return [name, path] as const;
    });
  return Object.fromEntries(entries);
}
