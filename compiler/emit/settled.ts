import type { Code } from "./code.js";

/** Code in a branch that is taken where `test` is `holds`: a choice by the same test is made already. */
export function settled(code: Code, test: Code, holds: boolean): Code {
  const key = JSON.stringify(test);
  const of = (c: Code): Code => {
    switch (c.kind) {
      case "unary":
        return { ...c, x: of(c.x) };
      case "binary":
        return { ...c, left: of(c.left), right: of(c.right) };
      case "conditional":
        if (JSON.stringify(c.test) === key)
          return of(holds ? c.then : c.otherwise);
        return {
          ...c,
          test: of(c.test),
          then: of(c.then),
          otherwise: of(c.otherwise),
        };
      case "call":
        return { ...c, args: c.args.map(of) };
      case "index":
        return { ...c, at: of(c.at) };
      case "array":
        return { ...c, items: c.items.map(of) };
      default:
        return c;
    }
  };
  return of(code);
}
