/** What code reads. */
import { operandsOf, type Code, type Statement } from "../code.js";

type Entry = Code & { readonly kind: "index" };

/** True where a value reads what one before it is assigned to. */
export const readsEarlier = (
  values: readonly Code[],
  names: readonly string[],
): boolean =>
  values.some((code, lane) => {
    const read = namesIn(code);
    return names.slice(0, lane).some((id) => read.has(id));
  });

/** Every piece of code in code. */
function* within(code: Code): Generator<Code> {
  yield code;
  for (const part of operandsOf(code)) yield* within(part);
}
const namesIn = (code: Code): Set<string> =>
  new Set(
    [...within(code)].flatMap((c) => (c.kind === "name" ? [c.text] : [])),
  );
export const entriesIn = (code: Code): Entry[] =>
  [...within(code)].filter((c) => c.kind === "index");

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
