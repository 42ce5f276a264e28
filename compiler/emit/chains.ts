import type { Code } from "./code.js";
import type { Dialect } from "./dialect.js";
import { expressionText, spoken } from "./oneLine.js";
import { flattens, needsParentheses, type Role } from "./parentheses.js";

type Binary = Code & { readonly kind: "binary" };

/** Where a chain stands: columns count from 0. */
interface Space {
  readonly width: number;
  /** Of the block around. */
  readonly indentation: number;
  /** Where the first operand starts. */
  readonly column: number;
  /** What follows the last operand on its line. */
  readonly after: string;
}

/**
 * A chain of operators that is too long for one line as prettier breaks it, one operand a line, without the spaces
 * before the first: what print.ts makes of a document, in a tenth of the time. Undefined where an operand that is no
 * chain is too long itself.
 *
 * @param rest indentation of all but the first operand
 */
export function brokenChain(
  code: Binary,
  dialect: Dialect,
  { width, indentation, column, after }: Space,
  rest: number,
): string[] | undefined {
  const lines: string[] = [];
  const operands = operandsOf(code);
  for (const [i, { operand, role }] of operands.entries()) {
    const next = operands[i + 1];
    const trail = next === undefined ? after : ` ${next.role.op}`;
    const at = i === 0 ? column : rest;
    const pad = i === 0 ? "" : " ".repeat(rest);
    const text = expressionText(operand, dialect, role);
    if (at + text.length + trail.length <= width) {
      lines.push(pad + text + trail);
      continue;
    }
    if (operand.kind !== "binary") return undefined;
    const around = needsParentheses(spoken(operand, dialect), role)
      ? ["(", ")"]
      : ["", ""];
    const [open, close] = around as [string, string];
    const block = i === 0 ? indentation : rest;
    const inner = brokenChain(
      operand,
      dialect,
      {
        width,
        indentation: block,
        column: at + open.length,
        after: close + trail,
      },
      block + 2,
    );
    if (inner === undefined) return undefined;
    const [first, ...others] = inner;
    lines.push(`${pad}${open}${first ?? ""}`);
    for (const l of others) lines.push(l);
  }
  return lines;
}

interface Operand {
  readonly operand: Code;
  readonly role: Extract<Role, { readonly op: unknown }>;
}

/** Operands of the operators that break together. */
function operandsOf({ op, left, right }: Binary): Operand[] {
  const head =
    left.kind === "binary" && flattens(op, left.op)
      ? operandsOf(left)
      : [{ operand: left, role: { in: "left", op } as const }];
  return [...head, { operand: right, role: { in: "right", op } }];
}
