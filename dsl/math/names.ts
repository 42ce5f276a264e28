/** What a scalar reads: its free variables, and the functions and tables behind it. */
import type { Scalar } from "./scalar.js";

/** The scalars directly inside `body`, in the order they are computed. */
export const partsOf = (body: Scalar): readonly Scalar[] => {
  switch (body.kind) {
    case "number":
    case "variable":
      return [];
    case "apply":
    case "call":
    case "host":
      return body.args;
    case "select":
      return [body.when, body.then, body.otherwise];
    case "let":
      return [body.value, body.body];
    case "scale":
      return [body.x, body.k];
    case "table":
      return [body.index];
  }
};

/** The names that `body` reads and does not define, in order of first use. */
export const freeVariables = (body: Scalar): readonly string[] => {
  const found = new Set<string>();
  const visit = (part: Scalar, bound: ReadonlySet<string>): void => {
    if (part.kind === "variable") {
      if (!bound.has(part.name)) found.add(part.name);
    } else if (part.kind === "let") {
      visit(part.value, bound);
      visit(part.body, new Set([...bound, part.name]));
    } else {
      for (const inner of partsOf(part)) visit(inner, bound);
    }
  };
  visit(body, new Set());
  return [...found];
};
