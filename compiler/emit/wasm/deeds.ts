import type { Statement } from "../code.js";

/** What does something. */
export const deeds = (lines: readonly Statement[]): Statement[] =>
  lines.filter(
    ({ kind }) =>
      kind !== "comment" && kind !== "blank" && kind !== "destructure",
  );

/** A constant, or what is written. */
export type Deed = Statement & { readonly kind: "declare" | "assign" };

/** Names that are declared among statements, without those of their blocks. */
export const ownNames = (list: readonly Statement[]): ReadonlySet<string> =>
  new Set(list.flatMap((s) => (s.kind === "declare" ? [s.name] : [])));
