/** What code takes that is done number by number. */
import type { Code } from "../code.js";

/** The same of several pieces of code. */
export const allWork = (codes: readonly Code[]): number =>
  codes.reduce((n, c) => n + work(c), 0);

/** Operations and reads of code. */
export function work(code: Code): number {
  switch (code.kind) {
    case "unary":
      return 1 + work(code.x);
    case "binary":
      return 1 + work(code.left) + work(code.right);
    case "conditional":
      return 1 + work(code.test) + work(code.then) + work(code.otherwise);
    case "call":
      return code.args.reduce((n, arg) => n + work(arg), 1);
    case "index":
      return 1;
    default:
      return 0;
  }
}
