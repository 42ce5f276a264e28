import type { Code, FunctionCode, Statement } from "./code.js";

/**
 * Casts exactly where the type of an entry is not known: neither a tuple's nor one that was assigned before on every
 * way to the read. TypeScript narrows `work[7]` by an assignment to it, and a cast would then say nothing.
 *
 * @param tuples objects whose type knows each entry
 */
export function withCasts(
  f: FunctionCode,
  tuples: ReadonlySet<string>,
): FunctionCode {
  return { ...f, body: block(f.body, new Set(), tuples) };
}

const cell = (code: Code): string | undefined =>
  code.kind === "index" && code.at.kind === "number"
    ? `${code.object}[${String(code.at.value)}]`
    : undefined;

/** Statements in order; `known` are the entries that are numbers here, and it grows. */
function block(
  body: readonly Statement[],
  known: Set<string>,
  tuples: ReadonlySet<string>,
): Statement[] {
  const of = (c: Code): Code => cast(c, known, tuples);
  return body.map((s): Statement => {
    switch (s.kind) {
      case "declare":
      case "return":
        return s.value === undefined ? s : { ...s, value: of(s.value) };
      case "run":
        return { ...s, code: of(s.code) };
      case "assign": {
        const made = { ...s, value: of(s.value) };
        const entry = cell(s.target);
        if (entry !== undefined) known.add(entry);
        return made;
      }
      case "for":
        // A loop may run not at all: what it assigns is known inside of it only.
        return { ...s, body: block(s.body, new Set(known), tuples) };
      case "if":
        return {
          ...s,
          test: of(s.test),
          then: block(s.then, new Set(known), tuples),
          ...(s.otherwise !== undefined && {
            otherwise: block(s.otherwise, new Set(known), tuples),
          }),
        };
      default:
        return s;
    }
  });
}

function cast(
  code: Code,
  known: ReadonlySet<string>,
  tuples: ReadonlySet<string>,
): Code {
  const of = (c: Code): Code => cast(c, known, tuples);
  switch (code.kind) {
    case "index": {
      const entry = cell(code);
      const isKnown =
        entry !== undefined && (tuples.has(code.object) || known.has(entry));
      const at = of(code.at);
      return at === code.at && code.cast === !isKnown
        ? code
        : { ...code, at, cast: !isKnown };
    }
    case "unary": {
      const x = of(code.x);
      return x === code.x ? code : { ...code, x };
    }
    case "binary": {
      const [left, right] = [of(code.left), of(code.right)];
      return left === code.left && right === code.right
        ? code
        : { ...code, left, right };
    }
    case "conditional":
      return {
        ...code,
        test: of(code.test),
        then: of(code.then),
        otherwise: of(code.otherwise),
      };
    case "call":
      return { ...code, args: code.args.map(of) };
    case "array":
      return { ...code, items: code.items.map(of) };
    default:
      return code;
  }
}
