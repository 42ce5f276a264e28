/** Sums of products that are written out, added up in lanes. */
import {
  assign,
  binary,
  joined,
  name,
  withBlocks,
  withOperands,
  type Code,
  type Statement,
} from "../code.js";
import { paired } from "./laneSums.js";

/** Products from which on lanes pay: adding them up takes as long as two of them. */
const fewestProducts = 8;

type Name = Code & { readonly kind: "name" };
type Product = Code & { readonly kind: "binary" };

/**
 * The same statements where a sum of products of constants that are declared side by side is added up in lanes, term t in
 * lane t mod width, the rest one by one after them. Sums in a row that are lanes of each other stay as they are.
 */
export function dotsInLanes(
  lines: readonly Statement[],
  width: number,
): readonly Statement[] {
  return new Dots(width).block(lines);
}

/**
 * The same sum, where its products are dealt to as many sums as there are lanes, term t to sum t mod width: they do not wait for
 * each other. The rest follows one by one.
 */
export function dealt(code: Code, width: number): Code {
  const terms = termsOf(code);
  const others = terms.findIndex((c) => !isProduct(c));
  const products = others === -1 ? terms.length : others;
  const count = products - (products % width);
  if (count < fewestProducts)
    return code.kind === "index"
      ? code
      : withOperands(code, (c) => dealt(c, width));
  const sums = Array.from({ length: width }, (_, sum) =>
    joined(
      "+",
      terms.slice(0, count).filter((__, t) => t % width === sum),
    ),
  );
  return joined("+", [paired(sums), ...terms.slice(count)]);
}

class Dots {
  readonly #width: number;
  /** Where constants stand, counted over all of the function; what stands apart has a gap between. */
  readonly #places = new Map<string, number>();
  #next = 0;
  #sums = 0;

  constructor(width: number) {
    this.#width = width;
  }

  block(lines: readonly Statement[]): readonly Statement[] {
    const all: Statement[] = [];
    const alike = this.#rows(lines);
    for (const s of lines) {
      const isRow = alike.has(s);
      if ((s.kind === "declare" || s.kind === "assign") && !isRow)
        all.push(...this.#written(s));
      else all.push(withBlocks(s, (block) => this.block(block)));
      if (s.kind === "declare" && s.keyword === "const")
        this.#places.set(s.name, this.#next++);
      else if (s.kind !== "comment" && s.kind !== "blank") this.#next++;
    }
    return all;
  }

  /** Statements in a row, as many as lanes, that are sums of as many terms. */
  #rows(lines: readonly Statement[]): ReadonlySet<Statement> {
    const rows = new Set<Statement>();
    const list = lines.filter(
      (s) => s.kind !== "comment" && s.kind !== "blank",
    );
    const counts = list.map((s) =>
      (s.kind === "declare" || s.kind === "assign") && s.value !== undefined
        ? termsOf(s.value).length
        : 0,
    );
    for (let i = 0; i + this.#width <= list.length;) {
      const group = counts.slice(i, i + this.#width);
      const isRow = group.every((n) => n > 1 && n === group[0]);
      if (isRow) for (const s of list.slice(i, i + this.#width)) rows.add(s);
      i += isRow ? this.#width : 1;
    }
    return rows;
  }

  #written(
    s: Statement & { readonly kind: "declare" | "assign" },
  ): readonly Statement[] {
    if (s.value === undefined) return [s];
    const before: Statement[] = [];
    const value = this.#sum(s.value, before);
    return before.length === 0 ? [s] : [...before, { ...s, value }];
  }

  #sum(code: Code, before: Statement[]): Code {
    const terms = termsOf(code);
    const count = this.#inLanes(terms);
    if (count < fewestProducts)
      return withOperands(code, (c) => this.#sum(c, before));
    const sum = this.#sums++;
    const lanes = Array.from({ length: this.#width }, (_, lane) =>
      name(`lane ${String(lane)} of products ${String(sum)}`),
    ) as readonly Name[];
    terms.slice(0, count).forEach((value, t) => {
      const lane = lanes[t % this.#width] as Name;
      before.push(
        t < this.#width
          ? { kind: "declare", keyword: "let", name: lane.text, value }
          : assign(lane, "=", binary("+", lane, value)),
      );
    });
    return joined("+", [paired(lanes), ...terms.slice(count)]);
  }

  /** How many of the first terms are products of neighbours, in whole vectors. */
  #inLanes(terms: readonly Code[]): number {
    let count = 0;
    for (; count + this.#width <= terms.length; count += this.#width) {
      const list = terms.slice(count, count + this.#width);
      if (!list.every(isProduct)) break;
      if (!this.#areBeside(list.map((c) => c.left))) break;
      if (!this.#areBeside(list.map((c) => c.right))) break;
    }
    return count;
  }
  #areBeside(codes: readonly Code[]): boolean {
    const places = codes.map((c) =>
      c.kind === "name" ? this.#places.get(c.text) : undefined,
    );
    const [first] = places;
    return first !== undefined && places.every((at, i) => at === first + i);
  }
}

const isProduct = (c: Code): c is Product =>
  c.kind === "binary" && c.op === "*";

/** a, b, c of (a + b) + c. */
function termsOf(code: Code): readonly Code[] {
  const terms: Code[] = [];
  let rest = code;
  while (rest.kind === "binary" && rest.op === "+") {
    terms.push(rest.right);
    rest = rest.left;
  }
  return [...terms, rest].reverse();
}
