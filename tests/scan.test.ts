/** A scan is the loop that it stands for: values, first and second derivatives, with and without a batch. */
import { describe, expect, it } from "vitest";
import { interpret, type Values } from "../compiler/interpret.js";
import { gradientNodes } from "../dsl/gradient.js";
import { isLeaf, sizeOf, topological, type Node } from "../dsl/graph.js";
import { scanNodes, type Step } from "../dsl/ops/scan.js";
import { contract } from "../dsl/primitives/contract.js";
import { broadcast } from "../dsl/primitives/expand.js";
import { leafNode } from "../dsl/primitives/leaf.js";
import {
  concatNode,
  reshapeNode,
  sliceNode,
} from "../dsl/primitives/movement.js";
import { reduceNode } from "../dsl/primitives/reduce.js";
import { add, applyScalar, constant, mul } from "../dsl/primitives/scalar.js";
import { drawn } from "./support/values.js";

const n = 3;
const steps = 4;

/** The same steps one after the other, as nodes. */
function written(
  xs: readonly Node[],
  init: readonly Node[],
  step: (state: readonly Node[], x: readonly Node[]) => Step,
): Step {
  let state = init;
  const outputs: Node[][] = [];
  for (let t = 0; t < steps; t++) {
    const entries = xs.map((x) =>
      reshapeNode(sliceNode(x, 0, t, 1), x.shape.slice(1)),
    );
    const next = step(state, entries);
    ({ state } = next);
    next.outputs.forEach((y, i) => {
      (outputs[i] ??= []).push(reshapeNode(y, [1, ...y.shape]));
    });
  }
  return { state, outputs: outputs.map((list) => concatNode(list, 0)) };
}

const tanh = (x: Node): Node => applyScalar("tanh", x);

/** Squares of what a recurrent network leaves: two carries, a weight that is used twice, and one that a step only sees part of. */
function network(batched: boolean, looped: boolean): readonly Node[] {
  const x = leafNode("input", "x", [steps, 2], { batched });
  const w = leafNode("param", "w", [3, 2]);
  const u = leafNode("param", "u", [3, 3], { offset: 6 });
  const b = leafNode("param", "b", [3], { offset: 15 });
  const start = leafNode("param", "start", [3], { offset: 18 });
  const step = ([h, c]: readonly Node[], [entry]: readonly Node[]): Step => {
    const sum = add(
      contract("oi", "i", "o", w, entry as Node),
      contract("oi", "i", "o", u, h as Node),
    );
    const next = tanh(add(sum, b));
    const cell = add(mul(c as Node, constant(0.5)), mul(next, next));
    const again = contract("oi", "i", "o", u, cell);
    return { state: [next, tanh(again)], outputs: [cell] };
  };
  const init = [
    broadcast(start, [3], batched),
    broadcast(constant(0.1), [3], batched),
  ];
  const { state, outputs } = looped
    ? scanNodes("scan", [x], init, ["h", "c"], step)
    : written([x], init, step);
  return [...state, ...outputs].map(norm);
}

const norm = (x: Node): Node => reduceNode("sum", applyScalar("square", x));

const sumOf = (terms: readonly Node[]): Node =>
  terms.reduce((s, y) => add(s, y));

function leavesOf(roots: readonly Node[]): Map<Node, Values> {
  const values = new Map<Node, Values>();
  for (const v of topological(roots))
    if (isLeaf(v))
      values.set(
        v,
        drawn(v.op.offset + 1, sizeOf(v.shape) * (v.batched ? n : 1)),
      );
  return values;
}

/**
 * The loss and its derivatives by every leaf, those of the norm of these, and so on to the third; then the derivatives of a
 * loss that has a derivative of each part of the network in it, which all read one loop. By name of the leaf.
 */
function derived(batched: boolean, looped: boolean): Map<string, Values> {
  const parts = network(batched, looped);
  const loss = sumOf(parts);
  const leaves = topological([loss]).filter(isLeaf);
  const derive = (y: Node): Node[] =>
    gradientNodes(y, leaves).map((d, i) => d ?? zeroLike(leaves[i] as Node));
  const first = derive(loss);
  const second = derive(sumOf(first.map(norm)));
  const third = derive(sumOf(second.map(norm)));
  const ofEach = derive(sumOf(parts.flatMap(derive).map(norm)));
  const named = (order: string, ds: readonly Node[]) =>
    ds.map((d, i) => [`${order} ${leaves[i]?.op.name ?? ""}`, d] as const);
  const entries = [
    ["loss", loss] as const,
    ...named("d", first),
    ...named("dd", second),
    ...named("ddd", third),
    ...named("d of each d", ofEach),
  ];
  const roots = entries.map(([, v]) => v);
  const values = interpret(roots, leavesOf(roots), n);
  return new Map(entries.map(([k, v]) => [k, values.get(v) as Values]));
}

const zeroLike = (v: Node): Node => broadcast(constant(0), v.shape, v.batched);

describe.each([true, false])("scan(), batched: %s", (batched) => {
  const looped = derived(batched, true);
  const straight = derived(batched, false);

  it("has the value of the steps written one after the other, to the bit", () => {
    expect(looped.get("loss")).toEqual(straight.get("loss"));
  });

  it.each([...straight.keys()])(
    "%s agrees with the steps written out",
    (key) => {
      const want = straight.get(key) ?? [];
      const got = looped.get(key) ?? [];
      expect(got.length).toBe(want.length);
      for (let i = 0; i < want.length; i++) {
        const [a, b] = [got[i] ?? NaN, want[i] ?? NaN];
        // Sums over steps go in another order than sums over uses.
        expect(Math.abs(a - b)).toBeLessThan(1e-13 * Math.max(1, Math.abs(b)));
      }
    },
  );
});
