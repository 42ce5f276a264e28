/** What is known of loops before they are written. */
import {
  binary,
  declare,
  name,
  num,
  withOperands,
  type Code,
  type Loop,
  type Statement,
} from "../code.js";
import { deeds, ownNames } from "./deeds.js";
import { assigned } from "./groups.js";

/** True where there is a loop among statements, or inside of them. */
export const hasLoop = (lines: readonly Statement[]): boolean =>
  lines.some(
    (s) =>
      s.kind === "for" ||
      (s.kind === "if" && (hasLoop(s.then) || hasLoop(s.otherwise ?? []))),
  );

/** Where the turns end that do so many points each; the rest is done one by one. */
export function wholeTurns({ from, to }: Loop, width: number): Code {
  const rest = folded(binary("%", binary("-", to, from), num(width)));
  return folded(binary("-", to, rest));
}

/**
 * Where one more turn of so many points starts that ends with the loop, in place of a rest of single points; undefined
 * where there is no rest, one of a single point, or no room before it.
 */
export function lastTurn({ from, to }: Loop, width: number): Code | undefined {
  if (from.kind !== "number" || to.kind !== "number") return undefined;
  const count = to.value - from.value;
  const rest = count % width;
  return rest > 1 && count > width ? num(to.value - width) : undefined;
}

/** The number that an operation on numbers is. */
function folded(code: Code): Code {
  if (code.kind !== "binary") return code;
  const [a, b] = [folded(code.left), folded(code.right)];
  if (a.kind !== "number" || b.kind !== "number")
    return { ...code, left: a, right: b };
  return num(code.op === "%" ? a.value % b.value : a.value - b.value);
}

/**
 * The same where all is divided by a number that does not change: a power of two is divided by with a product, which is
 * exact and takes a fraction of the time. Undefined for other loops.
 *
 * @param isIndex whether a name outside of the loop is a whole number
 */
export function withoutDivision(
  s: Loop,
  isIndex: (name: string) => boolean,
): Statement | undefined {
  if (hasLoop(s.body)) return undefined;
  const own = ownNames(deeds(s.body));
  const divisors = new Set<string>();
  const inverse = (id: string): string => `inverse of ${id}`;
  const of = (c: Code): Code => {
    // Where an entry lies is no number of it.
    if (c.kind === "index") return c;
    if (c.kind !== "binary" || c.op !== "/" || c.right.kind !== "name")
      return withOperands(c, of);
    const { text } = c.right;
    if (text === s.variable || own.has(text) || !isIndex(text))
      return withOperands(c, of);
    divisors.add(text);
    return binary("*", of(c.left), name(inverse(text)));
  };
  const body = s.body.map((line): Statement => {
    if (line.kind === "assign" && (line.op === "=" || line.op === "/="))
      return { ...line, op: "=", value: of(assigned(line)) };
    return line.kind === "declare" && line.value !== undefined
      ? { ...line, value: of(line.value) }
      : line;
  });
  const [divisor] = divisors;
  if (divisor === undefined || divisors.size > 1) return undefined;
  const n = name(divisor);
  return {
    kind: "if",
    test: binary("===", binary("&", n, binary("-", n, num(1))), num(0)),
    then: [declare(inverse(divisor), binary("/", num(1), n)), { ...s, body }],
    otherwise: [s],
  };
}
