/** Derivative rules of scalar functions at many points: every probe, and points between -3 and 3. */
import { interpret } from "../../compiler/interpret.js";
import type { Node } from "../../dsl/graph.js";
import { variable } from "../../dsl/math/scalar.js";
import { scalars } from "../../dsl/primitives/index.js";
import { leafNode } from "../../dsl/primitives/leaf.js";
import { applyScalar } from "../../dsl/primitives/scalar.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import { operators } from "../fuzz/rows/index.js";
import { Trace } from "../fuzz/trace.js";
import { slopeAt } from "../oracles/differences.js";
import { dual, evaluateDual, isArithmetic } from "../oracles/dual.js";
import { drawn } from "../support/values.js";
import type { Roots } from "./graphs.js";
import type { Subject } from "./rules.js";

const letters = ["a", "b", "c"];
const between = 40;

/** Every combination of a few numbers: kinks, ties, and both sides of them. */
const grid = (count: number): number[][] =>
  Array.from({ length: count }).reduce<number[][]>(
    (all) => all.flatMap((p) => [-1, -0.5, 0, 0.5, 1, 2].map((x) => [...p, x])),
    [[]],
  );

function pointsOf(name: ScalarName): number[][] {
  const count = scalars[name].body.length;
  const numbers = drawn(7, between * count).map((x) => 3 * x);
  return [
    ...scalars[name].probes.map((p) => [...p]),
    ...grid(count),
    ...Array.from({ length: between }, (_, i) =>
      numbers.slice(i * count, (i + 1) * count),
    ),
  ];
}

/**
 * dy/dx_i at every point, by whatever knows most of the function: its meaning in the fuzzer's table, kinks and ties
 * included; dual numbers over a body of arithmetic; or differences. Undefined where none has anything to say.
 */
function slopesOf(
  name: ScalarName,
  points: readonly (readonly number[])[],
): (number | undefined)[][] {
  const count = scalars[name].body.length;
  const row = operators.find((o) => o.name === name);
  if (row?.of !== undefined) return slopesByTape(name, points);
  const body = scalars[name].body(...letters.slice(0, count).map(variable));
  return letters.slice(0, count).map((_, i) =>
    points.map((p) => {
      if (body.kind === "variable") return 0;
      if (isArithmetic(body))
        return evaluateDual(
          body,
          new Map(
            p.map((x, j) => [letters[j] ?? "", dual(x, i === j ? 1 : 0)]),
          ),
        ).d;
      const along = (x: number): number =>
        scalars[name].value(...p.map((v, j) => (j === i ? x : v)));
      const x = p[i] ?? NaN;
      return Math.abs(x) < 1e3 ? slopeAt(along, x)?.value : undefined;
    }),
  );
}

function slopesByTape(
  name: ScalarName,
  points: readonly (readonly number[])[],
): number[][] {
  const trace = new Trace(1);
  const shape = [points.length];
  const values = letters
    .slice(0, scalars[name].body.length)
    .map((letter) => ({ name: letter, shape, batched: false }));
  values.forEach((value, i) => {
    const data = [points.map((p) => p[i] ?? NaN)];
    trace.addLeaf({ kind: "param", value, data });
  });
  const drawnCall = operators.find((o) => o.name === name)?.of?.(values);
  if (drawnCall === undefined) return [];
  const value = { name: "y", shape, batched: false };
  const y = trace.addStep({ value, call: { ...drawnCall, callee: name } });
  const { tape } = trace;
  return values.map((x) =>
    trace.at(x, 0).ids.map((id, k) => {
      const [d] = tape.derive(y.ids[k] ?? 0, [id]);
      return d === undefined ? 0 : tape.value(d);
    }),
  );
}

function scalarSubject(name: ScalarName): Subject {
  const points = pointsOf(name);
  const shape = [points.length];
  const xs = letters
    .slice(0, scalars[name].body.length)
    .map((letter) => leafNode("input", letter, shape));
  const dy = leafNode("input", "dy", shape);
  const y = applyScalar(name, ...xs);
  const weights = points.map((_, k) => [2, -0.5, 1.25][k % 3] as number);
  const leaves = new Map<Node, readonly number[]>([
    [dy, weights],
    ...xs.map((x, i) => [x, points.map((p) => p[i] ?? NaN)] as const),
  ]);
  const slopes = slopesOf(name, points);
  const isRight = (roots: Roots): boolean =>
    roots.every((root, i) => {
      const got =
        root === undefined
          ? points.map(() => 0)
          : (interpret([root], leaves).get(root) ?? []);
      return points.every((_, k) => {
        const slope = slopes[i]?.[k];
        return (
          slope === undefined ||
          agrees(got[k] ?? NaN, slope * (weights[k] ?? NaN))
        );
      });
    });
  return {
    name,
    given: [dy, y, ...xs],
    roots: scalars[name].vjp(dy, y, ...xs),
    isRight,
  };
}

function agrees(got: number, want: number): boolean {
  if (!Number.isFinite(want)) return Object.is(got, want);
  return Math.abs(got - want) <= 1e-8 * Math.max(1, Math.abs(want));
}

export const scalarSubjects = (): Subject[] =>
  (Object.keys(scalars) as ScalarName[])
    .filter((name) => scalars[name].probes.length > 0)
    .map(scalarSubject);
