/** The lines of a stack trace that are about the user's own files. */
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";

/** One line of a stack trace; `line` and `column` are 1-based. */
export interface Frame {
  /** An absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The frames of a stack that name a file, innermost first. */
export function framesOf(stack: string): Frame[] {
  return stack.split("\n").flatMap((text) => frameOf(text) ?? []);
}

/**
 * `    at block (/folder/model.ts:3:7)` or, without a function's name,
 * `    at file:///folder/model.ts:3:7`. Read without regular expressions: a
 * model of ten thousand calls has ten times as many lines.
 */
export function frameOf(text: string): Frame | undefined {
  if (!text.startsWith("    at ")) return undefined;
  const called = text.endsWith(")");
  const end = called ? text.length - 1 : text.length;
  const second = text.lastIndexOf(":", end);
  const first = text.lastIndexOf(":", second - 1);
  const line = Number(text.slice(first + 1, second));
  const column = Number(text.slice(second + 1, end));
  if (first === -1 || !Number.isInteger(line) || !Number.isInteger(column))
    return undefined;
  const start = called
    ? text.indexOf(" (") + " (".length
    : "    at ".length + (text.startsWith("    at async ") ? 6 : 0);
  const file = pathOf(text.slice(start, first));
  return file === undefined ? undefined : { file, line, column };
}

/** An absolute path from what a frame shows: a path or a file URL. */
function pathOf(place: string): string | undefined {
  if (!place.startsWith("file:")) return isAbsolute(place) ? place : undefined;
  try {
    return fileURLToPath(place.replace(/\?.*$/, ""));
  } catch {
    return undefined;
  }
}
