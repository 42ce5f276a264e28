import { sizeOf, type Node, type ReduceBy } from "../../dsl/graph.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import type { ElementaryCall } from "./bodies.js";

/** One loop. The examples are the axis whose extent is known at run time only. */
export interface Axis {
  readonly name: string;
  readonly extent: number | "batch";
}

/**
 * An entry of an axis that has to be there: index / divisor, a whole number in 0 .. length - 1. Where the divisor is not
 * 1, `entry` stands for it inside of what is guarded.
 */
export interface Test {
  readonly index: Affine;
  readonly divisor: number;
  readonly length: number;
  readonly entry?: Axis;
}

/** constant + sum of factor * axis. */
export interface Affine {
  readonly constant: number;
  readonly terms: ReadonlyMap<Axis, number>;
}

export interface Load {
  readonly kind: "load";
  readonly value: Node;
  /** Whose example, where the value is batched. */
  readonly example?: Axis;
  readonly index: Affine;
  /** An index that is a value: `stride` times it is added. */
  readonly picked?: { readonly by: Expr; readonly stride: number };
}

/** A scalar function of expressions. */
export interface Apply {
  readonly kind: "apply";
  readonly op: ScalarName;
  readonly args: readonly Expr[];
  /** The function of dsl/math that it is, where it is one. */
  readonly calls?: ElementaryCall;
}

/** What one element is made of. `reduce` is an expression: a sum may stand anywhere, and its order is its text. */
export type Expr =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "batchSize" }
  /** The index itself, as a number. */
  | { readonly kind: "index"; readonly index: Affine }
  /** An entry of an array of numbers written in the model. */
  | {
      readonly kind: "table";
      readonly value: Node;
      readonly data: readonly number[];
      readonly index: Affine;
    }
  | Load
  | Apply
  /** `body` where every test holds, else a number. */
  | {
      readonly kind: "guard";
      readonly tests: readonly Test[];
      readonly body: Expr;
      readonly otherwise: number;
    }
  | Reduce
  /** A loop over steps: its statement makes several values. */
  | { readonly kind: "scan"; readonly loop: StepLoop };

/** The statements of a scan. */
export interface StepLoop {
  readonly step: Axis;
  readonly reverse: boolean;
  /** The example that it is for, where it runs once for each. */
  readonly row: Axis | undefined;
  /** Carries from their initial values; a step; carries from what the step left; what they are at the end. */
  readonly start: readonly Statement[];
  readonly body: readonly Statement[];
  readonly end: readonly Statement[];
  readonly last: readonly Statement[];
  readonly carries: readonly Node[];
  /** Sums over the steps, and what they start from where that is not -0. */
  readonly sums: readonly { readonly value: Node; readonly from?: number }[];
  /** Values that it makes for others. */
  readonly makes: readonly Node[];
  /** What it reads of others. */
  readonly loads: readonly Load[];
}

export interface Reduce {
  readonly kind: "reduce";
  readonly by: ReduceBy;
  readonly over: readonly Axis[];
  readonly body: Expr;
  /** What it starts from, where that is not the neutral element. */
  readonly from?: number;
  /** The same sum as a loop over its terms: each is added where `by` says along `along`. */
  readonly scatter?: {
    readonly along: Axis;
    readonly by: Expr;
    readonly term: Expr;
  };
}

/** Memory of the caller that a value is written to. */
export type Target =
  | {
      readonly space: "param" | "gradient" | "state";
      readonly offset: number;
      readonly leaf: Node;
    }
  | { readonly space: "output"; readonly name: string; readonly offset: number }
  /** A value that a scan makes; where `adds`, a sum over its steps: of single terms where `merged`. */
  | {
      readonly space: "memory";
      readonly value: Node;
      readonly index: Affine;
      readonly example: Axis | undefined;
      readonly adds: boolean;
      readonly merged: boolean;
    }
  | { readonly space: "loss" };

/** For every point of `axes`: value[at] = expr. Points are independent, so their order is free. */
export interface Statement {
  readonly value: Node;
  readonly axes: readonly Axis[];
  readonly expr: Expr;
  /** Element of the value, row-major over its shape. */
  readonly at: Affine;
  readonly targets: readonly Target[];
  /** Whose example, where no axis says it. */
  readonly example?: Axis | undefined;
}

/** Values that a statement makes, besides its own. */
export const madeBy = (s: Statement): readonly Node[] =>
  s.expr.kind === "scan" ? s.expr.loop.makes : [];

/** The statements inside of one, in the order in which they are run. */
export const innerStatements = (s: Statement): readonly Statement[] => {
  if (s.expr.kind !== "scan") return [];
  const { start, body, end, last } = s.expr.loop;
  return [...start, ...body, ...end, ...last];
};

export const zero: Affine = { constant: 0, terms: new Map() };

export const variableOf = (axis: Axis): Affine => ({
  constant: 0,
  terms: new Map([[axis, 1]]),
});

/** Sum of affine indices, each times a factor. */
export function combine(
  parts: readonly (readonly [Affine, number])[],
  constant = 0,
): Affine {
  const terms = new Map<Axis, number>();
  let sum = constant;
  for (const [affine, factor] of parts) {
    sum += affine.constant * factor;
    addTerms(terms, affine, factor);
  }
  return { constant: sum, terms };
}

function addTerms(
  terms: Map<Axis, number>,
  affine: Affine,
  factor: number,
): void {
  affine.terms.forEach((k, axis) => {
    terms.set(axis, (terms.get(axis) ?? 0) + k * factor);
  });
}

/** Row-major offset of a multi-index. */
export function linear(
  index: readonly Affine[],
  shape: readonly number[],
): Affine {
  const terms = new Map<Axis, number>();
  let constant = 0;
  let stride = sizeOf(shape);
  shape.forEach((extent, i) => {
    stride /= extent;
    const at = index[i] as Affine;
    constant += at.constant * stride;
    addTerms(terms, at, stride);
  });
  return { constant, terms };
}

/** The same statement over another axis of the same extent. */
export function renameAxis(s: Statement, from: Axis, to: Axis): Statement {
  const index = (a: Affine): Affine => ({
    constant: a.constant,
    terms: new Map([...a.terms].map(([t, k]) => [t === from ? to : t, k])),
  });
  return {
    ...s,
    axes: s.axes.map((a) => (a === from ? to : a)),
    at: index(s.at),
    expr: renamed(mapIndices(s.expr, index), from, to),
  };
}

const renamed = (e: Expr, from: Axis, to: Axis): Expr =>
  e.kind === "reduce" && e.scatter?.along === from
    ? { ...e, scatter: { ...e.scatter, along: to } }
    : e;

/** An expression with every index changed. */
export function mapIndices(e: Expr, change: (index: Affine) => Affine): Expr {
  const of = (x: Expr): Expr => mapIndices(x, change);
  switch (e.kind) {
    case "load":
      return {
        ...e,
        index: change(e.index),
        ...(e.picked !== undefined && {
          picked: { ...e.picked, by: of(e.picked.by) },
        }),
      };
    case "index":
    case "table":
      return { ...e, index: change(e.index) };
    case "apply":
      return { ...e, args: e.args.map(of) };
    case "guard":
      return {
        ...e,
        tests: e.tests.map((t) => ({ ...t, index: change(t.index) })),
        body: of(e.body),
      };
    case "reduce":
      return {
        ...e,
        body: of(e.body),
        ...(e.scatter !== undefined && {
          scatter: {
            ...e.scatter,
            by: of(e.scatter.by),
            term: of(e.scatter.term),
          },
        }),
      };
    default:
      return e;
  }
}

/** Every load of an expression, in order. */
export function loadsOf(e: Expr, into: Load[] = []): Load[] {
  if (e.kind === "load") {
    into.push(e);
    if (e.picked !== undefined) loadsOf(e.picked.by, into);
  } else if (e.kind === "reduce" || e.kind === "guard") loadsOf(e.body, into);
  else if (e.kind === "apply") for (const a of e.args) loadsOf(a, into);
  else if (e.kind === "scan") for (const l of e.loop.loads) into.push(l);
  return into;
}

/** True where the sum runs over the examples: it ends a loop over them. */
export const isAccumulation = (e: Expr): e is Reduce =>
  e.kind === "reduce" && e.over.some((a) => a.extent === "batch");

/** True where the statement is done for every example, be it as a term of a sum. */
export const isBatched = (s: Statement): boolean =>
  s.axes.some((a) => a.extent === "batch") || isAccumulation(s.expr);

/** The axes with a known extent. */
export const staticAxes = (axes: readonly Axis[]): Axis[] =>
  axes.filter((a) => a.extent !== "batch");

export type Point = ReadonlyMap<Axis, number>;

/** Every point of the static axes, last axis fastest. */
export function pointsOf(
  axes: readonly Axis[],
  from: Point = new Map(),
): Point[] {
  return staticAxes(axes).reduce<Point[]>(
    (all, axis) =>
      all.flatMap((p) =>
        Array.from({ length: axis.extent as number }, (_, i) =>
          new Map(p).set(axis, i),
        ),
      ),
    [from],
  );
}

/** Value of an index at a point. */
export function indexAt(index: Affine, point: Point): number {
  let at = index.constant;
  for (const [axis, k] of index.terms) at += k * (point.get(axis) ?? 0);
  return at;
}

/** The point with the entries that tests stand for; undefined where one fails. */
export function inside(
  tests: readonly Test[],
  point: Point,
): Point | undefined {
  let at = point;
  for (const t of tests) {
    const entry = indexAt(t.index, at) / t.divisor;
    if (!Number.isInteger(entry) || entry < 0 || entry >= t.length)
      return undefined;
    if (t.entry !== undefined) at = new Map(at).set(t.entry, entry);
  }
  return at;
}

/** Number of points of the static axes. */
export function countOf(axes: readonly Axis[]): number {
  let count = 1;
  for (const { extent } of axes) if (extent !== "batch") count *= extent;
  return count;
}
