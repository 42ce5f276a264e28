/** Derivative rules and their mutants, held against references that know nothing of the rules. */
import { interpret, type Values } from "../../compiler/interpret.js";
import { inMode } from "../../compiler/modes.js";
import { makeNode } from "../../dsl/context.js";
import { gradientNodes } from "../../dsl/gradient.js";
import {
  emptyProgram,
  sizeOf,
  topological,
  type Node,
} from "../../dsl/graph.js";
import { vjpOf } from "../../dsl/primitives/index.js";
import { leafNode } from "../../dsl/primitives/leaf.js";
import { composed, type Composed } from "../oracles/composed.js";
import { instances } from "../oracles/instances.js";
import { drawn } from "../support/values.js";
import { titleOf } from "./attributes.js";
import { rootMutants, type Roots } from "./graphs.js";
import { scalarSubjects } from "./scalarRules.js";
import { tiedCotangent } from "./ties.js";

/** Examples of a batched value. */
export const n = 3;

/** A rule at one place: what it got, what it gave, and whether something like it is right. */
export interface Subject {
  /** The primitive. */
  readonly name: string;
  /** The cotangent of the result, the result, the arguments. */
  readonly given: readonly Node[];
  readonly roots: Roots;
  /** What was there before the rule, where that is more than what it got. */
  readonly before?: ReadonlySet<Node>;
  readonly isRight: (roots: Roots) => boolean;
}

const lengthOf = (v: Node): number => sizeOf(v.shape) * (v.batched ? n : 1);
const dot = (a: Values, b: Values): number =>
  Array.from(a).reduce((s, x, i) => s + x * (b[i] ?? NaN), 0);

/** The same operation over leaves of its own; indices stay what they are. */
export function isolated(v: Node): {
  readonly y: Node;
  readonly xs: readonly Node[];
} {
  const xs = v.args.map((a, i) =>
    a.dtype === "i32"
      ? a
      : leafNode("input", `x${String(i)}`, a.shape, { batched: a.batched }),
  );
  return { xs, y: makeNode(v.op, xs, v.shape, v.batched, v.dtype) };
}

/** Numbers between -1 and 1; for indices, places below the number of classes. */
export function contentsOf(x: Node, seed: number): number[] {
  const numbers = drawn(seed, lengthOf(x));
  const classes = x.op.kind === "leaf" ? (x.op.classes ?? 1) : 1;
  return x.dtype === "i32"
    ? numbers.map((u) => Math.floor(((u + 1) / 2) * classes))
    : numbers;
}

/** The form that a value has in the graph that predicts. */
const predicting = (y: Node): Node =>
  inMode({ ...emptyProgram, loss: y }, "predict").loss ?? y;

/** An instance of a structural primitive: its cotangents against differences of its values, and at ties. */
function structuralSubject(
  v: Node,
  seed: number,
  form: (y: Node) => Node,
): Subject {
  const valueOf = (y: Node, leaves: ReadonlyMap<Node, Values>): Values => {
    const root = form(y);
    return interpret([root], leaves, n).get(root) ?? [];
  };
  const { y, xs } = isolated(v);
  const dy = leafNode("input", "dy", y.shape, { batched: y.batched });
  const at = new Map<Node, number[]>(
    xs.map((x, i) => [x, contentsOf(x, seed + i)]),
  );
  const weights = drawn(seed + 500, lengthOf(dy));
  const directions = xs.map((x, i) => drawn(seed + i + 900, lengthOf(x)));
  const slopes = xs.map((x, i) => {
    if (x.dtype === "i32") return 0;
    const moved = (t: number): Values => {
      const there = (at.get(x) ?? []).map(
        (a, j) => a + t * (directions[i]?.[j] ?? NaN),
      );
      return valueOf(y, new Map(at).set(x, there));
    };
    const [above, below] = [moved(1e-4), moved(-1e-4)];
    return dot(
      weights,
      Array.from(above, (a, j) => (a - (below[j] ?? NaN)) / 2e-4),
    );
  });
  const known = new Map<Node, Values>([...at, [dy, weights]]);
  const tied = xs.map((x, i) =>
    drawn(seed + i + 40, lengthOf(x)).map((u) => Math.round(u * 1.4)),
  );
  const tiedWant = tiedCotangent(v, tied[0] ?? [], weights);
  const tiedKnown = new Map<Node, Values>([
    ...xs.map((x, i) => [x, tied[i] ?? []] as const),
    [dy, weights],
  ]);
  const isRight = (roots: Roots): boolean =>
    roots.every((root, i) => {
      if (xs[i]?.dtype === "i32") return true;
      const got =
        root === undefined ? 0 : dot(valueOf(root, known), directions[i] ?? []);
      const want = slopes[i] ?? NaN;
      return Math.abs(got - want) <= 1e-6 * Math.max(1, Math.abs(want));
    }) &&
    (tiedWant === undefined ||
      (roots[0] !== undefined &&
        near(valueOf(roots[0], tiedKnown), tiedWant))) &&
    // What indices leave out is +0.
    (v.op.kind !== "gather" ||
      roots.every(
        (root) =>
          root === undefined ||
          Array.from(valueOf(root, known)).every((d) => !Object.is(d, -0)),
      ));
  return {
    name: titleOf(v.op),
    given: [dy, y, ...xs],
    roots: vjpOf(y, dy),
    isRight,
  };
}

const near = (got: Values, want: Values): boolean =>
  got.length === want.length &&
  Array.from(want).every((w, i) => Math.abs((got[i] ?? NaN) - w) <= 1e-12);

/** A value that is derived through several nodes, against differences of it. */
function composedSubject({ name, y, xs }: Composed, seed: number): Subject {
  const dy = leafNode("input", "dy", y.shape, { batched: y.batched });
  const at = new Map<Node, number[]>(
    xs.map((x, i) => [x, contentsOf(x, seed + i)]),
  );
  const weights = drawn(seed + 500, lengthOf(dy));
  const directions = xs.map((x, i) => drawn(seed + i + 900, lengthOf(x)));
  const valueOf = (v: Node, leaves: ReadonlyMap<Node, Values>): Values =>
    interpret([v], leaves, n).get(v) ?? [];
  const slopes = xs.map((x, i) => {
    const moved = (t: number): number => {
      const there = (at.get(x) ?? []).map(
        (a, j) => a + t * (directions[i]?.[j] ?? NaN),
      );
      return dot(weights, valueOf(y, new Map(at).set(x, there)));
    };
    return (moved(1e-4) - moved(-1e-4)) / 2e-4;
  });
  const known = new Map<Node, Values>([...at, [dy, weights]]);
  return {
    name,
    given: [dy, y, ...xs],
    before: new Set([dy, ...topological([y])]),
    roots: gradientNodes(y, xs, undefined, dy),
    isRight: (roots) =>
      roots.every((root, i) => {
        const got =
          root === undefined
            ? 0
            : dot(valueOf(root, known), directions[i] ?? []);
        const want = slopes[i] ?? NaN;
        return Math.abs(got - want) <= 1e-6 * Math.max(1, Math.abs(want));
      }),
  };
}

/** Every derivative rule, at every instance. */
export function ruleSubjects(): Subject[] {
  return [
    ...scalarSubjects(),
    ...composed.map((c, k) => composedSubject(c, 7 * k + 3)),
    ...instances
      .filter((v) => v.dtype === "f64")
      .flatMap((v, k) => {
        const trained = structuralSubject(v, 3 * k + 1, (y) => y);
        return predicting(v) === v
          ? [trained]
          : [trained, structuralSubject(v, 3 * k + 1, predicting)];
      }),
  ];
}

/** Mutants of a subject, keyed so that the same change of the same rule has one name at every instance. */
export const ruleMutants = ({
  name,
  roots,
  given,
  before,
}: Subject): {
  readonly key: string;
  readonly change: string;
  readonly roots: Roots;
}[] =>
  rootMutants(roots, given, before).map(({ change, place, mutated }) => ({
    key: `rule ${name}: ${place}: ${change}`,
    change,
    roots: mutated,
  }));
