/** Choices between the lanes of two vectors. */
import type { Code } from "../code.js";
import { isSame, literalOf, made, type Codes, type Vector } from "./vector.js";

type Conditional = Code & { readonly kind: "conditional" };

/** How vectors are made, and what their instructions are called. */
interface Maker {
  readonly name: "f64x2" | "f32x4";
  readonly vector: (codes: Codes) => Vector;
  /** All bits of a lane, or none. */
  readonly mask: (tests: Codes) => Vector | undefined;
  /** One number in all lanes. */
  readonly all: (x: number) => Vector;
}

/** test ? then : otherwise of each lane, as far as that has a shorter way: an extreme, a sign, a 0 on one side. */
export function chosen(
  list: readonly Conditional[],
  { name, vector, mask: maskOf, all }: Maker,
): Vector | undefined {
  const tests = list.map((c) => c.test);
  const mask = maskOf(tests);
  if (mask === undefined) return undefined;
  const [then, otherwise] = [
    list.map((c) => c.then),
    list.map((c) => c.otherwise),
  ];
  const extreme = extremeOf(list);
  if (extreme !== undefined)
    return made(`${name}.${extreme}`, [vector(otherwise), vector(then)]);
  if (list.every(isOpposite))
    return made("v128.xor", [
      vector(otherwise),
      made("v128.and", [mask, all(-0)]),
    ]);
  if (then.every(isZero)) return made("v128.andnot", [vector(otherwise), mask]);
  if (otherwise.every(isZero)) return made("v128.and", [vector(then), mask]);
  return made("v128.bitselect", [vector(then), vector(otherwise), mask]);
}

/** a < b ? a : b, and a < b ? b : a: of two numbers one, b and a where one is no number. */
function extremeOf(list: readonly Conditional[]): "pmin" | "pmax" | undefined {
  const sides = list.map(({ test, then, otherwise }) => {
    if (test.kind !== "binary" || test.op !== "<") return undefined;
    const { left, right } = test;
    if (isSame(then, left) && isSame(otherwise, right)) return "pmin";
    return isSame(then, right) && isSame(otherwise, left) ? "pmax" : undefined;
  });
  const [first] = sides;
  return sides.every((s) => s === first) ? first : undefined;
}

/** test ? -x : x */
const isOpposite = ({ then, otherwise }: Conditional): boolean =>
  then.kind === "unary" && then.op === "-" && isSame(then.x, otherwise);

const isZero = (code: Code): boolean => Object.is(literalOf(code), 0);
