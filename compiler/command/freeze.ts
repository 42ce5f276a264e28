/** The options of `gradc compile` that make weights constants of the module. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import { sizeOf } from "../../dsl/graph.js";
import type { FreezeRequest } from "../compile.js";
import type { Pack } from "../emit/packed.js";
import { examplesOf } from "../freeze/examples.js";
import type { FreezeOptions } from "../freeze/freeze.js";
import type { Precision } from "../freeze/quantize.js";
import { CompileError } from "../diagnostics.js";
import { targets, type Target } from "../emit/targets.js";
import { checkFinite } from "../weights/finite.js";
import { faultOf } from "../weights/fault.js";
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
    const { norms, quantize: precision, pack } = flags;
    const data = examplesReader(flags, base);
    return use({
      ...{ params, weightsName: basename(path), norms, precision, pack },
      ...(data !== undefined && { data }),
    });
  });
}

/** Reads the examples of `--data`, once there is a model. */
function examplesReader(
  { data }: FreezeFlags,
  base: string,
): FreezeRequest["data"] {
  if (data === undefined) return undefined;
  const path = resolve(base, data);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new CompileError({
      code: "GC1523",
      message: `${data} cannot be read, expected a JSON file of examples`,
    });
  }
  return (model, read) => examplesOf(text, model, read, faultOf(path));
}
