/** Constants in a row that are stored one by one, as constants in a row and stores in a row. */
import { withBlocks, type Statement } from "../code.js";
import type { Assignment } from "./groups.js";
import { entriesIn } from "./reads.js";

/** The same statements, where constants that are stored stand before what stores them as far as nothing is read in between that is written. */
export function storesLast(lines: readonly Statement[]): readonly Statement[] {
  const all: Statement[] = [];
  let stores: Assignment[] = [];
  for (const s of lines) {
    if (isStore(s)) {
      stores.push(s);
      continue;
    }
    const mayStand =
      s.kind === "comment" ||
      s.kind === "blank" ||
      (s.kind === "declare" &&
        s.keyword === "const" &&
        s.value !== undefined &&
        entriesIn(s.value).every((e) =>
          stores.every(
            ({ target }) =>
              target.kind !== "index" || target.object !== e.object,
          ),
        ));
    if (!mayStand) {
      all.push(...stores);
      stores = [];
    }
    all.push(withBlocks(s, storesLast));
  }
  return [...all, ...stores];
}

/** array[i] = name */
const isStore = (s: Statement): s is Assignment =>
  s.kind === "assign" &&
  s.op === "=" &&
  s.target.kind === "index" &&
  s.value.kind === "name";
