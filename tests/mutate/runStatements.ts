/** Runs lowered statements as they stand, point by point: what every printed form of them has to compute. */
import type {
  Affine,
  Axis,
  Expr,
  Point,
  Reduce,
  Statement,
} from "../../compiler/kernels/ir.js";
import { sizeOf, type Node } from "../../dsl/graph.js";
import { compileScalar } from "../../dsl/math/evaluate.js";
import { variable } from "../../dsl/math/scalar.js";
import { scalars } from "../../dsl/primitives/index.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";

type Values = ArrayLike<number>;

const neutral = { sum: -0, prod: 1, max: -Infinity, min: Infinity } as const;
const combined = {
  sum: (s: number, x: number) => s + x,
  prod: (s: number, x: number) => s * x,
  max: (s: number, x: number) => Math.max(s, x),
  min: (s: number, x: number) => Math.min(s, x),
} as const;

const functions = new Map<ScalarName, (...args: number[]) => number>();
function functionOf(name: ScalarName): (...args: number[]) => number {
  const known = functions.get(name);
  if (known !== undefined) return known;
  const letters = ["a", "b", "c"].slice(0, scalars[name].body.length);
  const body = scalars[name].body(...letters.map(variable));
  const made = compileScalar(letters, body);
  functions.set(name, made);
  return made;
}

/**
 * Memory after all statements: of each value, and of each vector that they write to.
 *
 * @param scattered true to run sums that say so as loops over their terms
 */
export function runStatements(
  statements: readonly Statement[],
  leaves: ReadonlyMap<Node, Values>,
  n: number,
  scattered: boolean,
): {
  readonly values: Map<Node, Values>;
  readonly vectors: Map<string, number[]>;
} {
  const values = new Map<Node, Values>(leaves);
  const vectors = new Map<string, number[]>();
  for (const s of statements) {
    const size = sizeOf(s.value.shape);
    const memory =
      (values.get(s.value) as Float64Array | undefined) ??
      new Float64Array(size * (s.value.batched ? n : 1)).fill(NaN);
    values.set(s.value, memory);
    if (scattered && s.expr.kind === "reduce" && s.expr.scatter !== undefined)
      scatter(s, s.expr, memory);
    else
      for (const point of pointsOf(s.axes, n)) {
        const place = at(s.at, point);
        memory[exampleOf(s.axes, point) * size + place] = evaluate(
          s.expr,
          point,
        );
      }
    for (const target of s.targets) {
      const key = target.space === "output" ? "output" : target.space;
      const vector = vectors.get(key) ?? [];
      const offset = "offset" in target ? target.offset : 0;
      for (const point of pointsOf(s.axes, n)) {
        const place = exampleOf(s.axes, point) * size + at(s.at, point);
        vector[offset + place] = memory[place] as number;
      }
      vectors.set(key, vector);
    }
  }
  return { values, vectors };

  /** Each term is added where its index says. */
  function scatter(s: Statement, e: Reduce, memory: Float64Array): void {
    const { along, by, term } = e.scatter as NonNullable<Reduce["scatter"]>;
    const size = sizeOf(s.value.shape);
    for (const point of pointsOf(s.axes, n))
      memory[exampleOf(s.axes, point) * size + at(s.at, point)] = -0;
    const rest = s.axes.filter((a) => a !== along);
    for (const point of pointsOf([...rest, ...e.over], n)) {
      const there = new Map(point).set(along, evaluate(by, point));
      const place = exampleOf(s.axes, there) * size + at(s.at, there);
      memory[place] = (memory[place] as number) + evaluate(term, point);
    }
  }

  function evaluate(e: Expr, point: Point): number {
    switch (e.kind) {
      case "number":
        return e.value;
      case "batchSize":
        return n;
      case "index":
        return at(e.index, point);
      case "table":
        return e.data[at(e.index, point)] ?? NaN;
      case "load": {
        const example =
          e.example === undefined ? 0 : (point.get(e.example) ?? 0);
        const picked =
          e.picked === undefined
            ? 0
            : evaluate(e.picked.by, point) * e.picked.stride;
        const place =
          example * sizeOf(e.value.shape) + at(e.index, point) + picked;
        return values.get(e.value)?.[place] ?? NaN;
      }
      case "apply":
        return functionOf(e.op)(...e.args.map((a) => evaluate(a, point)));
      case "guard": {
        let there = point;
        for (const t of e.tests) {
          const entry = at(t.index, there) / t.divisor;
          if (!Number.isInteger(entry) || entry < 0 || entry >= t.length)
            return e.otherwise;
          if (t.entry !== undefined) there = new Map(there).set(t.entry, entry);
        }
        return evaluate(e.body, there);
      }
      case "reduce": {
        let sum: number = neutral[e.by];
        for (const inner of pointsOf(e.over, n, point))
          sum = combined[e.by](sum, evaluate(e.body, inner));
        return sum;
      }
      case "scan":
        throw new Error("a loop over steps is a statement, not a number");
    }
  }
}

const at = (index: Affine, point: Point): number => {
  let place = index.constant;
  for (const [axis, k] of index.terms) place += k * (point.get(axis) ?? 0);
  return place;
};

const exampleOf = (axes: readonly Axis[], point: Point): number => {
  const axis = axes.find((a) => a.extent === "batch");
  return axis === undefined ? 0 : (point.get(axis) ?? 0);
};

/** Every point of all axes, the examples among them, last axis fastest. */
const pointsOf = (
  axes: readonly Axis[],
  n: number,
  from: Point = new Map(),
): Point[] =>
  axes.reduce<Point[]>(
    (all, axis) =>
      all.flatMap((p) =>
        Array.from(
          { length: axis.extent === "batch" ? n : axis.extent },
          (_, i) => new Map(p).set(axis, i),
        ),
      ),
    [from],
  );
