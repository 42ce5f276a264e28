/**
 * Walks the table of structural primitives. Every node of every golden case and of random graphs is one instance, with
 * its own axes, shapes and batch: a new primitive is tested by being used there.
 */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { interpret, type Values } from "../compiler/interpret.js";
import { decompose } from "../compiler/passes/decompose.js";
import { makeNode } from "../dsl/context.js";
import { gradientNodes } from "../dsl/gradient.js";
import {
  emptyProgram,
  rootsOf,
  sizeOf,
  topological,
  type Node,
} from "../dsl/graph.js";
import { rules, signatureOf, textOf, vjpOf } from "../dsl/primitives/index.js";
import { leafNode } from "../dsl/primitives/leaf.js";
import { reduceNode } from "../dsl/primitives/reduce.js";
import { mul } from "../dsl/primitives/scalar.js";
import { asNode } from "../dsl/tensor.js";
import { instances as extra } from "./oracles/instances.js";
import { buildModel, sharedExamples } from "./replay/buildModel.js";
import { CrossesExamples } from "./replay/batchAxis.js";
import {
  caseFiles,
  readCase,
  Unsupported,
  type GoldenCase,
} from "./replay/caseFile.js";
import { drawn } from "./support/values.js";

const folder = fileURLToPath(new URL("golden/", import.meta.url));
/** Examples of a batched value. */
const n = 3;
/** Larger instances differ from smaller ones in nothing but time. */
const mostEntries = 300;

/** Forward and backward nodes of a case, whole and batched, before and after softmax is taken apart. */
function nodesOf(c: GoldenCase): Node[] {
  return [undefined, sharedExamples(c)].flatMap((batch, i) => {
    if (i > 0 && batch === undefined) return [];
    try {
      const { model } = buildModel(c, undefined, batch, "kept");
      const outputs = Object.values(model.outputs).map(asNode);
      const loss = asNode(model.loss);
      const leaves = topological([loss]).filter(
        (v) => v.op.kind === "leaf" && v.dtype === "f64",
      );
      const gradients = gradientNodes(loss, leaves).flatMap((d) => d ?? []);
      const roots = [...outputs, loss, ...gradients];
      const program = {
        ...emptyProgram,
        outputs: new Map(roots.map((v, k) => [String(k), v])),
      };
      return topological([...roots, ...rootsOf(decompose.run(program))]);
    } catch (error) {
      if (error instanceof Unsupported || error instanceof CrossesExamples)
        return [];
      throw error;
    }
  });
}

const kinds = new Map<string, Map<string, Node>>();

function take(v: Node): void {
  if (v.op.kind === "scalar" || v.args.length === 0) return;
  if (Math.max(...[v, ...v.args].map((a) => sizeOf(a.shape))) > mostEntries)
    return;
  const { op } = v;
  const what = op.kind === "label" ? op.kind : textOf(op);
  const key = [what, v, ...v.args]
    .map((x) =>
      typeof x === "string" ? x : `${x.shape.join()}${String(x.batched)}`,
    )
    .join(" ");
  const known = kinds.get(op.kind) ?? new Map<string, Node>();
  kinds.set(op.kind, known);
  if (!known.has(key)) known.set(key, v);
}

for (const c of caseFiles(folder).map(readCase)) {
  if (c.dataset !== undefined) continue;
  for (const v of nodesOf(c))
    if (v.args.every((a) => a.dtype === "f64")) take(v);
}
for (const v of extra) take(v);
const instances = [...kinds].map(
  ([kind, byKey]) => [kind, [...byKey.values()]] as const,
);

const lengthOf = (v: Node): number => sizeOf(v.shape) * (v.batched ? n : 1);
const dot = (a: Values, b: Values): number =>
  Array.from(a).reduce((s, x, i) => s + x * (b[i] ?? NaN), 0);

/** Numbers between -1 and 1; for indices, places below the number of classes. */
function contentsOf(x: Node, seed: number): Values {
  const numbers = drawn(seed, lengthOf(x));
  const classes = x.op.kind === "leaf" ? (x.op.classes ?? 1) : 1;
  return x.dtype === "i32"
    ? numbers.map((u) => Math.floor(((u + 1) / 2) * classes))
    : numbers;
}

/** The same node over leaves of its own. */
function isolated(v: Node): { readonly y: Node; readonly xs: readonly Node[] } {
  const xs = v.args.map((a, i) =>
    a.dtype === "i32"
      ? a
      : leafNode("input", `x${String(i)}`, a.shape, { batched: a.batched }),
  );
  return { xs, y: makeNode(v.op, xs, v.shape, v.batched, v.dtype) };
}

function valueOf(y: Node, leaves: ReadonlyMap<Node, Values>): Values {
  return interpret([y], leaves, n).get(y) ?? [];
}

describe("a structural primitive", { timeout: 60_000 }, () => {
  it("is used by the cases, and so tested", () => {
    const sources = [
      ...["leaf", "constant", "iota", "batchSize", "exampleIndex", "random"],
      // Rows of a table of their own; those whose derivative is a matter of several nodes are in oracles/composed.ts.
      ...["scalar", "custom", "bound", "scan", "result"],
    ];
    const untested = Object.keys(rules).filter(
      (kind) => !sources.includes(kind) && !kinds.has(kind),
    );
    expect(untested).toEqual([]);
  });

  it.each(instances)("%s: its shape follows from its arguments", (_, list) => {
    for (const v of list)
      expect(signatureOf(v)).toEqual({ shape: v.shape, batched: v.batched });
  });

  it.each(instances)(
    "%s: the rule is the adjoint of the function",
    (_, list) => {
      list.forEach((v, k) => {
        const { y, xs } = isolated(v);
        const at = new Map<Node, Values>(
          xs.map((x, i) => [x, contentsOf(x, 3 * k + i + 1)]),
        );
        const dy = leafNode("input", "dy", y.shape, { batched: y.batched });
        const weights = drawn(k + 500, lengthOf(dy));
        const known = new Map([...at, [dy, weights]]);
        vjpOf(y, dy).forEach((cotangent, i) => {
          const x = xs[i];
          if (x === undefined || x.dtype === "i32") return;
          const direction = drawn(k + i + 900, lengthOf(x));
          const moved = (t: number): Values =>
            valueOf(
              y,
              new Map(at).set(
                x,
                direction.map((u, j) => (at.get(x)?.[j] ?? NaN) + t * u),
              ),
            );
          const [above, below] = [moved(1e-4), moved(-1e-4)];
          const along = Array.from(
            above,
            (a, j) => (a - (below[j] ?? NaN)) / 2e-4,
          );
          const forward = dot(weights, along);
          const backward =
            cotangent === undefined
              ? 0
              : dot(valueOf(cotangent, known), direction);
          const what = `${textOf(v.op)} of ${xs.map((a) => a.shape.join("x")).join(", ")}`;
          expect(
            Math.abs(forward - backward) / Math.max(1, Math.abs(forward)),
            what,
          ).toBeLessThan(1e-7);
        });
      });
    },
  );

  it.each(instances.filter(([kind]) => !held.has(kind)))(
    "%s: the derivative of the rule is right where the function is smooth",
    (_, list) => {
      for (const [k, v] of list.entries()) if (isSmooth(v)) second(v, k);
    },
  );
});

/** What is not differentiated twice: values of modes, and what training keeps. */
const held = new Set(["mode", "remember", "label", "again"]);

const isSmooth = ({ op }: Node): boolean =>
  op.kind !== "reduce" || op.by === "sum" || op.by === "prod";

/** The slope of sum u_i vjp_i(x, dy) along a direction of all x and dy, by the rules and by differences. */
function second(v: Node, k: number): void {
  const { y, xs } = isolated(v);
  const dy = leafNode("input", "dy", y.shape, { batched: y.batched });
  const parts = vjpOf(y, dy).flatMap((d, i) => {
    const x = xs[i];
    if (d === undefined || x?.dtype !== "f64") return [];
    const u = leafNode("input", `u${String(i)}`, d.shape, {
      batched: d.batched,
    });
    return [{ u, term: reduceNode("sum", mul(d, u)) }];
  });
  const moving = [...xs.filter((x) => x.dtype === "f64"), dy];
  const directions = moving.map((x, i) => drawn(k + i + 40, lengthOf(x)));
  const at = new Map<Node, Values>([
    ...xs.map((x, i) => [x, contentsOf(x, 5 * k + i + 1)] as const),
    [dy, drawn(k + 77, lengthOf(dy))],
    ...parts.map(({ u }, i) => [u, drawn(k + i + 90, lengthOf(u))] as const),
  ]);
  const total = (t: number): number => {
    const there = new Map(at);
    moving.forEach((x, i) =>
      there.set(
        x,
        Array.from(
          at.get(x) ?? [],
          (a, j) => a + t * (directions[i]?.[j] ?? NaN),
        ),
      ),
    );
    return parts
      .flatMap(({ term }) => Array.from(valueOf(term, there)))
      .reduce((a, b) => a + b, 0);
  };
  const expected = (total(1e-4) - total(-1e-4)) / 2e-4;
  const slope = parts
    .flatMap(({ term }) =>
      gradientNodes(term, moving).map((d, i) =>
        d === undefined ? 0 : dot(valueOf(d, at), directions[i] ?? []),
      ),
    )
    .reduce((a, b) => a + b, 0);
  const what = `${textOf(v.op)} of ${xs.map((a) => a.shape.join("x")).join(", ")}`;
  expect(
    Math.abs(slope - expected) / Math.max(1, Math.abs(expected)),
    what,
  ).toBeLessThan(1e-6);
}
