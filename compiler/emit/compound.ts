import type { ReduceBy } from "../../dsl/graph.js";
import {
  assign,
  update,
  type BinaryOp,
  type Code,
  type Statement,
} from "./code.js";
import { spellStep } from "./spell.js";

/** Engines of the smallest kind take 64 terms in one expression. */
export const mostTerms = 64;

/** Adds terms to an accumulator one after the other: `a += b + c` would add in another order. */
export function accumulate(
  to: Code,
  by: ReduceBy,
  terms: readonly Code[],
  comment: string | undefined,
): Statement[] {
  const [only] = terms;
  if (by === "sum" && terms.length === 1 && only !== undefined)
    return [assign(to, "+=", only, comment)];
  const chunks: Statement[] = [];
  for (let i = 0; i < terms.length; i += mostTerms - 1) {
    const part = terms.slice(i, i + mostTerms - 1);
    chunks.push(
      assign(
        to,
        "=",
        part.reduce((sum, t) => spellStep(by, sum, t), to),
        i === 0 ? comment : undefined,
      ),
    );
  }
  return chunks;
}

/** `p -= x` for `p = p - x`. */
export function compound(to: Code, value: Code, comment?: string): Statement {
  return value.kind === "binary" &&
    isUpdate(value.op) &&
    sameCell(value.left, to)
    ? update(to, value.op, value.right, comment)
    : assign(to, "=", value, comment);
}

const isUpdate = (op: BinaryOp): op is "+" | "-" | "*" | "/" =>
  ["+", "-", "*", "/"].includes(op);

const sameCell = (a: Code, b: Code): boolean =>
  a.kind === "index" &&
  b.kind === "index" &&
  a.object === b.object &&
  JSON.stringify(a.at) === JSON.stringify(b.at);
