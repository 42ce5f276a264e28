import {
  mapped,
  withOperands,
  type Code,
  type FunctionCode,
  type Statement,
} from "./code.js";

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
  const body = block(f.body, new Set(), new Set(), tuples);
  return body === f.body ? f : { ...f, body };
}

const cell = (code: Code): string | undefined =>
  code.kind === "index" && code.at.kind === "number"
    ? `${code.object}[${String(code.at.value)}]`
    : undefined;

/**
 * Statements in order; `known` are the entries that are numbers here, and it grows. `later` are those that the rest of a
 * loop assigns: what they are at its start depends on its end, and TypeScript does not go round to infer a constant.
 */
function block(
  body: readonly Statement[],
  known: Set<string>,
  later: Set<string>,
  tuples: ReadonlySet<string>,
): readonly Statement[] {
  const of = (c: Code): Code => cast(c, known, tuples);
  const inner = (
    list: readonly Statement[],
    loop = false,
  ): readonly Statement[] => {
    const next = new Set(later);
    if (loop) for (const entry of assignedIn(list)) next.add(entry);
    return block(list, new Set(known), next, tuples);
  };
  return mapped(body, (s): Statement => {
    switch (s.kind) {
      case "declare": {
        if (s.value === undefined) return s;
        const value = of(s.value);
        const type = s.type ?? (reads(value, later) ? "number" : undefined);
        return value === s.value && type === s.type
          ? s
          : { ...s, value, ...(type !== undefined && { type }) };
      }
      case "return":
        return s.value === undefined ? s : { ...s, value: of(s.value) };
      case "run": {
        const code = of(s.code);
        return code === s.code ? s : { ...s, code };
      }
      case "assign": {
        const { target } = s;
        // What is read before is what it was after: TypeScript narrows nothing by it.
        if (s.op !== "=") {
          const [to, value] = [of(target), of(s.value)];
          return to === target && value === s.value
            ? s
            : { ...s, target: to, value };
        }
        // What is assigned to is no read, but its index may be.
        const place = target.kind === "index" ? of(target.at) : undefined;
        const value = of(s.value);
        const isSame =
          value === s.value && (target.kind !== "index" || place === target.at);
        const to =
          target.kind === "index" && place !== undefined
            ? { ...target, at: place }
            : target;
        const entry = cell(s.target);
        if (entry !== undefined) {
          known.add(entry);
          later.delete(entry);
        }
        return isSame ? s : { ...s, target: to, value };
      }
      case "for": {
        // A loop may run not at all: what it assigns is known inside of it only.
        const within = inner(s.body, true);
        return within === s.body ? s : { ...s, body: within };
      }
      case "if":
        return {
          ...s,
          test: of(s.test),
          then: inner(s.then),
          ...(s.otherwise !== undefined && {
            otherwise: inner(s.otherwise),
          }),
        };
      default:
        return s;
    }
  });
}

/** The entries that statements assign, those in their blocks too. */
function assignedIn(list: readonly Statement[]): string[] {
  return list.flatMap((s) => {
    if (s.kind === "for") return assignedIn(s.body);
    if (s.kind === "if")
      return [...assignedIn(s.then), ...assignedIn(s.otherwise ?? [])];
    const entry = s.kind === "assign" ? cell(s.target) : undefined;
    return entry === undefined ? [] : [entry];
  });
}

/** True where a value has one of the entries in it, as a number that TypeScript has to know by itself. */
function reads(code: Code, entries: ReadonlySet<string>): boolean {
  const within = (c: Code): boolean => reads(c, entries);
  switch (code.kind) {
    case "index":
      return (!code.cast && entries.has(cell(code) ?? "")) || within(code.at);
    case "unary":
      return within(code.x);
    case "binary":
      return within(code.left) || within(code.right);
    case "conditional":
      return within(code.test) || within(code.then) || within(code.otherwise);
    case "call":
      return code.args.some(within);
    case "array":
      return code.items.some(within);
    default:
      return false;
  }
}

function cast(
  code: Code,
  known: ReadonlySet<string>,
  tuples: ReadonlySet<string>,
): Code {
  const of = (c: Code): Code => cast(c, known, tuples);
  if (code.kind !== "index") return withOperands(code, of);
  const entry = cell(code);
  const isKnown =
    entry !== undefined && (tuples.has(code.object) || known.has(entry));
  const at = of(code.at);
  return at === code.at && code.cast === !isKnown
    ? code
    : { ...code, at, cast: !isKnown };
}
