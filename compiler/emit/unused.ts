import type { Statement } from "./code.js";
import { objectsOf } from "./objects.js";

/**
 * Leaves out constants that nobody reads, such as the entries of a concatenation that are sliced off again, and the
 * headings that then stand over nothing.
 *
 * @param read names that are read after the lines
 */
export function withoutUnused(
  lines: readonly Statement[],
  read: readonly string[],
): Statement[] {
  return withoutEmpty(kept(lines, new Set(read)));
}

/** From the last line to the first; `used` grows. */
function kept(lines: readonly Statement[], used: Set<string>): Statement[] {
  const out: Statement[] = [];
  for (const line of [...lines].reverse()) {
    if (line.kind === "declare" && line.keyword === "const")
      if (!used.has(line.name)) continue;
    const now =
      line.kind === "for" ? { ...line, body: kept(line.body, used) } : line;
    for (const name of objectsOf([now])) used.add(name);
    out.push(now);
  }
  return out.reverse();
}

/** A heading is a comment after a blank line. */
function withoutEmpty(lines: readonly Statement[]): Statement[] {
  return lines.flatMap((line, i): Statement[] => {
    if (line.kind === "for")
      return [{ ...line, body: withoutEmpty(line.body) }];
    const next = lines[i + 1];
    const isOver = next === undefined || next.kind === "blank";
    return line.kind === "comment" && isOver ? [] : [line];
  });
}
