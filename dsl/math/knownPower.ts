import { leastNormal } from "./constants.js";
import { evaluate } from "./evaluate.js";
import { greatest, logarithmWords } from "./power.js";
import { call, num } from "./scalar.js";
import type { Scalar } from "./scalar.js";

/**
 * x^y where x is known, from its logarithm: the bits of `pow` with a tenth of its text. Undefined where other rules hold
 * than e^(y ln x): x negative, zero, subnormal, infinite, NaN or 1.
 */
export function powerOfKnown(x: number, y: Scalar): Scalar | undefined {
  if (!(leastNormal <= x && x <= greatest) || x === 1) return undefined;
  const { high, low } = logarithmWords(x);
  const number = (word: Scalar): Scalar => num(evaluate(word, new Map()));
  return call("expTimes", y, number(high), number(low));
}
