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

const roles = {
  unary: { in: "unary" },
  test: { in: "test" },
  then: { in: "then" },
  branch: { in: "branch" },
} as const satisfies Record<string, Role>;

/** Without a closure: it is called for every operand of a module. */
function bare(code: Code, dialect: Dialect): string {
  switch (code.kind) {
    case "number":
      return code.hex === true
        ? `0x${code.value.toString(16).padStart(8, "0")}`
        : numberText(code.value);
    case "name":
      return code.text;
    case "string":
      return stringText(code.text);
    case "unary":
      return code.op + expressionText(code.x, dialect, roles.unary);
    case "binary": {
      const { left, right } = beside(code.op);
      return `${expressionText(code.left, dialect, left)} ${code.op} ${expressionText(code.right, dialect, right)}`;
    }
    case "conditional":
      return `${expressionText(code.test, dialect, roles.test)} ? ${expressionText(code.then, dialect, roles.then)} : ${expressionText(code.otherwise, dialect, roles.branch)}`;
    case "call":
      return `${calleeText(code)}(${listText(code.args, dialect)})`;
    case "index":
      return `${code.object}[${bare(code.at, dialect)}]${code.cast && dialect.types ? " as number" : ""}`;
    case "array":
      return `[${listText(code.items, dialect)}]`;
    case "template":
      return dialect.es5
        ? expressionText(concatenation(code.parts), dialect)
        : templateText(code.parts, dialect);
    case "as":
      return `${bare(code.x, dialect)}${dialect.types ? ` as ${code.type}` : ""}`;
    case "object":
      return code.members.length === 0
        ? "{}"
        : `{ ${code.members.map((m) => memberText(m, dialect)).join(", ")} }`;
    case "function":
      throw new InternalError("a function stands within an expression");
  }
}

/** What stands before the brackets of a call. */
export const calleeText = ({
  callee,
  fresh,
  pure,
}: Code & { readonly kind: "call" }): string =>
  `${pure === true ? "/* @__PURE__ */ " : ""}${fresh === true ? "new " : ""}${callee}`;

const listText = (items: readonly Code[], dialect: Dialect): string =>
  items.map((item) => expressionText(item, dialect)).join(", ");

const templateText = (
  parts: readonly (string | Code)[],
  dialect: Dialect,
): string =>
  `\`${parts.map((p) => (typeof p === "string" ? p : `\${${expressionText(p, dialect)}}`)).join("")}\``;

/** True for a member that is called as its value is: `{ create }`. */
export const isShort = (
  m: Member & { readonly kind: "value" },
  dialect: Dialect,
): boolean => !dialect.es5 && m.value.kind === "name" && m.value.text === m.key;

function memberText(m: Member, dialect: Dialect): string {
  if (m.kind === "spread") return `...${expressionText(m.value, dialect)}`;
  if (m.kind === "value" && isShort(m, dialect)) return m.key;
  if (m.kind === "value")
    return `${m.key}: ${expressionText(m.value, dialect)}`;
  throw new InternalError("a method stands within an expression");
}

/** A template in words that ES5 has. */
export const concatenation = (parts: readonly (string | Code)[]): Code =>
  parts
    .filter((part) => part !== "")
    .map((part) => (typeof part === "string" ? string(part) : part))
    .reduce((s, t) => binary("+", s, t));

/** A string in the quotes that it has fewer of, as prettier writes it: in double quotes where that is open. */
function stringText(text: string): string {
  const json = JSON.stringify(text);
  if (text.split('"').length <= text.split("'").length) return json;
  const inside = json.slice(1, -1).replaceAll('\\"', '"');
  return `'${inside.replaceAll("'", "\\'")}'`;
}
