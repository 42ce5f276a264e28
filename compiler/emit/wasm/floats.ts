import type { Code, Statement } from "../code.js";
import { rounding } from "../ties.js";

/**
 * Names that hold numbers of float32: some value that they are given has an entry of such an array in it, or another such
 * name. What a function of the module returns is a double.
 */
export function floatNames(
  lines: readonly Statement[],
  isFloat: (object: string) => boolean,
): ReadonlySet<string> {
  const given: (readonly [name: string, value: Code])[] = [];
  collect(lines, given);
  const found = new Set<string>();
  for (let size = -1; size < found.size;) {
    size = found.size;
    for (const [name, value] of given)
      if (!found.has(name) && hasFloat(value, found, isFloat)) found.add(name);
  }
  return found;
}

function collect(
  lines: readonly Statement[],
  into: (readonly [name: string, value: Code])[],
): void {
  for (const s of lines) {
    if (s.kind === "declare" && s.value !== undefined)
      into.push([s.name, s.value]);
    if (s.kind === "assign" && s.target.kind === "name")
      into.push([s.target.text, s.value]);
    if (s.kind === "for") collect(s.body, into);
    if (s.kind === "if") {
      collect(s.then, into);
      collect(s.otherwise ?? [], into);
    }
  }
}

function hasFloat(
  code: Code,
  names: ReadonlySet<string>,
  isFloat: (object: string) => boolean,
): boolean {
  const of = (c: Code): boolean => hasFloat(c, names, isFloat);
  switch (code.kind) {
    case "name":
      return names.has(code.text);
    case "index":
      return isFloat(code.object);
    case "unary":
      return of(code.x);
    case "binary":
      return of(code.left) || of(code.right);
    case "conditional":
      return of(code.then) || of(code.otherwise);
    case "call":
      return (
        code.callee === rounding ||
        (code.callee.startsWith("Math.") && code.args.some(of))
      );
    default:
      return false;
  }
}
