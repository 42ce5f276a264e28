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
): Statement[] {
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
): Statement[] {
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
  return out.reverse();
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
  line.value !== undefined
    ? { ...line, keyword: "const" }
    : line;

/** A line with its blocks changed: what they declare is known to nobody else. */
function withBlocks(
  line: Statement,
  change: (body: readonly Statement[]) => Statement[],
): Statement {
  if (line.kind === "for") return { ...line, body: change(line.body) };
  if (line.kind !== "if") return line;
  const { otherwise } = line;
  return {
    ...line,
    then: change(line.then),
    ...(otherwise !== undefined && { otherwise: change(otherwise) }),
  };
}

/** A heading is a comment after a blank line. */
function withoutEmpty(lines: readonly Statement[]): Statement[] {
  return lines.flatMap((line, i): Statement[] => {
    if (line.kind === "for" || line.kind === "if")
      return [withBlocks(line, withoutEmpty)];
    const next = lines[i + 1];
    const isOver = next === undefined || next.kind === "blank";
    return line.kind === "comment" && isOver ? [] : [line];
  });
}
