/** Tables as text and as Markdown. */

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  /** As many entries each as there are columns. */
  readonly rows: readonly (readonly string[])[];
}

/** Columns side by side; what starts with a digit stands at the right. */
export function textOf({ title, columns, rows }: Table): string {
  const widths = columns.map((name, i) =>
    Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => {
        const width = widths[i] ?? 0;
        return isNumber(cell) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [title, ...[columns, ...rows].map((cells) => `  ${line(cells)}`)].join(
    "\n",
  );
}

export function markdownOf({ title, columns, rows }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    `### ${title}`,
    "",
    line(columns),
    line(columns.map(() => "---")),
    ...rows.map(line),
  ].join("\n");
}

const isNumber = (cell: string): boolean => /^[-<]?\d/.test(cell);
