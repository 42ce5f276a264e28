/** The options of the training scripts, and where they write. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export interface Options {
  /** Start from PyTorch's parameters and compare the run with PyTorch's. */
  readonly pytorch: boolean;
  /** The seed of the parameters otherwise. */
  readonly seed: number;
  /** Folder of the picture and the weights. */
  readonly out: string;
}

/** Reads `--pytorch`, `--seed 1` and `--out DIR`. */
export function options(): Options {
  const { values } = parseArgs({
    options: {
      pytorch: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      out: {
        type: "string",
        default: fileURLToPath(new URL("output", import.meta.url)),
      },
    },
  });
  return { ...values, seed: Number(values.seed) };
}

/** Writes `name.ending`, or `name.pytorch.ending`, into the folder and says so. */
export function writeOutput(
  { out, pytorch }: Options,
  name: string,
  ending: string,
  content: string | Uint8Array,
): void {
  const path = join(out, `${name}${pytorch ? ".pytorch" : ""}.${ending}`);
  mkdirSync(out, { recursive: true });
  writeFileSync(path, content);
  console.log(`wrote ${relative(process.cwd(), path)}`);
}
