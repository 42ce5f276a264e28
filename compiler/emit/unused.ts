import type { Statement } from "./code.js";
import { ownObjects } from "./objects.js";

/**
 * Leaves out constants that nobody reads, such as the entries of a concatenation that are sliced off again, and the
 * headings that then stand over nothing. A sum that nothing is added to is a constant.
 *
 * @param read names that are read after the lines
 */
export function withoutUnused(
  lines: readonly Statement[],
  read: readonly string[],
): readonly Statement[] {
  return withoutEmpty(kept(lines, new Set(read), new Set()));
}

/**
 * From the last line to the first; `used` and `assigned` grow, and forget a name where it is declared. A variable that
 * nothing is assigned to is a constant.
 */
function kept(
  lines: readonly Statement[],
  used: Set<string>,
  assigned: Set<string>,
): readonly Statement[] {
  const out: Statement[] = [];
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = settled(lines[i] as Statement, assigned);
    if (line.kind === "declare" && !used.delete(line.name))
      if (line.keyword === "const") continue;
    if (line.kind === "assign" && line.target.kind === "name")
      assigned.add(line.target.text);
    const now = keptWithin(line, used, assigned);
    if (now === undefined) continue;
    ownObjects(now, none, used);
    out.push(now);
  }
  out.reverse();
  return isSame(out, lines) ? lines : out;
}

const none: ReadonlySet<string> = new Set();

/** A line with what is kept of its blocks; undefined for a loop that then does nothing. */
function keptWithin(
  line: Statement,
  used: Set<string>,
  assigned: Set<string>,
): Statement | undefined {
  if (line.kind !== "for" && line.kind !== "if") return line;
  const inner = new Set<string>();
  const now = withBlocks(line, (body) => {
    const own = new Set<string>();
    const left = kept(body, own, assigned);
    for (const name of own) inner.add(name);
    return left;
  });
  if (now.kind === "for") {
    if (now.body.length === 0) return undefined;
    inner.delete(now.variable);
  }
  for (const name of inner) used.add(name);
  return now;
}

const settled = (line: Statement, assigned: Set<string>): Statement =>
  line.kind === "declare" &&
  !assigned.delete(line.name) &&
  line.value !== undefined &&
  line.keyword !== "const"
    ? { ...line, keyword: "const" }
    : line;

/** A line with its blocks changed: what they declare is known to nobody else. The same line where nothing changes. */
function withBlocks(
  line: Statement,
  change: (body: readonly Statement[]) => readonly Statement[],
): Statement {
  if (line.kind === "for") {
    const body = change(line.body);
    return body === line.body ? line : { ...line, body };
  }
  if (line.kind !== "if") return line;
  const then = change(line.then);
  const otherwise = line.otherwise && change(line.otherwise);
  return then === line.then && otherwise === line.otherwise
    ? line
    : { ...line, then, ...(otherwise !== undefined && { otherwise }) };
}

/** A heading is a comment after a blank line. */
function withoutEmpty(lines: readonly Statement[]): readonly Statement[] {
  const out: Statement[] = [];
  lines.forEach((line, i) => {
    const next = lines[i + 1];
    const isOver = next === undefined || next.kind === "blank";
    if (line.kind !== "comment" || !isOver)
      out.push(withBlocks(line, withoutEmpty));
  });
  return isSame(out, lines) ? lines : out;
}

const isSame = (a: readonly Statement[], b: readonly Statement[]): boolean =>
  a.length === b.length && a.every((line, i) => line === b[i]);
