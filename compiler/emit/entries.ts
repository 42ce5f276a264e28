import {
  isFrozen,
  isLeaf,
  range,
  sizeOf,
  type Leaf,
  type Node,
} from "../../dsl/graph.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import type { MathMode } from "../interpret.js";
import { decided } from "../kernels/decide.js";
import {
  indexAt,
  inside,
  pointsOf,
  type Affine,
  type Expr,
  type Load,
  type Point,
  type Reduce,
  type Statement,
} from "../kernels/ir.js";
import {
  binary,
  conditional,
  declare,
  name,
  num,
  type Code,
  type Statement as Line,
} from "./code.js";
import { InternalError } from "../diagnostics.js";
import { mostTerms } from "./compound.js";
import type { Flow } from "./flow.js";
import { rank } from "./memory.js";
import { neutral, spellApply, spellCall, spellTerms } from "./spell.js";
import { compared } from "./ties.js";
import type { UnrollOptions } from "./unroll.js";

/** Parameters up to which each has a name in a function that reads it once: of more, a list of names says less than where they lie. */
const mostNamed = 64;

const isParameter = (v: Node): boolean => isLeaf(v) && v.op.space === "param";

/** What statements read and compute, entry by entry: every index is a number. */
export class Entries {
  readonly #o: UnrollOptions;
  readonly #flow: Flow;
  readonly #isSlice: (s: Statement) => boolean;

  constructor(
    options: UnrollOptions,
    flow: Flow,
    isSlice: (s: Statement) => boolean,
  ) {
    this.#o = options;
    this.#flow = flow;
    this.#isSlice = isSlice;
  }

  /** Parameters are constants of a derivation; an update reads and writes the vectors in place. */
  isLoaded(v: Node & { readonly op: Leaf }): boolean {
    if (v.op.space === "number") return false;
    return !this.#flow.updating;
  }
  row(): Code | undefined {
    return this.#flow.looped ? name("row") : undefined;
  }

  /** Loads what statements read into constants, in the order of memory. */
  load(
    from: readonly Statement[],
    which: (v: Node) => boolean,
    into: Line[],
  ): void {
    const wanted = new Map<Node, Map<number, number>>();
    const want = (v: Node, i: number): void => {
      const counts = wanted.get(v) ?? new Map<number, number>();
      wanted.set(v, counts);
      counts.set(i, (counts.get(i) ?? 0) + 1);
    };
    const visit = (given: Expr, p: Point): void => {
      const e = decided(given, p);
      if (e.kind === "guard") {
        const q = inside(e.tests, p);
        if (q !== undefined) visit(e.body, q);
      }
      if (e.kind === "load" && e.picked !== undefined) {
        visit(e.picked.by, p);
        // Any entry may be read: that of a leaf where it is used.
        if (!isLeaf(e.value) && which(e.value))
          for (let i = 0; i < sizeOf(e.value.shape); i++) want(e.value, i);
        return;
      }
      if (e.kind === "load" && which(e.value))
        want(e.value, indexAt(e.index, p));
      if (e.kind === "apply")
        e.args.forEach((a) => {
          visit(a, p);
        });
      if (e.kind === "reduce")
        for (const q of pointsOf(e.over, p)) visit(e.body, q);
    };
    for (const s of from)
      if (!this.#isSlice(s)) for (const p of pointsOf(s.axes)) visit(s.expr, p);
    const place = (v: Node): number => (isLeaf(v) ? v.op.offset : 0);
    const inOrder = [...wanted].sort(
      ([a], [b]) => rank(a) - rank(b) || place(a) - place(b) || a.id - b.id,
    );
    const parameters = inOrder.reduce(
      (n, [v, counts]) => n + (isParameter(v) ? counts.size : 0),
      0,
    );
    for (const [v, counts] of inOrder)
      for (const [i, uses] of [...counts].sort(([a], [b]) => a - b)) {
        // An entry that is read once is read where it is used.
        if (this.#inline(v, uses, parameters))
          this.#once.add(`${String(v.id)}:${String(i)}`);
        else
          into.push(
            declare(this.#o.names.element(v, i), this.#leafElement(v, i)),
          );
      }
  }
  readonly #once = new Set<string>();
  readonly #leftOut = new Map<string, Code>();
  /** An entry that has no name: who reads it reads the zero that it is. */
  leaveOut(v: Node, i: number, zero: Code): void {
    this.#leftOut.set(`${String(v.id)}:${String(i)}`, zero);
  }
  isLeftOut(v: Node, i: number): boolean {
    return this.#leftOut.has(`${String(v.id)}:${String(i)}`);
  }
  /** An entry of a value that straight lines made. */
  #made(v: Node, i: number): Code {
    return (
      this.#leftOut.get(`${String(v.id)}:${String(i)}`) ??
      name(this.#o.names.element(v, i))
    );
  }
  #inline(v: Node, uses: number, parameters: number): boolean {
    if (uses !== 1 || this.#o.form !== "plain" || !isLeaf(v)) return false;
    return v.op.space === "input" || (isParameter(v) && parameters > mostNamed);
  }
  #leafElement(v: Node, i: number): Code {
    const code = this.#o.storage.element(
      v,
      num(i),
      v.batched ? this.row() : undefined,
    );
    return code.kind === "index" &&
      code.at.kind === "number" &&
      this.#isTuple(v)
      ? { ...code, cast: false }
      : code;
  }
  /** Parameters, gradients and plain inputs have a type that knows its entries. */
  #isTuple(v: Node): boolean {
    if (!isLeaf(v)) return false;
    const { space } = v.op;
    return (
      space === "param" ||
      space === "gradient" ||
      (this.#o.form === "plain" && space === "input")
    );
  }

  spell(given: Expr, p: Point, before: Line[], base: string): Code {
    const e = decided(given, p);
    switch (e.kind) {
      case "number":
        return num(e.value);
      case "batchSize":
        return name("n");
      case "index":
        return this.#index(e.index, p);
      case "table":
        return num(e.data[indexAt(e.index, p)] as number);
      case "load": {
        if (e.picked !== undefined)
          return this.#picked(e, e.picked, p, before, base);
        const i = indexAt(e.index, p);
        const v = e.value;
        if (v.op.kind === "constant") return num(v.op.data[i] as number);
        if (
          isLeaf(v) &&
          (!(v.op.space === "input" || this.isLoaded(v)) ||
            this.#once.has(`${String(v.id)}:${String(i)}`))
        )
          return this.#leafElement(v, i);
        return this.#made(v, i);
      }
      case "scan":
        throw new InternalError("straight lines have no loop over steps");
      case "guard": {
        const q = inside(e.tests, p);
        return q === undefined
          ? num(e.otherwise)
          : this.spell(e.body, q, before, base);
      }
      case "apply": {
        const args = e.args.map((a) => this.spell(a, p, before, base));
        return e.calls === undefined
          ? applied(e.op, compared(e, args, this.#o.style), this.#o.style.math)
          : spellCall(e.calls, args);
      }
      case "reduce": {
        const terms = [
          ...(e.from === undefined ? [] : [num(e.from)]),
          ...this.terms(e, pointsOf(e.over, p), before, base),
        ];
        let [sum, rest] = [
          spellTerms(e.by, terms.slice(0, mostTerms)),
          terms.slice(mostTerms),
        ];
        while (rest.length > 0) {
          const part = this.#o.names.fresh(`${base}Part`);
          before.push(declare(part, sum));
          const next = rest.slice(0, mostTerms - 1);
          sum = spellTerms(e.by, [name(part), ...next]);
          rest = rest.slice(mostTerms - 1);
        }
        return sum;
      }
    }
  }

  /** An index as a number; the number of an example is known at run time only. */
  #index(index: Affine, p: Point): Code {
    const [row] = [...index.terms.keys()].filter((a) => a.extent === "batch");
    const rest = num(indexAt(index, p));
    return row === undefined || !this.#flow.looped ? rest : name("row");
  }

  /** The terms of a reduction that are there; what is absent is its neutral element. */
  terms(
    e: Reduce,
    points: readonly Point[],
    before: Line[],
    base: string,
  ): Code[] {
    return points.flatMap((p) => {
      const { body } = e;
      if (body.kind !== "guard" || !Object.is(body.otherwise, neutral[e.by])) {
        const term = this.spell(body, p, before, base);
        return e.by === "sum" && isAbsent(term) ? [] : [term];
      }
      const q = inside(body.tests, p);
      return q === undefined ? [] : [this.spell(body.body, q, before, base)];
    });
  }

  /** An entry that an index chooses: read in place from a leaf, else one of the constants. */
  #picked(
    e: Load,
    { by, stride }: NonNullable<Load["picked"]>,
    p: Point,
    before: Line[],
    base: string,
  ): Code {
    const chosen = this.spell(by, p, before, base);
    const at = indexAt(e.index, p);
    const v = e.value;
    if (isLeaf(v) || isFrozen(v)) {
      const scaled = stride === 1 ? chosen : binary("*", chosen, num(stride));
      return this.#o.storage.element(
        v,
        at === 0 ? scaled : binary("+", scaled, num(at)),
        v.batched ? this.row() : undefined,
      );
    }
    const count = Math.ceil((sizeOf(v.shape) - at) / stride);
    const entry = (k: number): Code => this.#made(v, at + k * stride);
    return range(count - 1)
      .reverse()
      .reduce<Code>(
        (rest, k) => conditional(binary("===", chosen, num(k)), entry(k), rest),
        entry(count - 1),
      );
  }
}

export const isZero = (c: Code): boolean =>
  c.kind === "number" && c.value === 0;

/** A scalar function of code; x + (-0) = x: what is absent is not written. */
export function applied(
  op: ScalarName,
  args: readonly Code[],
  math: MathMode,
): Code {
  const [x, y] = args as [Code, Code];
  if (op === "add" && isAbsent(x)) return y;
  if (op === "add" && isAbsent(y)) return x;
  return spellApply(op, args, math);
}

/** -0, the neutral element of addition: what a walk does not reach. */
export const isAbsent = (c: Code): boolean =>
  c.kind === "number" && Object.is(c.value, -0);
