import type { Statement } from "../code.js";

/** What does something. */
export const deeds = (lines: readonly Statement[]): Statement[] =>
  lines.filter(
    ({ kind }) =>
      kind !== "comment" && kind !== "blank" && kind !== "destructure",
  );
