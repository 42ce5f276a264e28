/** `gradc compile model.ts`: from the command line to a written module. */
import { resolve } from "node:path";
import type { FreezeRequest, ReportRequest } from "../compile.js";
import { CompileError, shortPath } from "../diagnostics.js";
import { recall, remember, type Remembered } from "./cache.js";
import type { Dtype } from "../emit/dtype.js";
import { targets, type Target } from "../emit/targets.js";
import { frozenEnding } from "../emit/frozen.js";
import {
  checkOutputs,
  checkSource,
  commandFor,
  findFiles,
  outputsOf,
  type Files,
} from "./files.js";
import {
  checkFreeze,
  digestOf,
  freezeOptions,
  type FreezeFlags,
} from "./freeze.js";
import { isOwnPackage } from "./package.js";
import { writeFile } from "./place.js";
import type { Reporter } from "./reporter.js";
import { successLine } from "./summary.js";
import { isGenerated, readIfThere } from "./write.js";

export interface CompileFlags extends FreezeFlags {
  readonly out: string;
  readonly unroll: "auto" | "full" | "never";
  readonly math: "exact" | "host";
  readonly target: Target;
  readonly dtype: Dtype;
  readonly minify: boolean;
  /** As typed. */
  readonly maxBytes?: string;
  readonly check: boolean;
  /** Compiles again after each change, until it is stopped. */
  readonly watch: boolean;
  readonly json: boolean;
  readonly printAfter?: string;
  readonly report: boolean;
  /** Number of examples, as typed; true where none is. */
  readonly profile?: string | true;
  readonly force: boolean;
  readonly verify: boolean;
}

/**
 * Compiles one model and writes its module when that changes.
 *
 * @param model the model file as the user wrote it
 * @param base the folder that the paths of the command line are relative to
 * @returns the exit code: 0 done, 1 stale with --check
 * @throws CompileError for a mistake of the user; nothing is written then.
 */
export async function compileCommand(
  model: string,
  flags: CompileFlags,
  base: string,
  reporter: Reporter,
): Promise<0 | 1> {
  checkFlags(flags);
  const files = findFiles(
    base,
    model,
    flags.out,
    flags.target,
    flags.weights === undefined ? "" : frozenEnding,
  );
  const isOurs = (path: string) =>
    flags.force || isGenerated(readIfThere(path) ?? "");
  if (flags.watch) return watching(files, flags, base, reporter);
  checkOutputs(files, base, isOurs);
  const there = readIfThere(files.output);
  if (there !== undefined && !flags.force) checkSource(files, base, there);

  const options = [
    ...shapingOptions(flags),
    ...freezeOptions(flags, base, files.project),
  ];
  const key = [...options, ...digestOf(flags, base)];
  const reportOn = reportRequest(flags);
  const most = mostBytes(flags);
  const isReported = flags.quantize !== "none" || flags.data !== undefined;
  if (flags.printAfter === undefined && reportOn === undefined && !isReported) {
    const known = recall(files, key);
    if (known !== undefined) return finish(known, false);
  }
  const command = commandFor(files, isOwnPackage(files), options);
  const { compileSources } = await import("./pipeline.js");
  const compiled = (freeze?: FreezeRequest) =>
    compileSources(files, {
      ...flags,
      command,
      ...(reportOn !== undefined && { reportOn }),
      ...(freeze !== undefined && { freeze }),
      ...(most !== undefined && { most }),
    });
  const { text, types, printed, report, accuracy, sources, ...result } =
    flags.weights === undefined
      ? await compiled()
      : await (
          await import("./frozenWeights.js")
        ).withWeights(flags.weights, flags, base, compiled);
  if (printed !== undefined)
    reporter.output(flags.json ? JSON.stringify({ printed }) : printed);
  if (report !== undefined) {
    const { reportText } = await import("../report/table.js");
    reporter.output(
      flags.json ? JSON.stringify({ report }) : `${reportText(report)}\n`,
    );
  }
  if (accuracy !== undefined) {
    const { accuracyText } = await import("../freeze/accuracy.js");
    reporter.output(
      flags.json ? JSON.stringify({ accuracy }) : `${accuracyText(accuracy)}\n`,
    );
  }
  const written = types === undefined ? [text] : [text, types];
  const stale = outputsOf(files).flatMap((path, i) =>
    readIfThere(path) === written[i] ? [] : [{ path, text: written[i] ?? "" }],
  );
  if (flags.check && stale.length > 0)
    return reportStale(stale.map(({ path }) => path));
  for (const file of stale) writeFile(file.path, file.text, base);
  if (sources.closed) remember(files, key, sources, written, result);
  return finish(result, stale.length > 0);

  /** The warnings and the success line of a compile, remembered or new. */
  async function finish(
    { summary, warnings }: Remembered,
    changed: boolean,
  ): Promise<0> {
    await reporter.diagnostics(warnings);
    const path = shortPath(files.output, base);
    reporter.output(
      flags.json
        ? JSON.stringify({ path, changed, ...summary })
        : successLine(path, summary, changed),
    );
    return 0;
  }

  async function reportStale(paths: readonly string[]): Promise<1> {
    const { project } = files;
    await reporter.diagnostics(
      paths.map((path) => ({
        severity: "error",
        code: "GC1410",
        message: `${shortPath(path, base)} is ${readIfThere(path) === undefined ? "missing" : "stale"}`,
        remedy: project === base ? command : `in ${project}: ${command}`,
      })),
    );
    return 1;
  }
}

/** Compiles whenever something changes that the module is made of. */
async function watching(
  { model }: Files,
  { weights, data, json }: CompileFlags,
  base: string,
  reporter: Reporter,
): Promise<never> {
  const { watchCommand } = await import("./watch.js");
  const others = [weights, data]
    .filter((path) => path !== undefined)
    .map((path) => resolve(base, path));
  const onWait = (names: readonly string[]): void => {
    reporter.output(
      json
        ? JSON.stringify({ watching: names })
        : `watching ${names.join(", ")}`,
    );
  };
  return watchCommand({ model, others, onWait }, base);
}

/** Refuses options that contradict each other. */
function checkFlags(flags: CompileFlags): void {
  const { target, dtype, minify, unroll } = flags;
  if (flags.watch && flags.check)
    throw new CompileError({
      code: "GC1030",
      message: "--watch goes on until it is stopped, --check ends with a code",
      remedy: "take one of both away",
    });
  checkFreeze(flags, target, unroll);
  if (dtype !== "f64") checkDtype(flags);
  if (minify && targets[target].dialect.types)
    throw new CompileError({
      code: "GC1011",
      message: `--minify writes JavaScript, --target ${target} is TypeScript`,
      remedy: "add --target js",
    });
}

/** Refuses another type than float64 where a module has no arrays of it. */
function checkDtype({ target, dtype, weights }: CompileFlags): void {
  if (target === "es5")
    throw new CompileError({
      code: "GC1040",
      message: `--dtype ${dtype} stores numbers in typed arrays, --target es5 has lists of any numbers`,
      remedy: "take --target cjs or iife, or leave --dtype out",
    });
  if (weights !== undefined)
    throw new CompileError({
      code: "GC1041",
      message: `--dtype ${dtype} is about training, and --weights writes a module that only predicts`,
      remedy: "leave --dtype out; --quantize f32 rounds the weights",
    });
}

/** What is to be reported; undefined where nothing is. */
function reportRequest({
  report,
  profile,
  target,
}: CompileFlags): ReportRequest | undefined {
  if (profile === undefined)
    return report ? { examples: 1, profile: false } : undefined;
  if (target === "es5")
    throw new CompileError({
      code: "GC1016",
      message: "--profile runs a handle of typed arrays, --target es5 has none",
      remedy: "take --target es5 away, or use --report",
    });
  const examples = profile === true ? 1 : Number(profile);
  if (!Number.isInteger(examples) || examples < 1 || examples > mostExamples)
    throw new CompileError({
      code: "GC1017",
      message: `--profile ${String(profile)}: expected a number of examples from 1 to ${String(mostExamples)}`,
      remedy: "--profile 32",
    });
  return { examples, profile: true };
}

/** The bytes that a module may have; undefined where all are welcome. */
function mostBytes({ maxBytes }: CompileFlags): number | undefined {
  if (maxBytes === undefined) return undefined;
  const most = Number(maxBytes);
  if (!/^\d+$/.test(maxBytes) || !Number.isSafeInteger(most) || most < 1)
    throw new CompileError({
      code: "GC1024",
      message: `--max-bytes ${maxBytes}: expected a number of bytes, 1 or more`,
      remedy: "--max-bytes 10240",
    });
  return most;
}

const mostExamples = 65_536;

/** The options that decide the text of the module, as they are typed. */
function shapingOptions(flags: CompileFlags): string[] {
  return [
    ...(flags.target === "ts" ? [] : ["--target", flags.target]),
    ...(flags.dtype === "f64" ? [] : ["--dtype", flags.dtype]),
    ...(flags.minify ? ["--minify"] : []),
    ...(flags.unroll === "auto" ? [] : ["--unroll", flags.unroll]),
    ...(flags.math === "exact" ? [] : ["--math", flags.math]),
    ...(flags.maxBytes === undefined ? [] : ["--max-bytes", flags.maxBytes]),
    ...(flags.verify ? [] : ["--no-verify"]),
  ];
}
