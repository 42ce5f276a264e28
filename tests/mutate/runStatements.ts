/** Runs lowered statements as they stand, point by point: what every printed form of them has to compute. */
import type {
  Affine,
  Axis,
  Expr,
  Point,
  Reduce,
  Statement,
  StepLoop,
  Target,
} from "../../compiler/kernels/ir.js";
import { sizeOf, type Node } from "../../dsl/graph.js";
import { compileScalar } from "../../dsl/math/evaluate.js";
import { variable } from "../../dsl/math/scalar.js";
import { scalars } from "../../dsl/primitives/index.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";

type Values = ArrayLike<number>;
/** Where a step leaves a value. */
type Left = Extract<Target, { readonly space: "memory" }>;

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
  statements.forEach((s) => {
    run(s, new Map());
  });
  return { values, vectors };

  function memoryOf(v: Node, times = 1): Float64Array {
    const known = values.get(v) as Float64Array | undefined;
    if (known !== undefined) return known;
    const size = sizeOf(v.shape) * (v.batched ? n : 1) * times;
    const memory = new Float64Array(size).fill(NaN);
    values.set(v, memory);
    return memory;
  }

  /** One statement, at the place of the loops around it. */
  function run(s: Statement, around: Point): void {
    if (s.expr.kind === "scan") {
      runSteps(s.expr.loop);
      return;
    }
    const size = sizeOf(s.value.shape);
    const memory = memoryOf(s.value);
    const placeAt = (point: Point): number =>
      exampleOf(s, point) * size + at(s.at, point);
    if (scattered && s.expr.kind === "reduce" && s.expr.scatter !== undefined)
      scatter(s, s.expr, memory, around);
    else
      for (const point of pointsOf(s.axes, n, around))
        memory[placeAt(point)] = evaluate(s.expr, point);
    for (const target of s.targets)
      for (const point of pointsOf(s.axes, n, around))
        if (target.space === "memory") leave(s, target, point);
        else {
          const vector = vectors.get(target.space) ?? [];
          const offset = "offset" in target ? target.offset : 0;
          vector[offset + placeAt(point)] = memory[placeAt(point)] as number;
          vectors.set(target.space, vector);
        }
  }

  /** What a step makes goes to the place of the step, or is added to what the steps before have made. */
  function leave(s: Statement, target: Left, point: Point): void {
    const { value, example, adds, merged } = target;
    const own = example === undefined ? 0 : (point.get(example) ?? 0);
    const memory = memoryOf(value);
    const entry = at(s.at, point) + at(target.index, point);
    const place = (own * memory.length) / (value.batched ? n : 1) + entry;
    const sum = memory[place] as number;
    if (adds && merged && s.expr.kind === "reduce") {
      let all = sum;
      for (const inner of pointsOf(s.expr.over, n, point))
        all = combined[s.expr.by](all, evaluate(s.expr.body, inner));
      memory[place] = all;
    } else {
      const made = memoryOf(s.value)[
        exampleOf(s, point) * sizeOf(s.value.shape) + at(s.at, point)
      ] as number;
      memory[place] = adds ? sum + made : made;
    }
  }

  /** One example after the other, each from the first step to the last. */
  function runSteps(loop: StepLoop): void {
    for (const { value, from = -0 } of loop.sums) memoryOf(value).fill(from);
    for (const row of pointsOf(loop.row === undefined ? [] : [loop.row], n)) {
      const each = (list: readonly Statement[], point: Point): void => {
        list.forEach((s) => {
          run(s, point);
        });
      };
      each(loop.start, row);
      const steps = pointsOf([loop.step], n, row);
      for (const point of loop.reverse ? steps.reverse() : steps) {
        each(loop.body, point);
        each(loop.end, point);
      }
      each(loop.last, row);
    }
  }

  /** Each term is added where its index says. */
  function scatter(
    s: Statement,
    e: Reduce,
    memory: Float64Array,
    around: Point,
  ): void {
    const { along, by, term } = e.scatter as NonNullable<Reduce["scatter"]>;
    const size = sizeOf(s.value.shape);
    for (const point of pointsOf(s.axes, n, around))
      memory[exampleOf(s, point) * size + at(s.at, point)] = e.from ?? -0;
    const rest = s.axes.filter((a) => a !== along);
    for (const point of pointsOf([...rest, ...e.over], n, around)) {
      const there = new Map(point).set(along, evaluate(by, point));
      const place = exampleOf(s, there) * size + at(s.at, there);
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
        let sum: number = e.from ?? neutral[e.by];
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

/** The example that a statement writes for. */
const exampleOf = ({ axes, example }: Statement, point: Point): number => {
  const axis = axes.find((a) => a.extent === "batch") ?? example;
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
