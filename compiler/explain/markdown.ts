/** Six significant digits, the same text on every machine. */
export function digits(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  // toPrecision pads with zeros; as a number again it has none.
  return String(Number(x.toPrecision(6))).replace("e+", "e");
}

/** Text in a table cell, as code. */
export const code = (text: string): string =>
  text === "" ? "" : `\`${text.replaceAll("|", "\\|")}\``;

/** A Markdown table; a column that is empty in every row is left out. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const used = head
    .map((_, i) => i)
    .filter((i) => rows.some((r) => (r[i] ?? "") !== ""));
  const row = (cells: readonly string[]): string =>
    `| ${used.map((i) => cells[i] ?? "").join(" | ")} |`;
  return [row(head), `|${used.map(() => " --- |").join("")}`, ...rows.map(row)]
    .filter((line) => line !== "")
    .join("\n");
}
