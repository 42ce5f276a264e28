/**
 * What a call of the language is called, by the calls of the user's own
 * functions around it:
 *
 *     const block = (x) => { const inner = dense(x); return relu(inner); };
 *     const first = block(x);                         // first.inner, first
 *     const layers = sizes.map((n) => dense(n, n));   // layers.0, layers.1
 */
import type { Sources, Site as Call } from "./sources.js";

/** Where a call stands in the model's text, and the name that it has there. */
export interface Site {
  /** Absent where the text gives the result no name. */
  readonly name?: string;
  /** An absolute path. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** Functions that call their argument once for each entry. */
const iterations = new Set(["map", "flatMap", "from", "forEach"]);

/**
 * The function that finds the site of a call by an error made there; none when
 * the call is not in the user's files. Calls in
 * an iteration are counted: they are to be asked for in order of declaration,
 * and get the same answer whenever they are asked for again.
 */
export function siteFinder(
  sources: Sources,
): (error: Error) => readonly [] | readonly [Site] {
  const known = new WeakMap<Error, readonly [Site]>();
  const turns = new Map<string, number>();
  return (error) => {
    const before = known.get(error);
    if (before !== undefined) return before;
    const [inner, ...callers] = sources.sites(error);
    if (inner === undefined) return [];
    const turn = (): number => {
      const key = placesOf([inner, ...callers]);
      const count = turns.get(key) ?? 0;
      turns.set(key, count + 1);
      return count;
    };
    const name = nameOf(inner, callers, turn);
    const { file, line, column } = inner;
    const own = name === undefined ? {} : { name };
    const site = [{ ...own, file, line, column }] as const;
    known.set(error, site);
    return site;
  };
}

function nameOf(
  inner: Call,
  callers: readonly Call[],
  turn: () => number,
): string | undefined {
  const own = ownName(inner);
  if (own === undefined && !inner.returned) return undefined;
  const around = callers.toReversed().flatMap((caller) => {
    const name = ownName(caller);
    if (name === undefined) return [];
    return iterations.has(caller.callee) ? [name, String(turn())] : [name];
  });
  const parts = own === undefined ? around : [...around, own];
  return parts.length === 0 ? undefined : parts.join(".");
}

/** The name that the text gives; several names of one call name its parts. */
function ownName({ name, kind, elements }: Call): string | undefined {
  return kind === "callee" || elements.length > 1 ? undefined : name;
}

function placesOf(calls: readonly Call[]): string {
  return calls
    .map(
      ({ file, line, column }) => `${file}:${String(line)}:${String(column)}`,
    )
    .join("\n");
}
