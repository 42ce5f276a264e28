/** Where the calls of a model stand in its text. */
import type { Diagnostic } from "../diagnostics.js";

/** Where a call stands in the model and what the text there calls its result. */
export interface Site {
  readonly name?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}
/** Finds the site of a call; undefined where the model's text is not at hand. */
export type FindSite = (call: Error) => Site | undefined;

/** A place in the text, as a message has it. */
export type Position = Pick<Diagnostic, "file" | "line" | "column">;

export const positionOf = ({ file, line, column }: Site): Position => ({
  ...(file !== undefined && { file }),
  ...(line !== undefined && { line }),
  ...(column !== undefined && { column }),
});
