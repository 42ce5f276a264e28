/**
 * A small notation for bodies in the scalar language.
 *
 * Sums and products take any number of terms and associate to the left, as `a - b + c` does; numbers stand for
 * themselves. `define` and `block` let a body be written in the order it is computed in: name a value, leave early,
 * return the rest.
 */
import { apply, num, select, variable } from "./scalar.js";
import type { Scalar, ScalarFunction, ScalarOp } from "./scalar.js";

/** A scalar, or a number that stands for itself. */
export type Term = Scalar | number;

const lift = (term: Term): Scalar =>
  typeof term === "number" ? num(term) : term;

const leftToRight =
  (op: ScalarOp) =>
  (first: Term, ...rest: readonly Term[]): Scalar =>
    rest.reduce<Scalar>((sum, term) => apply(op, sum, lift(term)), lift(first));

/** ((a + b) + c) ... */
export const add = leftToRight("add");
/** ((a - b) - c) ... */
export const sub = leftToRight("sub");
/** ((a b) c) ... */
export const mul = leftToRight("mul");
/** a / b, or ((a / b) / c) ... */
export const div = leftToRight("div");
export const neg = (x: Term): Scalar => apply("neg", lift(x));
export const abs = (x: Term): Scalar => apply("abs", lift(x));
export const min = (a: Term, b: Term): Scalar => apply("min", lift(a), lift(b));
export const max = (a: Term, b: Term): Scalar => apply("max", lift(a), lift(b));
export const sqrt = (x: Term): Scalar => apply("sqrt", lift(x));
export const floor = (x: Term): Scalar => apply("floor", lift(x));

export const toInt = (x: Term): Scalar => apply("toInt", lift(x));
export const bitAnd = (x: Term, bits: Term): Scalar =>
  apply("bitAnd", lift(x), lift(bits));
export const shiftRight = (x: Term, bits: Term): Scalar =>
  apply("shiftRight", lift(x), lift(bits));
export const shiftRightZero = (x: Term, bits: Term): Scalar =>
  apply("shiftRightZero", lift(x), lift(bits));

export const less = (a: Term, b: Term): Scalar =>
  apply("less", lift(a), lift(b));
export const atMost = (a: Term, b: Term): Scalar =>
  apply("lessEqual", lift(a), lift(b));
export const equal = (a: Term, b: Term): Scalar =>
  apply("equal", lift(a), lift(b));
export const and = leftToRight("and");
export const or = leftToRight("or");
export const not = (condition: Scalar): Scalar => apply("not", condition);
/** low < x < high; false for NaN. */
export const between = (low: number, x: Term, high: number): Scalar =>
  and(less(low, x), less(x, high));
/** True for NaN only. */
export const isNaNValue = (x: Term): Scalar => not(equal(x, x));
/** True for negative numbers and -0. */
export const isNegative = (x: Term): Scalar =>
  or(less(x, 0), less(div(1, x), 0));

/** `when ? then : otherwise`. */
export const choose = (when: Scalar, then: Term, otherwise: Term): Scalar =>
  select(when, lift(then), lift(otherwise));
/** x 2^k, rounded once; -1074 <= k <= 1023. */
export const scale = (x: Term, k: Term): Scalar => ({
  kind: "scale",
  x: lift(x),
  k: lift(k),
});
/** Entry `index` of the table `name`, 0-based. */
export const entry = (name: string, index: Term): Scalar => ({
  kind: "table",
  name,
  index: lift(index),
});

/** c0 + c1 x + w (c2 + c3 x + w (c4 + ...)), w = x^2: two short chains instead of one long one. */
export const pairs = (
  x: Term,
  w: Term,
  coefficients: readonly Term[],
): Scalar => {
  const [first = 0, second, ...rest] = coefficients;
  const start = second === undefined ? lift(first) : add(first, mul(second, x));
  return rest.length === 0 ? start : add(start, mul(w, pairs(x, w, rest)));
};

/** The same by fours, while more than five remain: c0 + c1 x + w (c2 + c3 x) + v (c4 + ...), w = x^2, v = x^4. */
export const quads = (
  x: Term,
  w: Term,
  v: Term,
  coefficients: readonly Term[],
): Scalar =>
  coefficients.length <= 5
    ? pairs(x, w, coefficients)
    : add(
        pairs(x, w, coefficients.slice(0, 4)),
        mul(v, quads(x, w, v, coefficients.slice(4))),
      );

/** The value in front of which names are given and early exits stand, in order. */
export interface Scope {
  /** Names a value for the rest of the block. */
  let(name: string, value: Term): Scalar;
  /** The block's value is `value` when `condition` holds; nothing after it is computed then. */
  exit(condition: Scalar, value: Term): void;
}

type Step = (rest: Scalar) => Scalar;

/** A value with names and early exits before it. @throws {Error} a name given twice. */
export const block = (write: (scope: Scope) => Term): Scalar => {
  const steps: Step[] = [];
  const names = new Set<string>();
  const scope: Scope = {
    let(name, value) {
      if (names.has(name)) {
        throw new Error(`internal: "${name}" is named twice in one block`);
      }
      names.add(name);
      steps.push((body) => ({ kind: "let", name, value: lift(value), body }));
      return variable(name);
    },
    exit(condition, value) {
      steps.push((rest) => choose(condition, value, rest));
    },
  };
  const result = lift(write(scope));
  return steps.reduceRight((rest, step) => step(rest), result);
};

/** What is said of a function besides its body. */
export interface Header {
  readonly name: string;
  readonly doc: string;
  readonly params: readonly string[];
  readonly constants?: readonly string[];
  readonly cold?: boolean;
}

/** An elementary function; `write` receives the scope and one variable a parameter. */
export const define = (
  header: Header,
  write: (scope: Scope, ...params: Scalar[]) => Term,
): ScalarFunction => ({
  ...header,
  body: block((scope) => write(scope, ...header.params.map(variable))),
});

/** What a round makes of two numbers, and the value after the last one. */
export interface RoundBodies {
  readonly count: number;
  readonly carried: readonly [string, string];
  /** @param round 1 ... count: a number where rounds are written out */
  readonly next: (
    a: Scalar,
    b: Scalar,
    round: Term,
  ) => readonly [Scalar, Scalar];
  readonly value: (a: Scalar, b: Scalar) => Scalar;
}

/** A function of two parameters that repeats `next`, from these on. */
export const defineRounds = (
  header: Header & { readonly params: readonly [string, string] },
  { count, carried, next, value }: RoundBodies,
): ScalarFunction => {
  const [first, second] = header.params;
  const body = block((s) => {
    let [a, b] = [variable(first), variable(second)];
    for (let round = 1; round <= count; round++) {
      const named = (x: Scalar, place: 0 | 1): Scalar =>
        x.kind === "variable"
          ? x
          : s.let(`${carried[place]}${String(round)}`, x);
      const [nextA, nextB] = next(a, b, round);
      [a, b] = [named(nextA, 0), named(nextB, 1)];
    }
    return value(a, b);
  });
  const [a, b] = [variable(carried[0]), variable(carried[1])];
  const counter = "round";
  return {
    ...header,
    body,
    rounds: {
      count,
      carried,
      next: next(a, b, variable(counter)),
      counter,
      value: value(a, b),
    },
  };
};

/** x rounded to an integer, ties to even; |x| < 2^50. Beside 6e15, between 2^52 and 2^53, is no room for a fraction. */
export const nearest = (x: Term): Scalar => sub(add(x, 6e15), 6e15);
