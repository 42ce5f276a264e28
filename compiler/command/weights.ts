/** `gradc weights model.ts weights.safetensors -o weights.bin`, and the other way. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CompileError, shortPath } from "../diagnostics.js";
import type { Dtype } from "../emit/dtype.js";
import type { Derived } from "../emit/fields.js";
import { faultOf } from "../weights/fault.js";
import { isJson, isSafetensors, readWeights } from "../weights/read.js";
import { parseRules } from "../weights/rename.js";
import { countText, tableText, type Row } from "../weights/report.js";
import { isOwn, readSafetensors } from "../weights/safetensors.js";
import {
  bytesOfJson,
  isSaved,
  jsonOfBytes,
  savedBytes,
} from "../weights/saved.js";
import { sourceOf, withFile } from "../weights/source.js";
import { stateDictOf, type Conversion } from "../weights/stateDict.js";
import { checkOutputs, findFiles, type Files } from "./files.js";
import { writeFile } from "./place.js";
import type { Reporter } from "./reporter.js";

export interface WeightsFlags {
  readonly out?: string;
  /** Of the state that is written. */
  readonly dtype: Dtype;
  /** `0=hidden`: names of the file and of the model. */
  readonly map: readonly string[];
  readonly skip: readonly string[];
  readonly allowNonfinite: boolean;
  readonly json: boolean;
  readonly force: boolean;
}

/**
 * Converts a state_dict of PyTorch to what the handle's `load()` takes, or what `save()` returned to a state_dict: which of
 * both, the endings say. Without `out` it only reports.
 *
 * @param file the weights as the user wrote them
 * @param base the folder that the paths of the command line are relative to
 * @throws CompileError for a mistake of the user; nothing is written then.
 */
export async function weightsCommand(
  model: string,
  file: string,
  flags: WeightsFlags,
  base: string,
  reporter: Reporter,
): Promise<void> {
  const files = findFiles(base, model, "generated", "ts");
  const path = resolve(base, file);
  const output = flags.out === undefined ? undefined : resolve(base, flags.out);
  checkEndings(file, flags.out);
  if (output !== undefined)
    checkOutputs({ ...files, output }, base, (p) => flags.force || isOurs(p));
  let counts = "";
  const conversion: Conversion = {
    rules: parseRules(flags.map),
    skip: flags.skip,
    allowNonfinite: flags.allowNonfinite,
    report: (rows) => {
      counts = countText(rows);
      reporter.output(flags.json ? jsonLines(rows) : tableText(rows));
    },
  };
  const contents = isSafetensors(path)
    ? await toState(path, files, conversion, base, flags.dtype)
    : await fromState(path, files, conversion, base);
  if (output !== undefined) writeFile(output, encoded(contents, output), base);
  const shown = shortPath(output ?? path, base);
  reporter.output(
    flags.json
      ? JSON.stringify({ path: shown, written: output !== undefined, counts })
      : `${shown}  ${counts}`,
  );
}

/** From a state_dict to a state. */
const toState = (
  path: string,
  files: Files,
  conversion: Conversion,
  base: string,
  dtype: Dtype,
): Promise<Uint8Array> =>
  withFile(path, base, async (source, fault) => {
    const params = readWeights(path, source, conversion, fault);
    const derived = await derive(files);
    return savedBytes(derived, params(derived), dtype);
  });

/** From a state to a state_dict. */
const fromState = (
  path: string,
  files: Files,
  conversion: Conversion,
  base: string,
): Promise<Uint8Array> =>
  withFile(path, base, async (source, fault) => {
    const params = readWeights(path, source, conversion, fault);
    const derived = await derive(files);
    const all = params(derived);
    return stateDictOf(derived.model.params, all, conversion, fault);
  });

/** Everything about a model that its states and names depend on. */
async function derive(files: Files): Promise<Derived> {
  const { loadSources, translated } = await import("./pipeline.js");
  const { model: declared, sources } = await loadSources(files);
  const { siteFinder } = await import("../load/findSite.js");
  const { nameModel } = await import("../load/name.js");
  const { buildPrograms } = await import("../programs.js");
  const find = siteFinder(sources);
  const build = (): Derived => {
    const model = nameModel(declared, (call) => find(call)[0]);
    return { model, programs: buildPrograms(model) };
  };
  return translated(build, files, sources);
}

/** What goes into a file of this ending. */
const encoded = (contents: Uint8Array, path: string): string | Uint8Array =>
  isJson(path) ? jsonOfBytes(contents) : contents;

function checkEndings(file: string, out: string | undefined): void {
  if (out === undefined || isSafetensors(file) !== isSafetensors(out)) return;
  const remedy =
    "-o weights.bin writes what load() takes, -o weights.json the same as JSON";
  if (isSafetensors(file))
    throw new CompileError({
      code: "GC1515",
      message: `${file} and ${out} are both .safetensors, expected a state of the model as one of them`,
      remedy,
    });
  throw new CompileError({
    code: "GC1515",
    message: `neither ${file} nor ${out} ends in .safetensors, expected one that does`,
    remedy: "-o weights.safetensors writes what PyTorch loads",
  });
}

/** Whether a file is of a kind that the command writes. */
function isOurs(path: string): boolean {
  const fault = faultOf(path);
  try {
    const bytes = readFileSync(path);
    if (isSafetensors(path))
      return isOwn(readSafetensors(sourceOf(bytes), fault));
    return isSaved(isJson(path) ? bytesOfJson(bytes, fault) : bytes);
  } catch {
    return false;
  }
}

const jsonLines = (rows: readonly Row[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");
