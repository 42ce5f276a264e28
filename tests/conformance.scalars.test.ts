/** Walks the table of scalar primitives: a new row is tested by being there. */
import { describe, expect, it } from "vitest";
import type { Handle } from "../compiler/check/emitted.js";
import { compileModel } from "../compiler/compile.js";
import { interpret } from "../compiler/interpret.js";
import { gradientNodes } from "../dsl/gradient.js";
import type { Node } from "../dsl/graph.js";
import { input, model, sgd, sum, type Tensor } from "../dsl/index.js";
import { compileScalar } from "../dsl/math/evaluate.js";
import { variable } from "../dsl/math/scalar.js";
import { scalars } from "../dsl/primitives/index.js";
import { leafNode } from "../dsl/primitives/leaf.js";
import { reduceNode } from "../dsl/primitives/reduce.js";
import { applyScalar, mul } from "../dsl/primitives/scalar.js";
import type { ScalarName } from "../dsl/primitives/scalarName.js";
import { asNode, asTensor } from "../dsl/tensor.js";
import { slopeAt } from "./oracles/differences.js";
import { dual, evaluateDual, isArithmetic } from "./oracles/dual.js";
import { tiersOf } from "./support/tiers.js";
import { drawn } from "./support/values.js";

const names = Object.keys(scalars) as ScalarName[];
const tested = names.filter((name) => scalars[name].probes.length > 0);

const letters = ["a", "b", "c"];
const argumentsOf = (name: ScalarName): string[] =>
  letters.slice(0, scalars[name].body.length);
const bodyOf = (
  name: ScalarName,
): ReturnType<(typeof scalars)[ScalarName]["body"]> =>
  scalars[name].body(...argumentsOf(name).map(variable));

/** Every probe, and points between -3 and 3. */
function pointsOf(name: ScalarName): number[][] {
  const count = argumentsOf(name).length;
  const between = drawn(7, 40 * count).map((x) => 3 * x);
  return [
    ...scalars[name].probes.map((p) => [...p]),
    ...Array.from({ length: 40 }, (_, i) =>
      between.slice(i * count, (i + 1) * count),
    ),
  ];
}

describe("a scalar primitive", () => {
  it("has probes, unless nothing else computes it", () => {
    expect(names.filter((name) => !tested.includes(name))).toEqual(["uniform"]);
  });

  // References are plain formulas and the host's functions: ulps are counted in math.accuracy.test.ts.
  it.each(tested)("%s: the body is the reference at every probe", (name) => {
    const run = compileScalar(argumentsOf(name), bodyOf(name));
    for (const p of scalars[name].probes) {
      const [got, want] = [run(...p), scalars[name].value(...p)];
      const exact = isArithmetic(bodyOf(name));
      if (Object.is(got, want) || (got === want && !exact)) continue;
      const error = Math.abs(got - want) / Math.abs(want);
      const allowed = exact ? 0 : 1e-13;
      expect(error, `${name}(${p.join(", ")})`).toBeLessThanOrEqual(allowed);
    }
  });
});

/** dy/dx_i at many points, by the derivative rule. */
function derived(
  name: ScalarName,
  points: readonly (readonly number[])[],
): (readonly number[] | undefined)[] {
  const count = points.length;
  const xs = argumentsOf(name).map((id) => leafNode("input", id, [count]));
  const dy = leafNode("input", "dy", [count]);
  const y = applyScalar(name, ...xs);
  const leaves = new Map<Node, readonly number[]>([
    [dy, points.map(() => 2)],
    ...xs.map((x, i) => [x, points.map((p) => p[i] ?? NaN)] as const),
  ]);
  return scalars[name].vjp(dy, y, ...xs).map((cotangent) => {
    if (cotangent === undefined) return undefined;
    const values = interpret([cotangent], leaves).get(cotangent);
    return Array.from(values ?? [], (v) => v / 2);
  });
}

/** Beyond this a step of a difference is longer than the period of a function may be. */
const farthest = 1e3;

describe("the derivative of a scalar primitive", () => {
  it.each(tested)("%s agrees with differences and dual numbers", (name) => {
    const body = bodyOf(name);
    // What lets no cotangent pass although it is the identity does so by its meaning.
    if (body.kind === "variable") return;
    const ids = argumentsOf(name);
    const points = pointsOf(name);
    derived(name, points).forEach((slopes, i) => {
      let compared = 0;
      points.forEach((p, k) => {
        const along = (x: number): number =>
          scalars[name].value(...p.map((v, j) => (j === i ? x : v)));
        const x = p[i] ?? NaN;
        const want = Math.abs(x) < farthest ? slopeAt(along, x) : undefined;
        if (want === undefined) return;
        compared += 1;
        const got = slopes?.[k] ?? 0;
        const what = `d${name}/d${ids[i] ?? ""} at ${p.join(", ")}`;
        const size = Math.max(1, Math.abs(want.value));
        expect(Math.abs(got - want.value) / size, what).toBeLessThan(1e-8);
        if (!isArithmetic(body)) return;
        const known = new Map(
          ids.map((id, j) => [id, dual(p[j] ?? NaN, j === i ? 1 : 0)] as const),
        );
        const { d } = evaluateDual(body, known);
        expect(Math.abs(got - d) / size, what).toBeLessThan(1e-15);
      });
      expect(compared, `points of ${name}`).toBeGreaterThan(15);
    });
  });

  it.each(tested)(
    "%s has a derivative that agrees with differences",
    (name) => {
      const ids = argumentsOf(name);
      // Second derivatives have kinks at 0, and PyTorch's of 0^0 is not a number either.
      const points = pointsOf(name).filter((p) =>
        p.every((x) => Math.abs(x) <= 3 && x !== 0),
      );
      const second = ids.map((_, i) => secondOf(name, i, points));
      const first = (p: readonly number[], i: number): number =>
        derived(name, [p])[i]?.[0] ?? 0;
      ids.forEach((id, i) => {
        points.forEach((p, k) => {
          const along = (x: number): number =>
            first(
              p.map((v, j) => (j === i ? x : v)),
              i,
            );
          const want = slopeAt(along, p[i] ?? NaN);
          if (want === undefined) return;
          const error = Math.abs((second[i]?.[k] ?? 0) - want.value);
          expect(
            error / Math.max(1, Math.abs(want.value)),
            `d2${name}/d${id}2 at ${p.join(", ")}`,
          ).toBeLessThan(1e-7);
        });
      });
    },
  );
});

/** d2y/dx_i2 at many points, by the rules applied twice. */
function secondOf(
  name: ScalarName,
  i: number,
  points: readonly (readonly number[])[],
): readonly number[] {
  const xs = argumentsOf(name).map((id) =>
    leafNode("input", id, [points.length]),
  );
  const x = xs[i];
  if (x === undefined) return [];
  const leaves = new Map(
    xs.map((v, j) => [v, points.map((p) => p[j] ?? NaN)] as const),
  );
  const total = (y: Node): Node => reduceNode("sum", y);
  const [first] = gradientNodes(total(applyScalar(name, ...xs)), [x]);
  const [second] = first === undefined ? [] : gradientNodes(total(first), [x]);
  return second === undefined
    ? points.map(() => 0)
    : Array.from(interpret([second], leaves).get(second) ?? []);
}

/** A model of one primitive: its value and its derivatives by all arguments are outputs. */
function modelOf(
  name: ScalarName,
  size: number,
  batched: boolean,
): ReturnType<typeof model> {
  const options = { batched };
  const xs = argumentsOf(name).map((id) =>
    input(id, batched ? [] : [size], options),
  );
  const dy = input("dy", batched ? [] : [size], options);
  const y = applyScalar(name, ...xs.map(asNode));
  const cotangents = scalars[name].vjp(asNode(dy), y, ...xs.map(asNode));
  const present = cotangents.flatMap((c, i) =>
    c === undefined
      ? []
      : [[`d${letters[i] ?? ""}`, asTensor<Tensor>(c)] as const],
  );
  const weighted = asTensor<Tensor>(mul(y, asNode(dy)));
  return model({
    inputs: Object.fromEntries([
      ...xs.map((x, i) => [letters[i] ?? "", x] as const),
      ["dy", dy],
    ]),
    outputs: { y: asTensor<Tensor>(y), ...Object.fromEntries(present) },
    loss: sum(weighted),
    optimizer: sgd(0.1),
  });
}

describe("the emitted code of a scalar primitive", { timeout: 60_000 }, () => {
  it.each(tested)(
    "%s has the interpreter's bits at every point",
    async (name) => {
      const points = pointsOf(name);
      for (const batched of [false, true])
        for (const unroll of ["full", "never"] as const) {
          const { plan, script } = await compileModel(
            modelOf(name, points.length, batched),
            {
              sourceName: `${name}.ts`,
              command: "test",
              unroll,
              math: "exact",
              target: "wasm",
              verify: false,
            },
          );
          const n = batched ? points.length : 1;
          for (const [tier, { create }] of await tiersOf(script)) {
            const net: Handle = create({ maxBatch: n });
            argumentsOf(name).forEach((id, i) => {
              net.inputs[id]?.set(points.map((p) => p[i] ?? NaN));
            });
            net.inputs["dy"]?.set(points.map((_, i) => 1 - (i % 3)));
            net.forward(n);
            const leaves = new Map(
              plan.model.inputs.map((x) => [x, net.inputs[x.op.name] ?? []]),
            );
            for (const [key, v] of plan.programs.forward.outputs)
              expect(
                Array.from(net.outputs[key] ?? []),
                `${key}, ${unroll}, ${tier}`,
              ).toEqual(Array.from(interpret([v], leaves, n).get(v) ?? []));
          }
        }
    },
  );
});
