/** The options of `gradc compile` that make weights constants of the module. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Pack } from "../emit/packed.js";
import type { FreezeOptions } from "../freeze/freeze.js";
import type { Precision } from "../freeze/quantize.js";
import { CompileError } from "../diagnostics.js";
import { targets, type Target } from "../emit/targets.js";
import { checkCommentPath } from "./files.js";

export interface FreezeFlags {
  /** A .safetensors file, or what `save()` returned. */
  readonly weights?: string;
  /** `0=hidden`: names of the file and of the model. */
  readonly map: readonly string[];
  readonly skip: readonly string[];
  readonly allowNonfinite: boolean;
  /** What becomes of batch norms. */
  readonly norms: FreezeOptions["norms"];
  /** What weights are rounded to. */
  readonly quantize: Precision;
  /** How tables of weights are written. */
  readonly pack: Pack;
  /** A JSON file of examples to compare a rounded network on. */
  readonly data?: string;
}

/**
 * Refuses what does not go together.
 *
 * @throws CompileError that names the two options.
 */
export function checkFreeze(
  flags: FreezeFlags,
  target: Target,
  unroll: string,
): void {
  if (flags.weights === undefined) {
    const [lost] = [
      ...ownOptions(flags),
      ...(flags.data === undefined ? [] : ["--data"]),
    ];
    if (lost !== undefined)
      throw new CompileError({
        code: "GC1018",
        message: `${lost} is about weights, and there is no --weights`,
        remedy: "--weights weights.safetensors",
      });
    return;
  }
  if (targets[target].tiers === true)
    throw new CompileError({
      code: "GC1019",
      message: `--weights writes a module that only predicts, --target ${target} has none`,
      remedy: "take --target js, which has the same bits",
    });
  if (flags.pack === "base64" && unroll === "full")
    throw new CompileError({
      code: "GC1023",
      message:
        "--pack base64 writes tables, --unroll full has the numbers in its lines",
      remedy: "take one of both away",
    });
}

/** The options that decide the text of the module, as they are typed in the project's folder. */
export function freezeOptions(
  flags: FreezeFlags,
  base: string,
  project: string,
): string[] {
  if (flags.weights === undefined) return [];
  const path = relative(project, resolve(base, flags.weights));
  const shown = path.replaceAll("\\", "/");
  checkCommentPath(shown);
  return ["--weights", shown, ...ownOptions(flags)];
}

const ownOptions = ({
  map,
  skip,
  allowNonfinite,
  norms,
  quantize,
  pack,
}: FreezeFlags): readonly string[] => [
  ...(map.length > 0 ? ["--map", ...map] : []),
  ...(skip.length > 0 ? ["--skip", ...skip] : []),
  ...(allowNonfinite ? ["--allow-nonfinite"] : []),
  ...(norms === "fold" ? [] : ["--norms", norms]),
  ...(quantize === "none" ? [] : ["--quantize", quantize]),
  ...(pack === "literals" ? [] : ["--pack", pack]),
];

/** By what a file of weights is known to be the same: nothing where there is none. */
export function digestOf(
  { weights }: FreezeFlags,
  base: string,
): readonly string[] {
  if (weights === undefined) return [];
  try {
    const bytes = readFileSync(resolve(base, weights));
    return [createHash("sha256").update(bytes).digest("hex")];
  } catch {
    return [];
  }
}
