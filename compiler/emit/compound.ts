import { assign, type AssignOp, type Code, type Statement } from "./code.js";

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
