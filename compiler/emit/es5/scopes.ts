import { InternalError } from "../../diagnostics.js";
import type { FunctionCode, Statement } from "../code.js";

/**
 * Makes sure that every name of a function is declared outside of the blocks in which it is known already: `var` is known
 * in the whole function, so that it would be the same variable.
 *
 * @throws InternalError for a name that hides another one
 */
export function checkScopes({ name, params, body }: FunctionCode): void {
  check(body, new Set(params.map((p) => p.name)), name);
}

function check(
  body: readonly Statement[],
  around: ReadonlySet<string>,
  id: string,
): void {
  const known = new Set(around);
  const declare = (text: string): void => {
    if (around.has(text))
      throw new InternalError(`${text} hides another ${text} in ${id}()`);
    known.add(text);
  };
  for (const s of body)
    switch (s.kind) {
      case "declare":
        declare(s.name);
        break;
      case "destructure":
        s.names.forEach(declare);
        break;
      case "for":
        if (known.has(s.variable))
          throw new InternalError(`${s.variable} is declared twice in ${id}()`);
        check(s.body, new Set([...known, s.variable]), id);
        break;
      case "if":
        check(s.then, known, id);
        check(s.otherwise ?? [], known, id);
        break;
      default:
    }
}
