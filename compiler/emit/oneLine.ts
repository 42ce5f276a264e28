import type { Code } from "./code.js";
import { alone, needsParentheses, type Role } from "./parentheses.js";

export interface Dialect {
  /** False for plain JavaScript: annotations and casts are left out. */
  readonly types: boolean;
  /** False for text that nobody reads: no comments, no blank lines, statements of any length on one line. */
  readonly laidOut: boolean;
}
export const typescript: Dialect = { types: true, laidOut: true };
export const javascript: Dialect = { types: false, laidOut: true };
/** What is run to verify a module: the statements of its text, and nothing else. */
export const script: Dialect = { types: false, laidOut: false };

/** Shortest decimal that reads back as the same double. */
export function numberText(x: number): string {
  if (Number.isNaN(x)) return "NaN";
  if (Object.is(x, -0)) return "-0";
  return String(x).replace("e+", "e");
}

/** A read without its cast, where the dialect has no types. */
export const spoken = (code: Code, dialect: Dialect): Code =>
  code.kind === "index" && code.cast && !dialect.types
    ? { ...code, cast: false }
    : code;

/** An expression on one line: what the layout of print.ts gives when it fits. */
export function expressionText(
  code: Code,
  dialect: Dialect = javascript,
  role: Role = alone,
): string {
  const text = bare(code, dialect);
  return needsParentheses(spoken(code, dialect), role) ? `(${text})` : text;
}

function bare(code: Code, dialect: Dialect): string {
  const of = (c: Code, role: Role = alone): string =>
    expressionText(c, dialect, role);
  switch (code.kind) {
    case "number":
      return numberText(code.value);
    case "name":
      return code.text;
    case "string":
      return JSON.stringify(code.text);
    case "unary":
      return code.op + of(code.x, { in: "unary" });
    case "binary": {
      const { op, left, right } = code;
      return `${of(left, { in: "left", op })} ${op} ${of(right, { in: "right", op })}`;
    }
    case "conditional":
      return `${of(code.test, { in: "test" })} ? ${of(code.then, { in: "then" })} : ${of(code.otherwise, { in: "branch" })}`;
    case "call":
      return `${code.fresh === true ? "new " : ""}${code.callee}(${code.args.map((a) => of(a)).join(", ")})`;
    case "index":
      return `${code.object}[${of(code.at)}]${code.cast && dialect.types ? " as number" : ""}`;
    case "array":
      return `[${code.items.map((i) => of(i)).join(", ")}]`;
  }
}
