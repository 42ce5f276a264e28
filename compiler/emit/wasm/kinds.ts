/** What numbers are in code that has no types: whole numbers of 32 bits, doubles, or numbers of float32. */
import type { Code } from "../code.js";
import type { Frame } from "./frame.js";
import { rounding } from "../ties.js";
import { exponentOf, twoTo } from "./twoTo.js";

/**
 * `index`: a small whole number, as are sums and products of such. `word`: any whole number of 32 bits with a sign.
 * `literal`: a number that can be any. `float`: what is made of a number of float32 by operations that round to it; what a
 * function returns is a double, and so is what is made of doubles alone.
 */
export type Kind = "literal" | "index" | "word" | "double" | "float";

/** @param entryKind what the entries of an array are */
export function kindOf(
  code: Code,
  frame: Frame,
  entryKind: (object: string) => Kind,
): Kind {
  const of = (c: Code): Kind => kindOf(c, frame, entryKind);
  const real = (parts: readonly Code[]): Kind =>
    parts.some((c) => of(c) === "float") ? "float" : "double";
  const joined = (parts: readonly Code[]): Kind => {
    const kinds = parts.map(of);
    if (kinds.includes("float")) return "float";
    if (kinds.some((k) => k === "double" || k === "word")) return "double";
    return kinds.includes("index") ? "index" : "literal";
  };
  switch (code.kind) {
    case "number":
      return isWord(code.value) ? "literal" : "double";
    case "name": {
      const variable = frame.variable(code.text);
      if (variable?.type === "f32") return "float";
      if (variable?.type !== "i32") return "double";
      return variable.isIndex ? "index" : "word";
    }
    case "index":
      return entryKind(code.object);
    case "unary":
      return real([code.x]);
    case "conditional":
      return real([code.then, code.otherwise]);
    case "binary":
      switch (code.op) {
        case "|":
        case "&":
        case ">>":
          return "word";
        case "+":
        case "-":
        case "%":
          return joined([code.left, code.right]);
        case "*":
          // A negative factor makes -0 of 0.
          return [code.left, code.right].some(isNegative)
            ? real([code.left, code.right])
            : joined([code.left, code.right]);
        case "/":
          return real([code.left, code.right]);
        default:
          return "double";
      }
    case "call":
      if (code.callee === "Math.min" || code.callee === "Math.max")
        return joined(code.args);
      if ([twoTo, exponentOf, rounding].includes(code.callee)) return "float";
      return operators.has(code.callee) ? real(code.args) : "double";
    default:
      return "double";
  }
}

/** Functions of Math that are operations. */
const operators: ReadonlySet<string> = new Set([
  "Math.abs",
  "Math.sqrt",
  "Math.floor",
]);

const isWord = (x: number): boolean => (x | 0) === x && !Object.is(x, -0);

const isNegative = (c: Code): boolean => c.kind === "number" && c.value < 0;
