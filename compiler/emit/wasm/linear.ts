/** Indices as sums: constant + factor * variable + ... */
import type { Code } from "../code.js";

export interface Linear {
  readonly constant: number;
  /** Factors by the names of variables, without zeros. */
  readonly terms: ReadonlyMap<string, number>;
}

export const constantIndex = (constant: number): Linear => ({
  constant,
  terms: new Map(),
});

/** a + factor * b. */
export function plusTimes(a: Linear, b: Linear, factor: number): Linear {
  const terms = new Map(a.terms);
  for (const [name, k] of b.terms) {
    const sum = (terms.get(name) ?? 0) + factor * k;
    if (sum === 0) terms.delete(name);
    else terms.set(name, sum);
  }
  return { constant: a.constant + factor * b.constant, terms };
}

/**
 * Code as such a sum; undefined where it is none.
 *
 * @param isVariable whether a name stands for a whole number that is small, as indices and counts are
 */
export function linearOf(
  code: Code,
  isVariable: (name: string) => boolean,
): Linear | undefined {
  const of = (c: Code): Linear | undefined => linearOf(c, isVariable);
  switch (code.kind) {
    case "number":
      return Number.isInteger(code.value)
        ? constantIndex(code.value)
        : undefined;
    case "name":
      return isVariable(code.text)
        ? { constant: 0, terms: new Map([[code.text, 1]]) }
        : undefined;
    case "unary": {
      const x = code.op === "-" ? of(code.x) : undefined;
      return x && plusTimes(constantIndex(0), x, -1);
    }
    case "binary": {
      if (code.op !== "+" && code.op !== "-" && code.op !== "*")
        return undefined;
      const [a, b] = [of(code.left), of(code.right)];
      if (a === undefined || b === undefined) return undefined;
      if (code.op === "+") return plusTimes(a, b, 1);
      if (code.op === "-") return plusTimes(a, b, -1);
      if (b.terms.size === 0) return plusTimes(constantIndex(0), a, b.constant);
      return a.terms.size === 0
        ? plusTimes(constantIndex(0), b, a.constant)
        : undefined;
    }
    default:
      return undefined;
  }
}
