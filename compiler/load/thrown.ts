/** What a model throws, as a diagnostic at the user's own line. */
import { readFileSync } from "node:fs";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { ModelMistake } from "../../dsl/errors.js";
import type { Problem } from "../diagnostics.js";
import { frameOf, framesOf } from "./frames.js";

type Place = Pick<Problem, "file" | "line" | "column" | "endColumn">;

/**
 * @param error what importing the model threw
 * @param model its absolute path
 * @param files the user's files, by absolute path
 * @param site an error made at what the model gave the compiler, where the first one names no line of the model
 */
export function thrownProblem(
  error: unknown,
  model: string,
  files: ReadonlySet<string>,
  site?: Error,
): Problem {
  if (error instanceof ModelMistake)
    return thrownProblem(error.thrown, model, files, error.site);
  if (!(error instanceof Error))
    return {
      code: "GC1213",
      message: `the model throws ${show(error)}, which is not an Error`,
      ...(placeIn(site) ?? { file: model }),
      remedy: "throw new Error(...) tells where it happened",
    };
  return (
    syntaxProblem(error) ?? importProblem(error, model) ?? ownProblem(error)
  );

  /** The innermost line of the user's files that led to an error. */
  function placeIn(at: Error | undefined): Place | undefined {
    return framesOf(at?.stack ?? "").find(({ file }) => files.has(file));
  }

  /** An error of gradc's language, or of the user's own code. */
  function ownProblem(error: Error): Problem {
    const place = placeIn(error) ??
      placeIn(site) ??
      exportPlace(error, files) ?? { file: model };
    const code = codeOf(error);
    if (code !== undefined)
      return { code, message: error.message, ...place, ...remedyOf(error) };
    const callee = misledCallee(error, files);
    const reason = firstLine(error.message);
    return callee === undefined
      ? {
          code: "GC1212",
          message: `the model throws ${error.name}: ${reason}`,
          ...place,
        }
      : {
          code: "GC1214",
          message: `${callee}: an argument is none that it takes: ${reason}`,
          ...place,
          remedy:
            "compare its arguments with those that the editor shows: one is null, missing or of another kind",
        };
  }
}

/** Where the language is. */
const language = fileURLToPath(new URL("../../dsl", import.meta.url));

/**
 * The function of the language that the model called, where the language itself stumbled over what it was given:
 * functions check what types leave open, and nothing else of what JavaScript or a cast may give them.
 */
function misledCallee(
  error: Error,
  files: ReadonlySet<string>,
): string | undefined {
  if (!(error instanceof TypeError)) return undefined;
  let callee: string | undefined;
  for (const text of (error.stack ?? "").split("\n")) {
    const file = frameOf(text)?.file;
    if (file === undefined) continue;
    if (files.has(file)) return callee;
    if (!file.startsWith(`${language}${sep}`)) return undefined;
    callee =
      /^ {4}at (?:Module\.|Object\.)?([\w$]+) \(/.exec(text)?.[1] ??
      callee ??
      "a function of the language";
  }
  return undefined;
}

/** True for what is said of an error that is none of the language's: in JavaScript's words, or of a text. */
export const isForeign = ({ code }: Problem): boolean =>
  ["GC1210", "GC1211", "GC1212", "GC1213", "GC1214"].includes(code);

/** A code that the language gave its error. */
function codeOf(error: Error): string | undefined {
  return "code" in error &&
    typeof error.code === "string" &&
    /^GC\d{4}$/.test(error.code)
    ? error.code
    : undefined;
}

function remedyOf(error: Error): { readonly remedy?: string } {
  return "remedy" in error && typeof error.remedy === "string"
    ? { remedy: error.remedy }
    : {};
}

/** esbuild says `path:line:column: ERROR: sentence`, its column 0-based. */
function syntaxProblem(error: Error): Problem | undefined {
  if (error.name !== "TransformError") return undefined;
  const match = /^(.+):(\d+):(\d+): ERROR: (.*)$/m.exec(error.message);
  if (match === null) return undefined;
  const [, file = "", line, column, sentence = ""] = match;
  return {
    code: "GC1210",
    message: `syntax: ${sentence}`,
    file,
    line: Number(line),
    column: Number(column) + 1,
    ...(sentence.startsWith("Top-level await") && {
      remedy: 'put "type": "module" into package.json, or call the file .mts',
    }),
  };
}

/** An import that resolves to nothing. */
function importProblem(error: Error, model: string): Problem | undefined {
  const code = "code" in error ? error.code : undefined;
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND")
    return undefined;
  const match =
    /Cannot find (?:module|package) '([^']+)'(?: imported from (.+))?/.exec(
      error.message,
    );
  if (match === null) return undefined;
  const [, missing = "", from = model] = match;
  const file = from.startsWith("file:") ? fileURLToPath(from) : from;
  const name = missing.split(/[\\/]/).at(-1) ?? missing;
  return {
    code: "GC1211",
    message: `cannot find ${/[\\/]/.test(missing) ? "the file" : "the package"} "${name}"`,
    ...(placeOf(file, name) ?? { file }),
    remedy: /[\\/]/.test(missing)
      ? "a relative import is resolved from the folder of the file it stands in"
      : `npm install ${name}`,
  };
}

/** `import { nothing } from "gradc"` is found when modules are linked. */
function exportPlace(
  error: Error,
  files: ReadonlySet<string>,
): Place | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  const [, place = "", line] = /^(.+):(\d+)\n/.exec(error.stack ?? "") ?? [];
  const file = place.startsWith("file:") ? fileURLToPath(place) : place;
  return files.has(file) ? { file, line: Number(line) } : undefined;
}

/** The first place where a file imports something whose name ends in `name`. */
function placeOf(file: string, name: string): Place | undefined {
  const bare = name.replace(/\.[cm]?[jt]sx?$/, "");
  let lines: readonly string[];
  try {
    lines = readFileSync(file, "utf8").split("\n");
  } catch {
    return undefined;
  }
  const index = lines.findIndex(
    (line) => /\b(?:from|import|require)\b/.test(line) && line.includes(bare),
  );
  const text = lines[index];
  if (text === undefined) return undefined;
  return { file, line: index + 1, column: text.indexOf(bare) + 1 };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null
    ? "an object"
    : String(value);
}
