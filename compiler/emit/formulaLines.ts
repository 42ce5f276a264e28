/** Lines up to which a formula says more than the code below it. */
const mostLines = 4;

/** What a line after the first is set in by. */
const further = "  ";

/**
 * A formula on lines of at most `width` characters, broken as one would by hand: before an operator or after a comma, as
 * far outside of parentheses as there is a place. Empty where it is too long to be read.
 */
export function formulaLines(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const at = bestBreak(rest, width);
    if (at === undefined || lines.length === mostLines - 1) return [];
    lines.push(rest.slice(0, at));
    rest = further + rest.slice(at + 1);
  }
  return [...lines, rest];
}

/** The same for a sum of products, which is left out but for its ends where it is too long. */
export function sumLines(text: string, width: number): string[] {
  const lines = formulaLines(text, width);
  if (lines.length > 0) return lines;
  const terms = text.split(" + ");
  const ends = `${terms[0] ?? ""} + ... + ${terms.at(-1) ?? ""}`;
  return formulaLines(ends, width);
}

interface Break {
  /** Place of the space that ends the line. */
  readonly at: number;
  /** How much is cut in two: parentheses around it, and how tightly what stands beside it belongs together. */
  readonly depth: number;
}

/** The outermost place, the last of several; one that leaves a short line only where nothing else is as good. */
function bestBreak(text: string, width: number): number | undefined {
  const all = breaksOf(text, width);
  const good = all.filter((b) => b.at >= width / 3);
  const list = good.length > 0 ? good : all;
  const least = Math.min(...list.map((b) => b.depth));
  const below = all.find((b) => text.slice(0, b.at).endsWith(" ="));
  if (
    least >= 1 &&
    below !== undefined &&
    text.length - below.at + further.length <= width
  )
    return below.at;
  return list.filter((b) => b.depth === least).at(-1)?.at;
}

/** Places to break at up to `width`: outside of indices and comparisons. */
function breaksOf(text: string, width: number): Break[] {
  const found: Break[] = [];
  let depth = 0;
  let brackets = 0;
  const start = text.length - text.trimStart().length;
  for (let i = start; i <= width; i++) {
    const c = text[i];
    if (c === "(") depth++;
    else if (c === ")") depth--;
    else if (c === "[") brackets++;
    else if (c === "]") brackets--;
    else if (c === " " && brackets === 0) {
      const cut = tightness(text.slice(0, i), text.slice(i + 1));
      if (cut !== undefined) found.push({ at: i, depth: depth + cut });
    }
  }
  return found;
}

/** How tightly what stands before and after a space belongs together; undefined where a line must not end. */
function tightness(before: string, after: string): number | undefined {
  if (/,$/.test(before) || /^(?:where|else) /.test(after)) return 0;
  if (/ =$/.test(before) || /^(?:[+-]|and) /.test(after)) return 0.25;
  if (/(?:^|[ (])[^\w\s]+$|(?:where|else|and)$/.test(before)) return undefined;
  return /^[<>=|&]/.test(after) ? undefined : 0.5;
}
