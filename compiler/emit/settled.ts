import { withOperands, type Code } from "./code.js";

/** Code in a branch that is taken where `test` is `holds`: a choice by the same test is made already. */
export function settled(code: Code, test: Code, holds: boolean): Code {
  const key = JSON.stringify(test);
  const of = (c: Code): Code =>
    c.kind === "conditional" && JSON.stringify(c.test) === key
      ? of(holds ? c.then : c.otherwise)
      : withOperands(c, of);
  return of(code);
}
