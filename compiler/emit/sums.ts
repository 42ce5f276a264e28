import type { Code, FunctionCode, Statement } from "./code.js";

/** True where a function starts a sum from -0, the neutral element of addition. */
export const sumsStart = (functions: readonly FunctionCode[]): boolean =>
  functions.some((f) => f.body.some(starts));

function starts(s: Statement): boolean {
  switch (s.kind) {
    case "declare":
      return s.value !== undefined && isNeutral(s.value);
    case "assign":
      return s.op === "=" && isNeutral(s.value);
    case "run":
      return (
        s.code.kind === "call" &&
        s.code.callee.endsWith(".fill") &&
        s.code.args.some(isNeutral)
      );
    case "for":
    case "each":
      return s.body.some(starts);
    case "if":
      return s.then.some(starts) || (s.otherwise ?? []).some(starts);
    default:
      return false;
  }
}

/** -0, as one number or as the negative of 0. */
const isNeutral = (c: Code): boolean =>
  c.kind === "unary"
    ? c.op === "-" && c.x.kind === "number" && c.x.value === 0
    : c.kind === "number" && Object.is(c.value, -0);
