import type { FunctionCode } from "./code.js";
import { runnable, type Dialect } from "./dialect.js";
import { functionText, statementLines } from "./print.js";
import type { ModuleCode } from "./write.js";

/** A kind of parts of a module, and the largest of them. */
export interface SizeGroup {
  /** In the plural, as a sentence speaks of it. */
  readonly what:
    | "tables of numbers"
    | "plain functions"
    | "elementary functions"
    | "functions of the handle";
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
  const { checks, create } = handle;
  return [
    groupOf("tables of numbers", tables),
    groupOf("plain functions", functions(plain)),
    groupOf("elementary functions", functions(math)),
    groupOf(
      "functions of the handle",
      functions([...handle.functions, ...checks, ...create]),
    ),
  ].sort((a, b) => b.bytes - a.bytes);
}

type Part = SizeGroup["largest"];

function groupOf(what: SizeGroup["what"], parts: readonly Part[]): SizeGroup {
  const none: Part = { name: "", bytes: 0 };
  return {
    what,
    bytes: parts.reduce((n, p) => n + p.bytes, 0),
    largest: parts.reduce((a, b) => (b.bytes > a.bytes ? b : a), none),
  };
}
