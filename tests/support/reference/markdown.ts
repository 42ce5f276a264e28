/** Prose and code of docstrings as Markdown that GitHub renders as it was meant. */

/** Prose outside of code: characters that Markdown or HTML would take for its own. */
export function prose(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) =>
      part.startsWith("`")
        ? part
        : part
            .replaceAll(/\*(?=\S)|(?<![A-Za-z0-9'])_/g, "\\$&")
            .replaceAll(/<(?=[A-Za-z/!?])/g, "&lt;"),
    )
    .join("");
}

/** A cell of a table: no bar ends it. */
export const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Code between backticks, in a table too. */
export const code = (text: string): string =>
  text === "" ? "" : `\`${text}\``;

export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join(
    "\n",
  );
}

export const fenced = (language: string, text: string): string =>
  ["```" + language, text.trimEnd(), "```"].join("\n");

/** A place that a link may lead to, in a table. */
export const place = (name: string): string => `<a id="${anchor(name)}"></a>`;

/** The anchor that GitHub gives to a heading of one word. */
export const anchor = (name: string): string => name.toLowerCase();
