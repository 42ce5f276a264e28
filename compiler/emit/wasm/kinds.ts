/** What numbers are in code that has no types: whole numbers of 32 bits, or doubles. */
import type { Code } from "../code.js";
import type { Frame } from "./frame.js";

/**
 * `index`: a small whole number, as are sums and products of such. `word`: any whole number of 32 bits with a sign.
 * `literal`: a number that can be either.
 */
export type Kind = "literal" | "index" | "word" | "double";

/** @param isIndices whether an array has whole numbers of 32 bits in it */
export function kindOf(
  code: Code,
  frame: Frame,
  isIndices: (object: string) => boolean,
): Kind {
  const of = (c: Code): Kind => kindOf(c, frame, isIndices);
  const joined = (parts: readonly Code[]): Kind => {
    const kinds = parts.map(of);
    if (kinds.some((k) => k === "double" || k === "word")) return "double";
    return kinds.includes("index") ? "index" : "literal";
  };
  switch (code.kind) {
    case "number":
      return isWord(code.value) ? "literal" : "double";
    case "name": {
      const variable = frame.variable(code.text);
      if (variable?.type !== "i32") return "double";
      return variable.isIndex ? "index" : "word";
    }
    case "index":
      return isIndices(code.object) ? "word" : "double";
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
            ? "double"
            : joined([code.left, code.right]);
        default:
          return "double";
      }
    case "call":
      return code.callee === "Math.min" || code.callee === "Math.max"
        ? joined(code.args)
        : "double";
    default:
      return "double";
  }
}

const isWord = (x: number): boolean => (x | 0) === x && !Object.is(x, -0);

const isNegative = (c: Code): boolean => c.kind === "number" && c.value < 0;
