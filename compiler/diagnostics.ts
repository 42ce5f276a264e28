/**
 * What gradc says to a person: one sentence with a code and a position, the
 * lines of the model it is about, and what to do.
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { styleText } from "node:util";

/** One message. `line` and `column` are 1-based; `file` is an absolute path. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** `GC` and four digits for gradc's own messages, `TS` for the checker's. */
  readonly code: string;
  /** One sentence in the user's words. */
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The column after the last one that is underlined, on the same line. */
  readonly endColumn?: number;
  /** What to do about it, one line. */
  readonly remedy?: string;
}

/** What a {@link CompileError} is made of: a {@link Diagnostic} that stops. */
export type Problem = Omit<Diagnostic, "severity">;

/** The user's mistake: exit 2, nothing written. */
export class CompileError extends Error {
  override readonly name = "CompileError";
  readonly diagnostics: readonly Diagnostic[];
  /** The first one. */
  readonly problem: Problem;

  /** @param problems what is wrong, the first one first; at least one. */
  constructor(...problems: readonly [Problem, ...Problem[]]) {
    super(problems[0].message);
    this.problem = problems[0];
    this.diagnostics = problems.map((problem) => ({
      severity: "error",
      ...problem,
    }));
  }

  get code(): string {
    return this.diagnostics[0]?.code ?? "";
  }
}

/** gradc's own mistake: exit 3. */
export class InternalError extends Error {
  override readonly name = "InternalError";

  /** @param message what does not hold; `internal: ` is put before it. */
  constructor(message: string, options?: ErrorOptions) {
    super(`internal: ${message}`, options);
  }
}

/** How to print a {@link Diagnostic}. */
export interface Format {
  readonly colour: boolean;
  /** Paths are shown relative to this folder. */
  readonly folder: string;
}

/**
 * Whether to colour what goes to `stream`: FORCE_COLOR and NO_COLOR decide
 * before the terminal does.
 */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** `path` as the user would write it in `folder`, with forward slashes. */
export function shortPath(path: string, folder: string): string {
  const short = relative(folder, path);
  const shown = short === "" || short.startsWith("..") ? path : short;
  return shown.replaceAll("\\", "/");
}

/** `file:line:col CODE message`, a code frame and the remedy. */
export async function formatDiagnostic(
  diagnostic: Diagnostic,
  { colour, folder }: Format,
): Promise<string> {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const { severity, code, file, line, column } = diagnostic;
  const place = [file === undefined ? undefined : shortPath(file, folder)]
    .concat([line, column].map((number) => number?.toString()))
    .filter((part) => part !== undefined)
    .join(":");
  const tint = severity === "error" ? "red" : "yellow";
  const head = [
    place === "" ? "" : `${paint("cyan", place)} `,
    paint([tint, "bold"], severity === "error" ? code : `warning ${code}`),
    ` ${escapeControls(diagnostic.message)}`,
  ].join("");
  const frame = await codeFrame(diagnostic, colour);
  const remedy =
    diagnostic.remedy === undefined
      ? []
      : [`  ${paint("green", "fix:")} ${escapeControls(diagnostic.remedy)}`];
  return [head, ...frame, ...remedy].join("\n");
}

/** One JSON object on one line, the path as {@link formatDiagnostic} shows it. */
export function diagnosticJson(diagnostic: Diagnostic, folder: string): string {
  const { file } = diagnostic;
  return JSON.stringify(
    file === undefined
      ? diagnostic
      : { ...diagnostic, file: shortPath(file, folder) },
  );
}

/** The lines around a diagnostic's place; nothing when there is no place. */
async function codeFrame(
  { file, line, column, endColumn }: Diagnostic,
  colour: boolean,
): Promise<string[]> {
  if (file === undefined || line === undefined) return [];
  const text = readText(file);
  if (text === undefined) return [];
  const { codeFrameColumns } = await import("@babel/code-frame");
  const start = column === undefined ? { line } : { line, column };
  const end =
    endColumn === undefined || endColumn <= (column ?? 0) + 1
      ? {}
      : { end: { line, column: endColumn } };
  const frame = codeFrameColumns(
    text,
    { start, ...end },
    { forceColor: colour, highlightCode: colour, linesAbove: 1, linesBelow: 1 },
  );
  return frame.split("\n").map((row) => row.trimEnd());
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** A message stays one line and sends nothing to the terminal but text. */
function escapeControls(text: string): string {
  return text.replaceAll(
    // Control characters, and the marks that break or reorder a line.
    /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu,
    (character) =>
      character === "\n"
        ? " "
        : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
