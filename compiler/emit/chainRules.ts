import { topological, type Label, type Node } from "../../dsl/graph.js";
import { decided } from "../kernels/decide.js";
import {
  indexAt,
  inside,
  pointsOf,
  staticAxes,
  type Expr,
  type Load,
  type Point,
  type Statement,
} from "../kernels/ir.js";
import type { Names } from "./names.js";

/** Names of entries whose derivatives an entry is made of, in order; "..." for what has none. */
type Terms = ReadonlySet<string>;

const unknown = "...";

/**
 * The chain rules of one function, read off its statements: every cotangent that an entry is made of is one term
 * dL/du du/dv, be it read by its expression or by that of a value without a name. Nothing is said about layers: the
 * labels of the graph are enough.
 */
export class ChainRules {
  readonly #names: Names;
  readonly #isAbsent: (v: Node, flat: number) => boolean;
  readonly #makers = new Map<Node, Statement[]>();
  readonly #points = new Map<Statement, ReadonlyMap<number, Point>>();
  /** Terms of the entries of values without a name. */
  readonly #known = new Map<Node, Map<number, Terms>>();
  readonly #roots: readonly Node[];
  /** Cotangents, and what is made of them: the rest of a backward pass are factors. */
  #derivatives: ReadonlySet<Node> | undefined;

  /** @param isAbsent entries that are no term: nothing that depends on them is read */
  constructor(
    statements: readonly Statement[],
    names: Names,
    isAbsent: (v: Node, flat: number) => boolean,
  ) {
    this.#names = names;
    this.#isAbsent = isAbsent;
    this.#roots = statements.map((s) => s.value);
    for (const s of statements) {
      const list = this.#makers.get(s.value);
      if (list === undefined) this.#makers.set(s.value, [s]);
      else list.push(s);
    }
  }

  /** `dL/dz1 = dL/dz3 dz3/dz1 + dL/dz4 dz4/dz1`; undefined for what is no derivative. */
  of(s: Statement, flat: number, point: Point): string | undefined {
    const { op, shape } = s.value;
    if (op.kind !== "label" || op.cotangentOf === undefined) {
      // Found here, where all that it is made of is known, it is at hand for those that read it.
      if (this.#isDerivative(s.value)) this.#through(s.value, flat);
      return undefined;
    }
    const v = this.#names.ofCotangent(op, flat, shape);
    const terms = new Set<string>();
    this.#collect(s.expr, point, terms);
    const named = [...terms].filter((u) => u !== unknown);
    if (named.length > 0)
      return `dL/d${v} = ${[...named.map((u) => `dL/d${u} d${u}/d${v}`), ...(terms.has(unknown) ? [unknown] : [])].join(" + ")}`;
    if (op.factor === undefined || op.factorOf === undefined) return `dL/d${v}`;
    return `dL/d${v} = ${op.factor} ${this.#names.entryOf(op.factorOf, flat, shape)}`;
  }

  #collect(given: Expr, p: Point, into: Set<string>): void {
    const e = decided(given, p);
    switch (e.kind) {
      case "load":
        this.#load(e, p, into);
        break;
      case "apply":
        for (const a of e.args) this.#collect(a, p, into);
        break;
      case "guard": {
        const q = inside(e.tests, p);
        if (q !== undefined) this.#collect(e.body, q, into);
        break;
      }
      case "reduce":
        for (const q of pointsOf(staticAxes(e.over), p))
          this.#collect(e.body, q, into);
        break;
      default:
        break;
    }
  }

  #load({ value, index }: Load, p: Point, into: Set<string>): void {
    if (!this.#isDerivative(value)) return;
    const flat = indexAt(index, p);
    if (this.#isAbsent(value, flat)) return;
    const of = cotangent(value);
    if (of !== undefined)
      into.add(this.#names.ofCotangent(of, flat, value.shape));
    else for (const term of this.#through(value, flat)) into.add(term);
  }

  /** What an entry without a name is made of. */
  #through(v: Node, flat: number): Terms {
    const entries = this.#known.get(v) ?? new Map<number, Terms>();
    this.#known.set(v, entries);
    const known = entries.get(flat);
    if (known !== undefined) return known;
    const terms = new Set<string>();
    const makers = this.#makers.get(v);
    // Made elsewhere: by a loop over steps.
    if (makers === undefined) terms.add(unknown);
    for (const s of makers ?? []) {
      const p = this.#pointsOf(s).get(flat);
      if (p !== undefined) this.#collect(s.expr, p, terms);
    }
    entries.set(flat, terms);
    return terms;
  }

  #pointsOf(s: Statement): ReadonlyMap<number, Point> {
    const known = this.#points.get(s);
    if (known !== undefined) return known;
    const points = new Map(
      pointsOf(s.axes).map((p) => [indexAt(s.at, p), p] as const),
    );
    this.#points.set(s, points);
    return points;
  }

  #isDerivative(v: Node): boolean {
    if (v.place.phase !== "backward") return false;
    this.#derivatives ??= derivativesIn(this.#roots);
    return this.#derivatives.has(v);
  }
}

function derivativesIn(roots: readonly Node[]): Set<Node> {
  const found = new Set<Node>();
  for (const v of topological(roots))
    if (
      v.place.phase === "backward" &&
      (cotangent(v) !== undefined || v.args.some((a) => found.has(a)))
    )
      found.add(v);
  return found;
}

/** The label of a value that is a cotangent and has its name. */
const cotangent = ({ op }: Node): Label | undefined =>
  op.kind === "label" && op.cotangentOf !== undefined ? op : undefined;
