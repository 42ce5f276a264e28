/** What the smallest engines take: MuJS 1.3 of Debian 12 sets the limits, with room to spare. */
import { CompileError } from "../../diagnostics.js";
import type { FunctionCode, Statement } from "../code.js";
import { namesIn } from "../declared.js";

/** Local variables of a function, its parameters too. */
const mostLocals = 150;
/** Local variables of straight-line code, beside those that its function has anyway. */
export const mostNames = 100;
/** Statements of a block: jumps over it are written in 16 bits. */
const mostStatements = 2000;

/**
 * Refuses a function that some engine would.
 *
 * @throws CompileError with what it has too much of.
 */
export function checkLimits({ name, params, body }: FunctionCode): void {
  const locals = new Set([...params.map((p) => p.name), ...namesIn(body)]);
  if (locals.size > mostLocals)
    refuse(name, `${String(locals.size)} variables`, mostLocals);
  const statements = longest(body);
  if (statements > mostStatements)
    refuse(name, `a block of ${String(statements)} statements`, mostStatements);
}

function refuse(id: string, found: string, most: number): never {
  throw new CompileError({
    code: "GC1014",
    message: `--target es5: ${id}() has ${found}, the smallest engines take ${String(most)}`,
    remedy: "leave --unroll full out: loops need fewer",
  });
}

/** Statements of the longest block. */
function longest(body: readonly Statement[]): number {
  const inner = body.flatMap((s) => {
    if (s.kind === "for") return [longest(s.body)];
    if (s.kind === "if") return [longest(s.then), longest(s.otherwise ?? [])];
    return [];
  });
  return Math.max(body.length, ...inner);
}
