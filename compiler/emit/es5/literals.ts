import { binary, num, type Code } from "../code.js";

const mostExact = 2 ** 53;

/** Factors of 2^52 that are written out. */
const mostFactors = 2;

/** A list of the module for numbers that take more factors, and what makes each of its entries. */
export const extremes = "extremes";
export interface Extreme {
  readonly value: number;
  readonly text: string;
}

/**
 * A number that every engine reads alike.
 *
 * Integers up to 2^53 are read exactly everywhere, other decimals are not: MuJS is off by up to 46,793 units in the last
 * place, njs misreads one of 400. A quotient of two exact integers is rounded once: m / 10^k is the decimal with k
 * digits after the point, and what takes more digits is an odd integer times powers of two, where nothing is rounded.
 */
export function literal(x: number, kept: Extreme[]): Code {
  if (!Number.isFinite(x) || (Number.isInteger(x) && Math.abs(x) <= mostExact))
    return num(x);
  return decimal(x) ?? dyadic(x, kept);
}

/** 0.001 as 1 / 1000; undefined where it takes too many digits. */
function decimal(x: number): Code | undefined {
  for (let k = 1; k <= 15; k++) {
    const m = Math.round(x * 10 ** k);
    if (Math.abs(m) > 999_999) return undefined;
    if (m !== 0 && m / 10 ** k === x) return binary("/", num(m), num(10 ** k));
  }
  return undefined;
}

/** An odd integer times a power of two, in factors that are exact integers. */
function dyadic(x: number, kept: Extreme[]): Code {
  let m = x;
  let e = 0;
  for (; !Number.isInteger(m); e--) m *= 2;
  for (; Math.abs(m) > mostExact; e++) m /= 2;
  if (Math.abs(e) > mostFactors * 52) {
    const known = kept.findIndex(({ value }) => value === x);
    const text = `timesPowerOfTwo(${String(m)}, ${String(e)})`;
    const at = known < 0 ? kept.push({ value: x, text }) - 1 : known;
    return { kind: "index", object: extremes, at: num(at), cast: false };
  }
  let code = num(m);
  const [op, powers] = e < 0 ? (["/", -e] as const) : (["*", e] as const);
  for (let left = powers; left > 0; left -= 52)
    code = binary(op, code, num(2 ** Math.min(left, 52)));
  return code;
}

/** The declaration of the list. */
export const extremesText = (kept: readonly Extreme[]): string =>
  [
    "/** Numbers that are too large or too small for a quotient of two integers. */",
    `var ${extremes} = [`,
    ...kept.map(({ value, text }) => `  ${text}, // ${String(value)}`),
    "];",
  ].join("\n");
