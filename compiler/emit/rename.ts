/** Constants and variables of lines under other names. */
import {
  mapped,
  withOperands,
  type Code,
  type Statement as Line,
} from "./code.js";

/** By the names that they have. */
export type Renaming = ReadonlyMap<string, string>;

/** The same lines, their comments too, with other names for what they declare. */
export function renamed(lines: readonly Line[], names: Renaming): Line[] {
  if (names.size === 0) return [...lines];
  const of = (id: string): string => names.get(id) ?? id;
  const code = (c: Code): Code => {
    const inner = withOperands(c, code);
    if (inner.kind === "name") return { ...inner, text: of(inner.text) };
    return inner.kind === "index"
      ? { ...inner, object: of(inner.object) }
      : inner;
  };
  // Names of parameters have dots, those of axes stand behind an underscore.
  const words = /(?<![\w.])[A-Za-z_]\w*(?![\w.])/g;
  const line = (l: Line): Line => {
    switch (l.kind) {
      case "declare":
        return {
          ...l,
          name: of(l.name),
          ...(l.value !== undefined && { value: code(l.value) }),
        };
      case "assign":
        return { ...l, target: code(l.target), value: code(l.value) };
      case "run":
        return { ...l, code: code(l.code) };
      case "for":
        return {
          ...l,
          variable: of(l.variable),
          from: code(l.from),
          to: code(l.to),
          body: mapped(l.body, line),
        };
      case "if":
        return {
          ...l,
          test: code(l.test),
          then: mapped(l.then, line),
          ...(l.otherwise && { otherwise: mapped(l.otherwise, line) }),
        };
      case "comment":
        return { ...l, text: l.text.replace(words, of) };
      case "return":
      case "throw":
        return l.value === undefined ? l : { ...l, value: code(l.value) };
      case "each":
      case "destructure":
      case "blank":
        return l;
    }
  };
  return lines.map(line);
}
