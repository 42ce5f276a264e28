import type { ReduceBy } from "../../dsl/graph.js";
import { assign, type AssignOp, type Code, type Statement } from "./code.js";
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
export function compound(
  to: Code,
  value: Code,
  comment: string | undefined,
): Statement {
  // Only a parameter vector knows its entries: others would be possibly undefined.
  if (
    to.kind === "index" &&
    (to.object === "p" || to.object === "g") &&
    value.kind === "binary" &&
    ["+", "-", "*", "/"].includes(value.op) &&
    sameCell(value.left, to)
  )
    return assign(to, `${value.op}=` as AssignOp, value.right, comment);
  return assign(to, "=", value, comment);
}
function sameCell(a: Code, b: Code): boolean {
  return (
    a.kind === "index" &&
    b.kind === "index" &&
    a.object === b.object &&
    JSON.stringify(a.at) === JSON.stringify(b.at)
  );
}
