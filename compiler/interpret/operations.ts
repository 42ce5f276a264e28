import { float32Functions } from "../../dsl/math/float32.js";
import type { Scalar } from "../../dsl/math/scalar.js";

/** Operations whose result is a number of its own: a sign, a choice or a power of two rounds nothing. */
const rounding: ReadonlySet<string> = new Set([
  "add",
  "sub",
  "mul",
  "div",
  "sqrt",
]);

/** How often a function rounds: once where it computes in float64, and errs by less than twice that in float32. */
const roundingsOf = (name: string): number =>
  name in float32Functions ? 2 : 1;

/** How often a body rounds, the functions included that it calls. */
export function operationsIn(body: Scalar): number {
  const all = (list: readonly Scalar[]): number =>
    list.reduce((n, x) => n + operationsIn(x), 0);
  switch (body.kind) {
    case "number":
    case "variable":
    case "table":
      return 0;
    case "apply":
      return all(body.args) + (rounding.has(body.op) ? 1 : 0);
    case "select":
      return all([body.when, body.then, body.otherwise]);
    case "let":
      return all([body.value, body.body]);
    case "scale":
      return operationsIn(body.x);
    case "call":
    case "host":
      return all(body.args) + roundingsOf(body.name);
  }
}
