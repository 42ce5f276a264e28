import type { Statement } from "./code.js";
import { objectsOf } from "./objects.js";

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
  return withoutEmpty(kept(settled(lines, assignedIn(lines)), new Set(read)));
}

function assignedIn(
  lines: readonly Statement[],
  names = new Set<string>(),
): Set<string> {
  for (const line of lines) {
    if (line.kind === "assign" && line.target.kind === "name")
      names.add(line.target.text);
    withBlocks(line, (body) => {
      assignedIn(body, names);
      return [];
    });
  }
  return names;
}

/** Variables that never change as constants. */
const settled = (
  lines: readonly Statement[],
  assigned: ReadonlySet<string>,
): Statement[] =>
  lines.map((line) =>
    line.kind === "declare" &&
    line.value !== undefined &&
    !assigned.has(line.name)
      ? { ...line, keyword: "const" }
      : withBlocks(line, (body) => settled(body, assigned)),
  );

/** From the last line to the first; `used` grows, and forgets a name where its constant is declared. */
function kept(lines: readonly Statement[], used: Set<string>): Statement[] {
  const out: Statement[] = [];
  for (const line of [...lines].reverse()) {
    if (line.kind === "declare" && !used.delete(line.name))
      if (line.keyword === "const") continue;
    const now = withBlocks(line, (body) => kept(body, new Set(used)));
    if (now.kind === "for" && now.body.length === 0) continue;
    for (const name of objectsOf([now])) used.add(name);
    out.push(now);
  }
  return out.reverse();
}

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
