import type { FunctionCode } from "./code.js";
import { runnable, type Dialect } from "./dialect.js";
import { functionText, statementLines } from "./print.js";
import type { ModuleCode } from "./write.js";

/** A kind of parts of a module, and the largest of them. */
export interface SizeGroup {
  /** In the plural, as a sentence speaks of it. */
  readonly what: string;
  readonly bytes: number;
  readonly largest: { readonly name: string; readonly bytes: number };
}

/** What the parts of a module take, the largest kind first: as they are laid out, or without what only readers need. */
export function sizeGroups(
  { plain, constants, math, handle }: ModuleCode,
  laidOut: Dialect | undefined,
): SizeGroup[] {
  const dialect = laidOut ?? runnable;
  const functions = (list: readonly FunctionCode[]) =>
    list.map((f) => ({
      name: `${f.name}()`,
      bytes: functionText(f, dialect).length,
    }));
  const tables = constants.flat().map((s) => ({
    name: s.kind === "declare" ? s.name : "",
    bytes: statementLines([s], dialect, 0).join("\n").length,
  }));
  return [
    ["tables of numbers", tables],
    ["plain functions", functions(plain)],
    ["elementary functions", functions(math)],
    [
      "functions of the handle",
      functions([...handle.functions, ...handle.checks, ...handle.create]),
    ],
  ]
    .map(([what, parts]) => groupOf(what as string, parts as Part[]))
    .sort((a, b) => b.bytes - a.bytes);
}

type Part = SizeGroup["largest"];

function groupOf(what: string, parts: readonly Part[]): SizeGroup {
  const none: Part = { name: "", bytes: 0 };
  return {
    what,
    bytes: parts.reduce((n, p) => n + p.bytes, 0),
    largest: parts.reduce((a, b) => (b.bytes > a.bytes ? b : a), none),
  };
}
