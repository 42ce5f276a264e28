/** Which names of a function are best kept as the two halves of a vector. */
import type { Code, Statement } from "../code.js";

export interface Pairs {
  /** First halves, and the second half of each. */
  readonly halves: ReadonlyMap<string, string>;
  /** Numbers that are both halves. */
  readonly both: ReadonlySet<string>;
}

/** What does something. */
export const deeds = (lines: readonly Statement[]): Statement[] =>
  lines.filter(
    ({ kind }) =>
      kind !== "comment" && kind !== "blank" && kind !== "destructure",
  );

/** `a += b` assigns a + b. */
export function assigned({
  target,
  op,
  value,
}: Statement & { readonly kind: "assign" }): Code {
  if (op === "=") return value;
  const operator = ({ "+=": "+", "-=": "-", "*=": "*", "/=": "/" } as const)[
    op
  ];
  return { kind: "binary", op: operator, left: target, right: value };
}

/**
 * Two assignments in a row that are alike want to be one: so do the sums that they add to, and the constants that they
 * read at the same place of their formulas.
 */
export function pairsOf(lines: readonly Statement[]): Pairs {
  const found = new Finder();
  found.block(lines);
  // Constants that are halves want the same of what they are made of: they stand before those that read them.
  found.block(lines);
  return found;
}

class Finder implements Pairs {
  readonly halves = new Map<string, string>();
  readonly both = new Set<string>();
  readonly #taken = new Set<string>();

  block(lines: readonly Statement[]): void {
    const list = deeds(lines);
    for (let i = 0; i < list.length; i++) {
      const [s, t] = [list[i] as Statement, list[i + 1]];
      if (s.kind === "for") this.block(s.body);
      if (s.kind === "if") {
        this.block(s.then);
        this.block(s.otherwise ?? []);
      }
      if (t === undefined) break;
      if (s.kind === "assign" && t.kind === "assign") {
        if (!this.#targets(s.target, t.target)) continue;
        this.#want(assigned(s), assigned(t));
        i++;
      } else if (s.kind === "declare" && t.kind === "declare") {
        if (s.value === undefined || t.value === undefined) continue;
        if (this.halves.get(s.name) !== t.name) continue;
        this.#want(s.value, t.value);
        i++;
      }
    }
  }

  #targets(a: Code, b: Code): boolean {
    if (a.kind === "name" && b.kind === "name")
      return this.#pair(a.text, b.text);
    return a.kind === "index" && b.kind === "index" && a.object === b.object;
  }
  #pair(a: string, b: string): boolean {
    if (this.halves.get(a) === b) return true;
    if (a === b || this.#taken.has(a) || this.#taken.has(b)) return false;
    this.halves.set(a, b);
    this.#taken.add(a).add(b);
    return true;
  }

  #want(a: Code, b: Code): void {
    if (a.kind === "name" && b.kind === "name") {
      if (a.text === b.text) this.both.add(a.text);
      else this.#pair(a.text, b.text);
    } else if (a.kind === "unary" && b.kind === "unary") this.#want(a.x, b.x);
    else if (a.kind === "binary" && b.kind === "binary") {
      this.#want(a.left, b.left);
      this.#want(a.right, b.right);
    } else if (a.kind === "conditional" && b.kind === "conditional") {
      this.#want(a.test, b.test);
      this.#want(a.then, b.then);
      this.#want(a.otherwise, b.otherwise);
    } else if (a.kind === "call" && b.kind === "call")
      a.args.forEach((x, i) => {
        const y = b.args[i];
        if (y !== undefined) this.#want(x, y);
      });
  }
}
