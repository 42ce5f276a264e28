import { InternalError } from "../diagnostics.js";
import { binary, string, type Code, type Member } from "./code.js";
import { javascript, type Dialect } from "./dialect.js";
import { alone, beside, needsParentheses, type Role } from "./parentheses.js";

/**
 * Shortest decimal that reads back as the same double.
 *
 * @throws InternalError for what is no number: its text would be code.
 */
export function numberText(x: unknown): string {
  if (typeof x !== "number")
    throw new InternalError(
      `${JSON.stringify(x)} stands where a number should`,
    );
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
  // A read without its cast stands anywhere.
  const isRead = code.kind === "index" && !dialect.types;
  return !isRead && needsParentheses(code, role) ? `(${text})` : text;
}

function bare(code: Code, dialect: Dialect): string {
  const of = (c: Code, role: Role = alone): string =>
    expressionText(c, dialect, role);
  switch (code.kind) {
    case "number":
      return code.hex === true
        ? `0x${code.value.toString(16).padStart(8, "0")}`
        : numberText(code.value);
    case "name":
      return code.text;
    case "string":
      return JSON.stringify(code.text);
    case "unary":
      return code.op + of(code.x, { in: "unary" });
    case "binary": {
      const { op, left, right } = code;
      const roles = beside(op);
      return `${of(left, roles.left)} ${op} ${of(right, roles.right)}`;
    }
    case "conditional":
      return `${of(code.test, { in: "test" })} ? ${of(code.then, { in: "then" })} : ${of(code.otherwise, { in: "branch" })}`;
    case "call":
      return `${code.fresh === true ? "new " : ""}${code.callee}(${code.args.map((a) => of(a)).join(", ")})`;
    case "index":
      return `${code.object}[${of(code.at)}]${code.cast && dialect.types ? " as number" : ""}`;
    case "array":
      return `[${code.items.map((i) => of(i)).join(", ")}]`;
    case "template":
      return dialect.es5
        ? of(concatenation(code.parts))
        : `\`${code.parts.map((p) => (typeof p === "string" ? p : `\${${of(p)}}`)).join("")}\``;
    case "as":
      return `${of(code.x)}${dialect.types ? ` as ${code.type}` : ""}`;
    case "object":
      return code.members.length === 0
        ? "{}"
        : `{ ${code.members.map((m) => memberText(m, dialect, of)).join(", ")} }`;
    case "function":
      throw new InternalError("a function stands within an expression");
  }
}

/** True for a member that is called as its value is: `{ create }`. */
export const isShort = (
  m: Member & { readonly kind: "value" },
  dialect: Dialect,
): boolean => !dialect.es5 && m.value.kind === "name" && m.value.text === m.key;

function memberText(
  m: Member,
  dialect: Dialect,
  of: (c: Code) => string,
): string {
  if (m.kind === "spread") return `...${of(m.value)}`;
  if (m.kind === "value" && isShort(m, dialect)) return m.key;
  if (m.kind === "value") return `${m.key}: ${of(m.value)}`;
  throw new InternalError("a method stands within an expression");
}

/** A template in words that ES5 has. */
export const concatenation = (parts: readonly (string | Code)[]): Code =>
  parts
    .filter((part) => part !== "")
    .map((part) => (typeof part === "string" ? string(part) : part))
    .reduce((s, t) => binary("+", s, t));
