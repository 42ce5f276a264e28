/** Columns of a line. */
export const width = 80;

/** One line where it fits, else a block. */
export function docLines(doc: readonly string[]): string[] {
  if (doc.length === 0) return [];
  const [only] = doc;
  const short = `/** ${only ?? ""} */`;
  if (doc.length === 1 && short.length <= width) return [short];
  return ["/**", ...doc.map((l) => (l === "" ? " *" : ` * ${l}`)), " */"];
}

/** Words of `text`, at most `width` characters a line. A list is of words already: what has spaces in it stays on one line. */
export function wrapText(
  text: string | readonly string[],
  width: number,
  indent = "",
): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of typeof text === "string" ? text.split(" ") : text) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
