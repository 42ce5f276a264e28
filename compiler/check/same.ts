import { InternalError } from "../diagnostics.js";
import type { Values } from "../interpret.js";

export function same(what: string, got: Values, want: Values): void {
  for (let i = 0; i < want.length; i++)
    if (!Object.is(got[i], want[i]))
      throw new InternalError(
        `${what}[${String(i)}] of the emitted module is ${String(got[i])}, the interpreter says ${String(want[i])}`,
      );
}
