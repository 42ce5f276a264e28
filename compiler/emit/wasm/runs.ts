/** The order in which what is read from memory is read. */
import type { Statement } from "../code.js";
import type { Declaration, Groups } from "./groups.js";

/** A constant that is an entry of an array. */
const isRead = (s: Statement): s is Declaration =>
  s.kind === "declare" && s.keyword === "const" && s.value?.kind === "index";

/** The same statements, where constants that are entries and lanes of one vector stand side by side if they are read in one run. */
export function readTogether(
  list: readonly Statement[],
  { lanes }: Groups,
): readonly Statement[] {
  const all: Statement[] = [];
  for (let from = 0; from < list.length;) {
    let to = from;
    while (to < list.length && isRead(list[to] as Statement)) to++;
    if (to === from) all.push(list[from++] as Statement);
    else {
      all.push(...together(list.slice(from, to).filter(isRead), lanes));
      from = to;
    }
  }
  return all;
}

function together(
  run: readonly Declaration[],
  lanes: Groups["lanes"],
): readonly Declaration[] {
  const byName = new Map(run.map((s) => [s.name, s]));
  const groupOf = new Map<string, readonly string[]>();
  for (const { name } of run) {
    const names = lanes.get(name);
    if (names?.every((id) => byName.has(id)) === true)
      for (const id of names) groupOf.set(id, names);
  }
  const left = new Set(run);
  return run.flatMap((s) => {
    if (!left.has(s)) return [];
    const names = groupOf.get(s.name) ?? [s.name];
    const group = names.flatMap((id) => byName.get(id) ?? []);
    for (const member of group) left.delete(member);
    return group;
  });
}
