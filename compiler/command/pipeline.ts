/**
 * Everything between a model file and the text of its module: the check in a
 * child process, the model's run and the compiler's own start overlap.
 */
import { ModelMistake } from "../../dsl/errors.js";
import type { Model } from "../../dsl/model.js";
import type { Compiled, FreezeRequest, ReportRequest } from "../compile.js";
import { CompileError } from "../diagnostics.js";
import type { Dtype } from "../emit/dtype.js";
import type { Target } from "../emit/targets.js";
import { checkModel } from "../load/check.js";
import { withoutConsequences } from "../load/checked.js";
import { loadModel } from "../load/model.js";
import { measuredLater } from "../measured.js";
import type { Sources } from "../load/sources.js";
import type { Files } from "./files.js";
import { spareMemory } from "./memory.js";

export interface PipelineOptions {
  readonly command: string;
  readonly unroll: "auto" | "full" | "never";
  readonly math: "exact" | "host";
  readonly target: Target;
  readonly dtype: Dtype;
  readonly minify: boolean;
  readonly printAfter?: string;
  readonly reportOn?: ReportRequest;
  readonly freeze?: FreezeRequest;
  /** Bytes that the module may have. */
  readonly most?: number;
  readonly verify: boolean;
}

/** A model that type-checks and ran. */
export interface Loaded {
  readonly model: Model;
  readonly sources: Sources;
}

/**
 * Loads and compiles a model.
 *
 * @throws CompileError for a mistake in the model.
 */
export async function compileSources(
  files: Files,
  {
    command,
    unroll,
    math,
    target,
    dtype,
    minify,
    printAfter,
    reportOn,
    freeze,
    most,
    verify,
  }: PipelineOptions,
): Promise<Compiled & { readonly sources: Sources }> {
  const compiler = import("../compile.js");
  const { model, sources } = await measuredLater("load", () =>
    loadSources(files),
  );
  spareMemory(model);
  const { compileModel } = await compiler;
  const { siteFinder } = await import("../load/findSite.js");
  const options = {
    sourceName: files.sourceName,
    command,
    unroll,
    math,
    target,
    dtype,
    minify,
    verify,
    sites: siteFinder(sources),
    ...(printAfter !== undefined && { printAfter }),
    ...(reportOn !== undefined && { report: reportOn }),
    ...(freeze !== undefined && { freeze }),
  };
  const compiled = await measuredLater("compile", () =>
    translated(
      async () => {
        if (most === undefined) return compileModel(model, options);
        const { compileWithin } = await import("../budget.js");
        return compileWithin(model, options, most);
      },
      files,
      sources,
    ),
  );
  return { ...compiled, sources };
}

/** Runs a part of the compiler; what the language finds wrong with the model there is the model's mistake too. */
export async function translated<T>(
  run: () => T | Promise<T>,
  files: Files,
  sources: Sources,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw isOfModel(error) ? await inUsersWords(error, files, sources) : error;
  }
}

/** Checks and runs a model at the same time; what the check finds comes first. */
export async function loadSources(files: Files): Promise<Loaded> {
  const checking = measuredLater("check", () => checkModel(files.model));
  const loading = settled(measuredLater("run", () => loadModel(files.model)));
  const sources = await measuredLater("names", async () => {
    const { readSources } = await import("../load/sources.js");
    return readSources(files.model);
  });
  const [checks, loaded] = await Promise.all([checking, loading]);
  const stop =
    "error" in loaded
      ? await inUsersWords(loaded.error, files, sources)
      : undefined;
  if (checks.length > 0) {
    const isMistake = "error" in loaded && isOfModel(loaded.error);
    const [first, ...others] =
      isMistake && stop instanceof CompileError
        ? withoutConsequences(checks, stop.problem)
        : checks;
    if (first !== undefined) throw new CompileError(first, ...others);
  }
  if ("error" in loaded) throw stop;
  const { defaultModel } = await import("../load/validate.js");
  return { model: defaultModel(loaded.value, files.model), sources };
}

/** What a thrown value is to the user: their mistake, or gradc's as it is. */
async function inUsersWords(
  error: unknown,
  { model }: Files,
  { texts }: Sources,
): Promise<unknown> {
  if (error instanceof CompileError) return error;
  const { thrownProblem } = await import("../load/thrown.js");
  return new CompileError(thrownProblem(error, model, new Set(texts.keys())));
}

/** Whether the language says that this is the model's mistake. */
function isOfModel(error: unknown): boolean {
  if (error instanceof ModelMistake) return true;
  return error instanceof Error && "code" in error && isGradcCode(error.code);
}

function isGradcCode(code: unknown): boolean {
  return typeof code === "string" && /^GC\d{4}$/.test(code);
}

type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** A promise that may wait for its reader without being unhandled. */
function settled<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}
