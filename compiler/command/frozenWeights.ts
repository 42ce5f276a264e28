/** The files that `gradc compile --weights` reads: loaded where it is asked for. */
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { sizeOf } from "../../dsl/graph.js";
import type { FreezeRequest } from "../compile.js";
import { CompileError } from "../diagnostics.js";
import { examplesOf } from "../freeze/examples.js";
import { checkFinite } from "../weights/finite.js";
import { faultOf } from "../weights/fault.js";
import { readWeights } from "../weights/read.js";
import { parseRules } from "../weights/rename.js";
import { withFile } from "../weights/source.js";
import type { FreezeFlags } from "./freeze.js";

/**
 * Gives the weights to `use` while their file is open.
 *
 * @throws CompileError where the file cannot be read, or is damaged.
 */
export async function withWeights<T>(
  weights: string,
  flags: FreezeFlags,
  base: string,
  use: (freeze: FreezeRequest) => Promise<T>,
): Promise<T> {
  const path = resolve(base, weights);
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
