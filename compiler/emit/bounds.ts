import type { Affine, Axis, Test } from "../kernels/ir.js";
import { binary, call, neg, num, type Code } from "./code.js";

const isZero = (c: Code): boolean => c.kind === "number" && c.value === 0;

/** a + b, without what is zero. */
export function plus(a: Code, b: Code): Code {
  if (isZero(b)) return a;
  if (isZero(a)) return b;
  return b.kind === "number" && b.value < 0
    ? binary("-", a, num(-b.value))
    : binary("+", a, b);
}

/** a - b, without what is zero. */
function minus(a: Code, b: Code): Code {
  if (isZero(b)) return a;
  if (a.kind === "number" && b.kind === "number") return num(a.value - b.value);
  return isZero(a) ? neg(b) : binary("-", a, b);
}

/** An index in terms of the variables of its axes: what is added first, what is taken off after it. */
export function affineCode(
  index: Affine,
  variable: (axis: Axis) => Code,
): Code {
  let { constant } = index;
  let added: Code | undefined;
  const taken: Code[] = [];
  for (const [axis, factor] of index.terms) {
    const v = variable(axis);
    if (v.kind === "number") constant += v.value * factor;
    else if (factor < 0) taken.push(scaled(v, -factor));
    else if (factor > 0) {
      const term = scaled(v, factor);
      added = added === undefined ? term : plus(added, term);
    }
  }
  const rest = num(constant);
  if (added === undefined) return taken.reduce(minus, rest);
  return constant > 0
    ? taken.reduce(minus, plus(added, rest))
    : plus(taken.reduce(minus, added), rest);
}

const scaled = (code: Code, k: number): Code =>
  k === 1 ? code : binary("*", code, num(k));

/** What must hold for an entry to be there, and the entry. */
export function presence(
  { divisor, length }: Test,
  index: Code,
): { readonly tests: readonly Code[]; readonly entry: Code } {
  const inside = [
    binary(">=", index, num(0)),
    binary("<", index, num(length * divisor)),
  ];
  if (divisor === 1) return { tests: inside, entry: index };
  const whole = binary("===", binary("%", index, num(divisor)), num(0));
  return {
    tests: [...inside, whole],
    entry: binary("/", index, num(divisor)),
  };
}

/** What is above 0 and below the extent of the axis anyway needs no words. */
const largest = (a: number, b: Code): Code =>
  b.kind === "number" ? num(Math.max(a, b.value)) : call("Math.max", num(a), b);
const smallest = (a: number, b: Code): Code =>
  b.kind === "number" ? num(Math.min(a, b.value)) : call("Math.min", num(a), b);

/**
 * The part of an axis where tests hold that depend on it by one step a point: the loop starts and ends there, and the
 * tests are not needed inside.
 */
export function narrowed(
  axis: Axis,
  tests: readonly Test[],
  code: (index: Affine) => Code | undefined,
): {
  readonly from: Code;
  readonly to: Code;
  readonly left: readonly Test[];
} {
  if (axis.extent === "batch")
    return { from: num(0), to: { kind: "name", text: "n" }, left: tests };
  for (const t of tests) {
    const step = t.index.terms.get(axis);
    if (t.divisor !== 1 || (step !== 1 && step !== -1)) continue;
    const terms = new Map([...t.index.terms].filter(([a]) => a !== axis));
    const others = new Map([...terms].map(([a, k]) => [a, -step * k]));
    // step * i + rest lies in 0 .. length - 1: for step 1 i runs from -rest, for step -1 up to rest.
    const edge = code({ constant: -step * t.index.constant, terms: others });
    if (edge === undefined) continue;
    const [from, to] =
      step === 1
        ? [edge, plus(edge, num(t.length))]
        : [plus(edge, num(1 - t.length)), plus(edge, num(1))];
    return {
      from: largest(0, tidy(from)),
      to: smallest(axis.extent, tidy(to)),
      left: tests.filter((other) => other !== t),
    };
  }
  return { from: num(0), to: num(axis.extent), left: tests };
}

/** x + a + b = x + (a + b) for whole numbers. */
function tidy(c: Code): Code {
  const { rest, constant } = split(c);
  if (rest === undefined) return num(constant);
  // 3 - i reads better than -i + 3.
  if (rest.kind === "unary") return binary("-", num(constant), rest.x);
  return plus(rest, num(constant));
}
function split(c: Code): {
  readonly rest: Code | undefined;
  readonly constant: number;
} {
  if (c.kind === "number") return { rest: undefined, constant: c.value };
  if (c.kind !== "binary" || (c.op !== "+" && c.op !== "-"))
    return { rest: c, constant: 0 };
  const sign = c.op === "+" ? 1 : -1;
  if (c.right.kind === "number") {
    const { rest, constant } = split(c.left);
    return { rest, constant: constant + sign * c.right.value };
  }
  if (c.left.kind === "number")
    return {
      rest: sign === 1 ? c.right : neg(c.right),
      constant: c.left.value,
    };
  return { rest: c, constant: 0 };
}
