/** Neighbouring loops that do the same with neighbouring entries, such as the draws of two parameters, as one loop. */
import {
  binary,
  loop,
  name,
  num,
  withOperands,
  type Code,
  type Statement as Line,
} from "./code.js";
import { isSame } from "./same.js";

/** What is done for every entry of a range. */
interface Run {
  readonly variable: string;
  readonly from: number;
  readonly to: number;
  readonly body: (entry: Code) => readonly Line[];
}

/** Stands for an entry where bodies are compared. */
const any = name("entry");

/** The same lines with fewer loops: an entry is written by the same operations, after the same entries. */
export function joinLoops(lines: readonly Line[]): Line[] {
  const joined: Line[] = [];
  let last: Run | undefined;
  for (const line of lines) {
    const before = joined.at(-1);
    const own = runOf(line);
    const next =
      own === undefined
        ? last && withAfter(last, line)
        : ((last && union(last, own)) ?? (before && withBefore(before, own)));
    if (next !== undefined) joined.pop();
    last = next ?? own;
    joined.push(next === undefined ? line : loopOf(next));
  }
  return joined;
}

const loopOf = ({ variable, from, to, body }: Run): Line =>
  loop(variable, num(to), body(name(variable)), num(from));

/** Both, where the second goes on where the first ends. */
const union = (a: Run, b: Run): Run | undefined =>
  a.to === b.from && isSame(a.body(any), b.body(any))
    ? { ...a, to: b.to }
    : undefined;

/** A run that a single line goes on. */
const withAfter = (a: Run, line: Line): Run | undefined =>
  isSame(a.body(num(a.to)), [line]) ? { ...a, to: a.to + 1 } : undefined;

/** A run that goes on where a single line begins. */
const withBefore = (line: Line, b: Run): Run | undefined =>
  isSame(b.body(num(b.from - 1)), [line])
    ? { ...b, from: b.from - 1 }
    : undefined;

/** A loop over known entries that only assigns; entries are counted from those that its first index names. */
function runOf(line: Line): Run | undefined {
  if (line.kind !== "for" || line.step !== 1) return undefined;
  const { variable, from, to, body } = line;
  if (from.kind !== "number" || to.kind !== "number") return undefined;
  let start: number | undefined;
  const shifted = (entry: Code, by: number): Code => {
    if (by === 0) return entry;
    if (entry.kind === "number") return num(entry.value + by);
    return binary(by < 0 ? "-" : "+", entry, num(Math.abs(by)));
  };
  const withEntry = (c: Code, entry: Code): Code => {
    const offset = offsetIn(c, variable);
    if (offset === undefined)
      return withOperands(c, (x) => withEntry(x, entry));
    start ??= offset;
    return shifted(entry, offset - start);
  };
  const bodyOf = (entry: Code): Line[] =>
    body.map((l) =>
      l.kind === "assign"
        ? {
            ...l,
            target: withEntry(l.target, entry),
            value: withEntry(l.value, entry),
          }
        : l,
    );
  bodyOf(any);
  if (start === undefined || !body.every((l) => l.kind === "assign"))
    return undefined;
  return {
    variable,
    from: from.value + start,
    to: to.value + start,
    body: bodyOf,
  };
}

/** c in `i + c`, 0 in `i`. */
function offsetIn(c: Code, variable: string): number | undefined {
  const isVariable = (x: Code): boolean =>
    x.kind === "name" && x.text === variable;
  if (isVariable(c)) return 0;
  return c.kind === "binary" &&
    c.op === "+" &&
    isVariable(c.left) &&
    c.right.kind === "number"
    ? c.right.value
    : undefined;
}
