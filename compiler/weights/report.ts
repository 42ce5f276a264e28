/** What is said of the names of a file and of a model. */
import { weightDtypes } from "./dtypes.js";
import { quoted, type FileProblem } from "./fault.js";
import type { Fate, Match } from "./match.js";
import { suggestedRules } from "./suggest.js";

/** A line of the parity report. */
export interface Row {
  readonly fate: Fate | "written";
  /** In the model's words. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype?: string;
  /** Its name in the file, where that is another. */
  readonly file?: string;
  /** The shape that the model has, where the file has another. */
  readonly expected?: readonly number[];
}

export function rowOf({ fate, name, param, entry }: Match): Row {
  return {
    fate,
    name,
    shape: entry?.shape ?? param?.shape ?? [],
    ...(entry !== undefined && { dtype: entry.dtype }),
    ...(entry !== undefined && entry.name !== name && { file: entry.name }),
    ...(fate === "wrong shape" && { expected: param?.shape ?? [] }),
  };
}

/** The rows as a table, a line each. */
export function tableText(rows: readonly Row[]): string {
  const cells = rows.map(
    ({ fate, name, shape, dtype = "", file, expected }) => [
      ...[fate, printable(name), shapeText(shape), dtype],
      ...(expected === undefined ? [] : [`expected ${shapeText(expected)}`]),
      ...(file === undefined ? [] : [`${printable(file)} in the file`]),
    ],
  );
  const widths = [0, 1, 2, 3].map((i) =>
    cells.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), 0),
  );
  return cells
    .map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  "))
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

/** `4 parameters taken, 1 entry skipped` */
export function countText(rows: readonly Row[]): string {
  const fates: readonly Row["fate"][] = [
    ...(["taken", "written", "missing", "wrong shape"] as const),
    ...(["wrong dtype", "unexpected", "skipped"] as const),
  ];
  return fates
    .map((fate) => [fate, rows.filter((r) => r.fate === fate).length] as const)
    .filter(([, count]) => count > 0)
    .map(([fate, count]) => `${String(count)} ${fate}`)
    .join(", ");
}

/** What is wrong between a file and a model, a sentence for each kind; nothing where every parameter is taken and nothing is left. */
export function problemsOf(matches: readonly Match[]): FileProblem[] {
  const of = (fate: Fate): readonly Match[] =>
    matches.filter((match) => match.fate === fate);
  const missing = of("missing");
  const unexpected = of("unexpected");
  const rules = suggestedRules(missing, unexpected);
  const names = [
    ...(missing.length === 0 ? [] : [`missing ${listed(missing)}`]),
    ...(unexpected.length === 0 ? [] : [`unexpected ${listed(unexpected)}`]),
  ];
  return [
    ...(names.length === 0
      ? []
      : [
          {
            code: "GC1511",
            message: `the names of the file are not the model's: ${names.join("; ")}`,
            remedy:
              rules.length === 0
                ? "--map FILE=MODEL says what is called otherwise, --skip NAME leaves an entry out"
                : `--map ${rules.map(({ from, to }) => `${from}=${to}`).join(" ")}`,
          },
        ]),
    ...of("wrong shape").map(({ name, param, entry }) => ({
      code: "GC1512",
      message: `${quoted(name)} has the shape ${shapeText(entry?.shape ?? [])}, expected ${shapeText(param?.shape ?? [])}`,
    })),
    ...of("wrong dtype").map(({ name, entry }) => ({
      code: "GC1512",
      message: `${quoted(name)} has the dtype ${entry?.dtype ?? ""}, expected ${weightDtypes}`,
    })),
  ];
}

/** The first three names, and how many there are beside them. */
function listed(matches: readonly Match[]): string {
  const shown = matches
    .slice(0, 3)
    .map(({ name, entry }) => quoted(entry?.name ?? name));
  const more = matches.length - shown.length;
  return [...shown, ...(more > 0 ? [`${String(more)} more`] : [])].join(", ");
}

const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** A name as it is where it is plain, quoted where it could do something to a terminal or a table. */
const printable = (name: string): string =>
  /^[\w./:-]+$/.test(name)
    ? name
    : JSON.stringify(name).replaceAll(
        /[^ -~]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
