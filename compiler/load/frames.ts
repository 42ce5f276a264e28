/** The lines of a stack trace that are about the user's own files. */
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
  return stack.split("\n").flatMap((text) => {
    const match = bareFrame.exec(text) ?? calledFrame.exec(text);
    if (match === null) return [];
    const [, place = "", line, column] = match;
    const file = pathOf(place);
    if (file === undefined) return [];
    return [{ file, line: Number(line), column: Number(column) }];
  });
}

/** `    at /folder/model.ts:3:7`, in modules `at async file:///...`. */
const bareFrame =
  /^\s+at (?:async )?((?:\/|file:|[A-Za-z]:[\\/]).*):(\d+):(\d+)$/;
/** `    at block (/folder/model.ts:3:7)`; the folder may have parentheses. */
const calledFrame =
  /^\s+at .*? \(((?:\/|file:|[A-Za-z]:[\\/]).*):(\d+):(\d+)\)$/;

/** An absolute path from what a frame shows: a path or a file URL. */
function pathOf(place: string): string | undefined {
  const bare = place.replace(/\?.*$/, "");
  if (!bare.startsWith("file:")) return bare;
  try {
    return fileURLToPath(bare);
  } catch {
    return undefined;
  }
}
