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
import { deeds } from "./deeds.js";
import { paired } from "./laneSums.js";

/** Products from which on lanes pay: adding them up takes as long as two of them. */
const fewestProducts = 8;

type Name = Code & { readonly kind: "name" };
type Product = Code & { readonly kind: "binary" };
/** What has a value. */
type Sum = Statement & {
  readonly kind: "declare" | "assign";
  readonly value: Code;
};

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
    const rows = this.#rows(lines);
    const written = new Map<Statement, readonly Statement[]>();
    for (const s of lines) {
      const row = rows.get(s) ?? [];
      if (this.#areInLanes(row)) {
        // Their lanes stand before all of them, so that they are added up together.
        const sums = row.map((one) => this.#written(one, this.#width));
        all.push(...sums.flatMap((list) => list.slice(0, -1)));
        row.forEach((one, i) => written.set(one, sums[i]?.slice(-1) ?? []));
      } else for (const one of row) written.set(one, [one]);
      const known = written.get(s);
      if (known !== undefined) all.push(...known);
      else if (isSum(s)) all.push(...this.#written(s, fewestProducts));
      else all.push(withBlocks(s, (block) => this.block(block)));
      if (s.kind === "declare" && s.keyword === "const")
        this.#places.set(s.name, this.#next++);
      else if (s.kind !== "comment" && s.kind !== "blank") this.#next++;
    }
    return all;
  }

  /** As many statements in a row as there are lanes, that are sums of as many terms, by the first of them. */
  #rows(lines: readonly Statement[]): ReadonlyMap<Statement, readonly Sum[]> {
    const rows = new Map<Statement, readonly Sum[]>();
    const list = deeds(lines);
    for (let i = 0; i + this.#width <= list.length;) {
      const row = list.slice(i, i + this.#width).filter(isSum);
      const counts = row.map((s) => termsOf(s.value).length);
      const [first, count = 0] = [row[0], counts[0]];
      const isRow =
        first !== undefined &&
        row.length === this.#width &&
        count > 1 &&
        counts.every((n) => n === count);
      if (isRow) rows.set(first, row);
      i += isRow ? this.#width : 1;
    }
    return rows;
  }
  /** Lanes of as many sums as there are lanes are added up together: that pays from the first vector on. */
  #areInLanes(row: readonly Sum[]): boolean {
    return (
      row.length > 0 && row.every((s) => this.#inLanes(termsOf(s.value)) > 0)
    );
  }

  /** What is done before a statement, and the statement. */
  #written(s: Sum, least: number): readonly Statement[] {
    const before: Statement[] = [];
    const value = this.#sum(s.value, before, least);
    return [...before, before.length === 0 ? s : { ...s, value }];
  }

  #sum(code: Code, before: Statement[], least: number): Code {
    const terms = termsOf(code);
    const count = this.#inLanes(terms);
    if (count < least)
      return withOperands(code, (c) => this.#sum(c, before, fewestProducts));
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

const isSum = (s: Statement): s is Sum =>
  (s.kind === "declare" || s.kind === "assign") && s.value !== undefined;

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
