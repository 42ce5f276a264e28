/** `gradc compile model.ts`: from the command line to a written module. */
import { CompileError, shortPath } from "../diagnostics.js";
import { recall, remember, type Remembered } from "./cache.js";
import {
  checkOutput,
  checkSource,
  commandFor,
  findFiles,
  type Files,
} from "./files.js";
import { isOwnPackage } from "./package.js";
import type { Reporter } from "./reporter.js";
import { successLine } from "./summary.js";
import { isGenerated, readIfThere, sourceOf, writeWhole } from "./write.js";

export interface CompileFlags {
  readonly out: string;
  readonly unroll: "auto" | "full" | "never";
  readonly math: "exact" | "host";
  readonly check: boolean;
  readonly json: boolean;
  readonly printAfter?: string;
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
  const files = findFiles(base, model, flags.out);
  const isOurs = (path: string) =>
    flags.force || isGenerated(readIfThere(path) ?? "");
  checkOutput(files, base, isOurs);
  if (!flags.force)
    checkSource(files, base, sourceOf(readIfThere(files.output) ?? ""));

  const options = shapingOptions(flags);
  if (flags.printAfter === undefined) {
    const known = recall(files, options);
    if (known !== undefined) return finish(known, false);
  }
  const command = commandFor(files, isOwnPackage(files), options);
  const { compileSources } = await import("./pipeline.js");
  const { text, printed, texts, closed, ...result } = await compileSources(
    files,
    { ...flags, command },
  );
  if (printed !== undefined)
    reporter.output(flags.json ? JSON.stringify({ printed }) : printed);
  const changed = readIfThere(files.output) !== text;
  if (changed && flags.check) return reportStale(files);
  if (changed) write(files, text);
  if (closed) remember(files, options, texts, text, result);
  return finish(result, changed);

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

  async function reportStale({ output }: Files): Promise<1> {
    const exists = readIfThere(output) !== undefined;
    const { project } = files;
    await reporter.diagnostics([
      {
        severity: "error",
        code: "GC1410",
        message: `${shortPath(output, base)} is ${exists ? "stale" : "missing"}`,
        remedy: project === base ? command : `in ${project}: ${command}`,
      },
    ]);
    return 1;
  }

  function write({ output }: Files, text: string): void {
    try {
      writeWhole(output, text);
    } catch (error) {
      throw new CompileError({
        code: "GC1406",
        message: `cannot write ${shortPath(output, base)}: ${reasonOf(error)}`,
        remedy: "choose another folder with -o",
      });
    }
  }
}

/** The options that decide the text of the module, as they are typed. */
function shapingOptions(flags: CompileFlags): string[] {
  return [
    ...(flags.unroll === "auto" ? [] : ["--unroll", flags.unroll]),
    ...(flags.math === "exact" ? [] : ["--math", flags.math]),
    ...(flags.verify ? [] : ["--no-verify"]),
  ];
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EROFS":
      return "the file system is read-only";
    case "ENOSPC":
      return "no space left";
    case "ENOENT":
      return "no folder can be made there";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
