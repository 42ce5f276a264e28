import { withOperands, type Code, type Statement } from "../code.js";

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

/** The same with code in place of a variable, and other names. */
export function deedAt(
  d: Deed,
  variable: string,
  place: Code,
  nameOf: (id: string) => string,
): Deed {
  const of = (c: Code): Code => {
    if (c.kind !== "name") return withOperands(c, of);
    return c.text === variable ? place : { ...c, text: nameOf(c.text) };
  };
  return d.kind === "declare"
    ? { ...d, name: nameOf(d.name), ...(d.value && { value: of(d.value) }) }
    : { ...d, target: of(d.target), value: of(d.value) };
}
