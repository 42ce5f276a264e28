import type { Scalar, ScalarOp } from "../../dsl/math/index.js";

/** A number and its derivative in one direction: forward mode. */
export interface Dual {
  readonly x: number;
  readonly d: number;
}

export const dual = (x: number, d = 0): Dual => ({ x, d });

type Known = ReadonlyMap<string, Dual>;

/** True where a body is made of arithmetic and choices alone. */
export const isArithmetic = (body: Scalar): boolean => {
  switch (body.kind) {
    case "number":
    case "variable":
      return true;
    case "apply":
      return body.args.every(isArithmetic);
    case "select":
      return [body.when, body.then, body.otherwise].every(isArithmetic);
    case "let":
      return isArithmetic(body.value) && isArithmetic(body.body);
    default:
      return false;
  }
};

/**
 * Evaluates a body of the scalar language in dual numbers, step by step as it stands: the derivative is that of the very
 * operations that run and knows nothing of the derivative rules. Elementary functions are beyond it: they round their
 * argument by adding and subtracting a large number, which has slope 1 in dual numbers.
 */
export function evaluateDual(body: Scalar, known: Known): Dual {
  const of = (s: Scalar): Dual => evaluateDual(s, known);
  switch (body.kind) {
    case "number":
      return dual(body.value);
    case "variable": {
      const found = known.get(body.name);
      if (found === undefined) throw new Error(`no value of ${body.name}`);
      return found;
    }
    case "apply":
      return applied(body.op, body.args.map(of));
    case "select":
      return of(truth(body.when, known) ? body.then : body.otherwise);
    case "let":
      return evaluateDual(
        body.body,
        new Map([...known, [body.name, of(body.value)]]),
      );
    default:
      throw new Error(`${body.kind} has no dual numbers`);
  }
}

function truth(when: Scalar, known: Known): boolean {
  if (when.kind !== "apply") throw new Error("a condition is a comparison");
  const { op, args } = when;
  const [a, b] = args as [Scalar, Scalar];
  if (op === "not") return !truth(a, known);
  if (op === "and") return truth(a, known) && truth(b, known);
  if (op === "or") return truth(a, known) || truth(b, known);
  const [x, y] = [evaluateDual(a, known).x, evaluateDual(b, known).x];
  if (op === "less") return x < y;
  if (op === "lessEqual") return x <= y;
  return x === y;
}

function applied(op: ScalarOp, args: readonly Dual[]): Dual {
  const [a, b = dual(NaN)] = args as [Dual, Dual?];
  switch (op) {
    case "add":
      return dual(a.x + b.x, a.d + b.d);
    case "sub":
      return dual(a.x - b.x, a.d - b.d);
    case "mul":
      return dual(a.x * b.x, a.d * b.x + a.x * b.d);
    case "div":
      return dual(a.x / b.x, (a.d - (a.x / b.x) * b.d) / b.x);
    case "neg":
      return dual(-a.x, -a.d);
    case "abs":
      return dual(Math.abs(a.x), a.x < 0 ? -a.d : a.d);
    case "sqrt":
      return dual(Math.sqrt(a.x), a.d / (2 * Math.sqrt(a.x)));
    case "min":
      return dual(Math.min(a.x, b.x), a.x < b.x ? a.d : b.d);
    case "max":
      return dual(Math.max(a.x, b.x), a.x < b.x ? b.d : a.d);
    case "floor":
      return dual(Math.floor(a.x));
    default:
      throw new Error(`${op} has no dual numbers`);
  }
}
