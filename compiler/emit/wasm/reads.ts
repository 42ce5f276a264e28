/** What code reads. */
import { operandsOf, type Code } from "../code.js";

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
