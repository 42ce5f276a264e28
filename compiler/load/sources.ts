/**
 * The user's files that a model is made of: its own text and that of the local
 * files it imports. They name its values, place its errors, and tell whether
 * anything changed since the last compile.
 */
import { readFileSync, statSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { ts } from "ts-morph";
import { frameOf } from "./frames.js";
import { readNames, type CallName, type NameTable } from "./names.js";

/** A call of the model's text: where it is and what its result is called. */
export interface Site extends CallName {
  /** An absolute path. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

export interface Sources {
  /** Texts by absolute path, the model first. */
  readonly texts: ReadonlyMap<string, string>;
  /** Absolute paths of no file: one of these would be imported in place of one of `texts`. */
  readonly absent: ReadonlySet<string>;
  /**
   * True when the texts decide the model: it imports nothing but gradc and
   * local files, so that it may be remembered from one compile to the next.
   */
  readonly closed: boolean;
  /**
   * The calls in the user's files that led to an error, innermost first; the
   * first one is the call of the language itself, the others are calls of the
   * user's own functions around it.
   */
  sites(error: Error): readonly Site[];
}

/** Reads the model at `path`, an absolute path, and what it imports. */
export function readSources(path: string): Sources {
  const texts = new Map<string, string>();
  const absent = new Set<string>();
  let closed = true;
  const queue = [path];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (texts.has(file)) continue;
    const text = readFileSync(file, "utf8");
    texts.set(file, text);
    if (extname(file) === ".json") continue;
    const imported = importsOf(text, file);
    queue.push(...imported.local);
    for (const name of imported.absent) absent.add(name);
    closed &&= imported.closed;
  }
  const tables = new Map<string, NameTable>();
  const table = (file: string): NameTable | undefined => {
    const text = texts.get(file);
    if (text === undefined) return undefined;
    const known = tables.get(file) ?? readNames(file, text);
    tables.set(file, known);
    return known;
  };
  // The calls of a loop have the lines of their stacks in common.
  const known = new Map<string, readonly Site[]>();
  const sitesAt = (line: string): readonly Site[] => {
    const before = known.get(line);
    if (before !== undefined) return before;
    const frame = frameOf(line);
    const call = frame && table(frame.file)?.lookup(frame.line, frame.column);
    const sites =
      frame === undefined || call === undefined ? [] : [{ ...call, ...frame }];
    known.set(line, sites);
    return sites;
  };
  return {
    texts,
    absent,
    closed,
    sites: (error) => (error.stack ?? "").split("\n").flatMap(sitesAt),
  };
}

interface Imports {
  readonly local: readonly string[];
  readonly absent: readonly string[];
  readonly closed: boolean;
}

/** The local files that a text imports, those that are not there and would be in their place, and whether that is all it reads. */
function importsOf(text: string, file: string): Imports {
  const info = ts.preProcessFile(text, true, true);
  const specifiers = info.importedFiles.map((entry) => entry.fileName);
  const relative = specifiers.filter((name) => /^\.{1,2}(?:\/|$)/.test(name));
  const others = specifiers.filter(
    (name) => name !== "gradc" && !relative.includes(name),
  );
  const found = relative.map((name) => localFile(dirname(file), name));
  const local = found.flatMap(({ path }) => (path === undefined ? [] : [path]));
  // An import() or require() of a computed name is not among the specifiers.
  const literal = [...text.matchAll(/\b(?:import|require)\s*\(/g)].length;
  const counted = [...text.matchAll(/\b(?:import|require)\s*\(\s*["']/g)]
    .length;
  const ambient =
    /\b(?:process|Math\.random|Date|performance|fetch|crypto|globalThis)\b/;
  return {
    local,
    absent: found.flatMap(({ absent }) => absent),
    closed:
      others.length === 0 &&
      local.length === found.length &&
      literal === counted &&
      !ambient.test(text),
  };
}

/** The file that a relative specifier means, TypeScript's spelling first, and where it was looked for before. */
function localFile(
  folder: string,
  specifier: string,
): { readonly path: string | undefined; readonly absent: readonly string[] } {
  const base = resolve(folder, specifier);
  const typescript = base.replace(
    /\.([cm]?)js(x?)$/,
    (_, kind: string, x: string) => `.${kind}ts${x}`,
  );
  const candidates = [
    typescript,
    base,
    `${base}.ts`,
    `${base}.tsx`,
    `${base}.js`,
    `${base}.json`,
    join(base, "index.ts"),
    join(base, "index.js"),
  ];
  const at = candidates.findIndex(
    (name) => statSync(name, { throwIfNoEntry: false })?.isFile() === true,
  );
  return at < 0
    ? { path: undefined, absent: candidates }
    : { path: candidates[at], absent: candidates.slice(0, at) };
}
