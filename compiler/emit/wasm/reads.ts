/** What code reads. */
import { operandsOf, type Code, type Statement } from "../code.js";

type Entry = Code & { readonly kind: "index" };

/** True where a value reads what one before it is assigned to. */
export const readsEarlier = (
  values: readonly Code[],
  names: readonly string[],
): boolean =>
  values.some((code, lane) => {
    const read = namesOf(code);
    return names.slice(0, lane).some((id) => read.has(id));
  });

/** Every piece of code in code. */
function* within(code: Code): Generator<Code> {
  yield code;
  for (const part of operandsOf(code)) yield* within(part);
}
const namesOf = (code: Code): Set<string> =>
  new Set(
    [...within(code)].flatMap((c) => (c.kind === "name" ? [c.text] : [])),
  );
export const entriesIn = (code: Code): Entry[] =>
  [...within(code)].filter((c) => c.kind === "index");

/** The names that lines refer to, of arrays and functions too, but for those of lines that are left out. */
export function namesIn(
  lines: readonly Statement[],
  isLeftOut: (s: Statement) => boolean = () => false,
): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (code: Code): void => {
    for (const c of within(code)) {
      if (c.kind === "name") found.add(c.text);
      if (c.kind === "index") found.add(c.object);
      if (c.kind === "call") found.add(c.callee.split(".")[0] ?? "");
    }
  };
  const block = (list: readonly Statement[]): void => {
    for (const s of list) if (!isLeftOut(s)) line(s);
  };
  const line = (s: Statement): void => {
    switch (s.kind) {
      case "for":
        add(s.from);
        add(s.to);
        block(s.body);
        break;
      case "if":
        add(s.test);
        block(s.then);
        block(s.otherwise ?? []);
        break;
      case "assign":
        add(s.target);
        add(s.value);
        break;
      case "run":
        add(s.code);
        break;
      case "declare":
      case "return":
        if (s.value !== undefined) add(s.value);
        break;
      default:
        break;
    }
  };
  block(lines);
  return found;
}

/** Arrays that lines write, or give to functions that may. */
export function writtenIn(
  lines: readonly Statement[],
  into = new Set<string>(),
): ReadonlySet<string> {
  for (const s of lines) {
    if (s.kind === "assign" && s.target.kind === "index")
      into.add(s.target.object);
    if (s.kind === "run" && s.code.kind === "call") {
      into.add(s.code.callee.split(".")[0] ?? "");
      for (const c of s.code.args) if (c.kind === "name") into.add(c.text);
    }
    if (s.kind === "for") writtenIn(s.body, into);
    if (s.kind === "if") {
      writtenIn(s.then, into);
      writtenIn(s.otherwise ?? [], into);
    }
  }
  return into;
}
