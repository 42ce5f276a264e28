/** Which names of a function are best kept as the lanes of a vector. */
import { operandsOf, type Code, type Loop, type Statement } from "../code.js";
import { deeds } from "./deeds.js";

export interface Groups {
  /** First lanes, and the names of all lanes of each. */
  readonly lanes: ReadonlyMap<string, readonly string[]>;
  /** Numbers that are all lanes. */
  readonly all: ReadonlySet<string>;
}

/** `a += b` assigns a + b. */
export function assigned({ target, op, value }: Assignment): Code {
  if (op === "=") return value;
  const operator = ({ "+=": "+", "-=": "-", "*=": "*", "/=": "/" } as const)[
    op
  ];
  return { kind: "binary", op: operator, left: target, right: value };
}

export type Assignment = Statement & { readonly kind: "assign" };
export type Declaration = Statement & { readonly kind: "declare" };

export const areAssignments = (
  list: readonly Statement[],
): list is readonly Assignment[] => list.every((s) => s.kind === "assign");
export const areDeclarations = (
  list: readonly Statement[],
): list is readonly Declaration[] => list.every((s) => s.kind === "declare");

/**
 * Assignments in a row that are alike want to be one: so do the sums that they add to, and the constants that they read at
 * the same place of their formulas.
 *
 * @param width how many
 * @param isInLanes whether a loop adds up its sums in lanes: they are no lanes of each other
 * @param toTheStart whether chains of constants are followed as far as they go: pairs of float64 pay less than it costs to
 * make them
 */
export function groupsOf(
  lines: readonly Statement[],
  width: number,
  isInLanes: (s: Loop) => boolean,
  toTheStart: boolean,
): Groups {
  const found = new Finder(width, isInLanes);
  found.block(lines);
  // Constants that are lanes want the same of what they are made of: they stand before those that read them.
  found.block(lines);
  if (toTheStart)
    for (let known = 0; known < found.lanes.size;) {
      known = found.lanes.size;
      found.block(lines);
    }
  return found;
}

class Finder implements Groups {
  readonly lanes = new Map<string, readonly string[]>();
  readonly all = new Set<string>();
  readonly #taken = new Set<string>();
  readonly #width: number;
  readonly #isInLanes: Parameters<typeof groupsOf>[2];

  constructor(width: number, isInLanes: Parameters<typeof groupsOf>[2]) {
    this.#width = width;
    this.#isInLanes = isInLanes;
  }

  block(lines: readonly Statement[]): void {
    const list = deeds(lines);
    for (let i = 0; i < list.length; i++) {
      const s = list[i] as Statement;
      if (s.kind === "for" && !this.#isInLanes(s)) this.block(s.body);
      if (s.kind === "if") {
        this.block(s.then);
        this.block(s.otherwise ?? []);
      }
      const group: readonly Statement[] = list.slice(i, i + this.#width);
      if (group.length < this.#width) continue;
      if (areAssignments(group)) {
        if (!this.#targets(group.map((t) => t.target))) continue;
        this.#want(group.map(assigned));
        i += this.#width - 1;
      } else if (areDeclarations(group)) {
        const values = group.flatMap((t) =>
          t.value === undefined ? [] : [t.value],
        );
        if (values.length < this.#width) continue;
        // Numbers in a row that are assigned to are sums of lanes.
        if (group.every((t) => t.keyword === "let"))
          this.#group(group.map((t) => t.name));
        if (!isGroup(this, group)) continue;
        this.#want(values);
        i += this.#width - 1;
      }
    }
  }

  #targets(codes: readonly Code[]): boolean {
    const names = textsOf(codes);
    if (names !== undefined) return this.#group(names);
    const [first] = codes;
    return codes.every(
      (c) =>
        c.kind === "index" &&
        first?.kind === "index" &&
        c.object === first.object,
    );
  }
  #group(names: readonly string[]): boolean {
    const [first = ""] = names;
    const known = this.lanes.get(first);
    if (known?.every((id, i) => id === names[i]) === true) return true;
    if (new Set(names).size < names.length) return false;
    if (names.some((id) => this.#taken.has(id))) return false;
    this.lanes.set(first, names);
    for (const id of names) this.#taken.add(id);
    return true;
  }

  #want(codes: readonly Code[]): void {
    const [a] = codes;
    if (a === undefined) return;
    const names = textsOf(codes);
    if (names !== undefined) {
      if (a.kind === "name" && names.every((id) => id === a.text))
        this.all.add(a.text);
      else this.#group(names);
      return;
    }
    // Where entries lie is no number of theirs.
    if (a.kind === "index" || codes.some((c) => c.kind !== a.kind)) return;
    const parts = codes.map(operandsOf);
    parts[0]?.forEach((_, i) => {
      const list = parts.flatMap((p) => {
        const part = p[i];
        return part === undefined ? [] : [part];
      });
      if (list.length === codes.length) this.#want(list);
    });
  }
}

/** Whether declarations in a row are the lanes of one vector. */
export const isGroup = (
  { lanes }: Groups,
  group: readonly Declaration[],
): boolean =>
  lanes.get(group[0]?.name ?? "")?.every((id, i) => id === group[i]?.name) ===
  true;

/** Names, where all are names. */
function textsOf(codes: readonly Code[]): readonly string[] | undefined {
  const names = codes.flatMap((c) => (c.kind === "name" ? [c.text] : []));
  return names.length === codes.length ? names : undefined;
}
