/** The options of `gradc compile` that make weights constants of the module. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import { sizeOf } from "../../dsl/graph.js";
import type { FreezeRequest } from "../compile.js";
import type { FreezeOptions } from "../freeze/freeze.js";
import { CompileError } from "../diagnostics.js";
import { targets, type Target } from "../emit/targets.js";
import { checkFinite } from "../weights/finite.js";
import { readWeights } from "../weights/read.js";
import { parseRules } from "../weights/rename.js";
import { withFile } from "../weights/source.js";
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
}

/**
 * Refuses what does not go together.
 *
 * @throws CompileError that names the two options.
 */
export function checkFreeze(flags: FreezeFlags, target: Target): void {
  if (flags.weights === undefined) {
    const [lost] = ownOptions(flags);
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
}: FreezeFlags): readonly string[] => [
  ...(map.length > 0 ? ["--map", ...map] : []),
  ...(skip.length > 0 ? ["--skip", ...skip] : []),
  ...(allowNonfinite ? ["--allow-nonfinite"] : []),
  ...(norms === "fold" ? [] : ["--norms", norms]),
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

/**
 * Gives the weights to `use` while their file is open; undefined where none are asked for.
 *
 * @throws CompileError where the file cannot be read, or is damaged.
 */
export async function withWeights<T>(
  flags: FreezeFlags,
  base: string,
  use: (freeze: FreezeRequest | undefined) => Promise<T>,
): Promise<T> {
  if (flags.weights === undefined) return use(undefined);
  const path = resolve(base, flags.weights);
  const conversion = {
    rules: parseRules(flags.map),
    skip: flags.skip,
    allowNonfinite: flags.allowNonfinite,
    report: () => undefined,
  };
  return withFile(path, base, (source, fault) => {
    const read = readWeights(path, source, conversion, fault);
    const params: FreezeRequest["params"] = (derived) => {
      const all = read(derived);
      if (!flags.allowNonfinite)
        for (const { op, shape } of derived.model.params) {
          const values = all.subarray(op.offset, op.offset + sizeOf(shape));
          checkFinite(op.name, shape, values, fault);
        }
      return all;
    };
    return use({ params, weightsName: basename(path), norms: flags.norms });
  });
}
