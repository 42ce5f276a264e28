/** Lowered statements and their mutants, held against the interpreter bit for bit. */
import { interpret, type Values } from "../../compiler/interpret.js";
import type { Statement } from "../../compiler/kernels/ir.js";
import { lower } from "../../compiler/kernels/lower.js";
import { inMode } from "../../compiler/modes.js";
import { passes, runPasses } from "../../compiler/passes/index.js";
import { makeNode } from "../../dsl/context.js";
import { gradientNodes } from "../../dsl/gradient.js";
import {
  emptyProgram,
  rootsOf,
  sizeOf,
  topological,
  type Node,
  type Program,
} from "../../dsl/graph.js";
import { scalars } from "../../dsl/primitives/index.js";
import { leafNode } from "../../dsl/primitives/leaf.js";
import {
  applyScalar,
  batchSize,
  constantArray,
  iota,
  mul,
  randomNode,
} from "../../dsl/primitives/scalar.js";
import { reshapeNode } from "../../dsl/primitives/movement.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import { composed } from "../oracles/composed.js";
import { instances } from "../oracles/instances.js";
import { titleOf } from "./attributes.js";
import { contentsOf, isolated, n } from "./rules.js";
import { runStatements } from "./runStatements.js";
import { statementMutants } from "./statements.js";

/** The statements of one value, and whether something like them computes it. */
export interface Lowered {
  readonly name: string;
  readonly statements: readonly Statement[];
  readonly isRight: (statements: readonly Statement[]) => boolean;
}

/** A value to be lowered: an output, a gradient, or what a leaf is set to. */
interface Goal {
  readonly name: string;
  readonly program: Program;
}

const asOutput = (name: string, y: Node): Goal => ({
  name,
  program: { ...emptyProgram, outputs: new Map([["y", y]]) },
});

/** A cotangent with numbers of its own. */
const weightsOf = (y: Node): Node =>
  leafNode("input", "dy", y.shape, { batched: y.batched });

/** Every instance over leaves, over what is computed inside of an expression, and as part of one. */
function goals(): Goal[] {
  const structural = instances.flatMap((v): Goal[] => {
    const { y, xs } = isolated(v);
    const computed = xs.map((x) =>
      x.dtype === "i32" ? x : applyScalar("neg", x),
    );
    const over = makeNode(v.op, computed, v.shape, v.batched, v.dtype);
    const name = titleOf(v.op);
    if (v.dtype === "i32") return [];
    return [
      asOutput(name, y),
      asOutput(`${name} of an expression`, over),
      asOutput(`${name} in an expression`, applyScalar("neg", over)),
    ];
  });
  const scalar = (Object.keys(scalars) as ScalarName[])
    .filter((name) => scalars[name].probes.length > 0)
    .flatMap((name) =>
      [true, false].map((batched) => {
        const args = Array.from({ length: scalars[name].body.length }, (_, i) =>
          leafNode("input", `x${String(i)}`, [8], { batched }),
        );
        return asOutput(name, applyScalar(name, ...args));
      }),
    );
  const x = leafNode("input", "x", [2, 3], { batched: true });
  const table = constantArray([0.5, -1.5, 2, 0.25, -3, 0.125], [2, 3]);
  const w = leafNode("param", "w", [2, 3], { offset: 4 });
  const whole = leafNode("gradient", "g", [6], { offset: 1 });
  return [
    ...structural,
    ...scalar,
    ...composed.map(({ name, y, xs }) => ({
      name,
      program: {
        ...emptyProgram,
        outputs: new Map(
          [y, ...gradientNodes(y, xs, undefined, weightsOf(y))].flatMap(
            (v, i) => (v === undefined ? [] : [[String(i), v] as const]),
          ),
        ),
      },
    })),
    // A word that is off by one is another one for some seeds only.
    ...[0, 1, 2, 3].flatMap(() => [
      asOutput("random", applyScalar("neg", randomNode([2, 3], true))),
      asOutput("random of all", applyScalar("neg", randomNode([2, 3], false))),
    ]),
    asOutput("constant", mul(x, table)),
    asOutput(
      "constant reshaped",
      mul(x, reshapeNode(reshapeNode(table, [6]), [2, 3])),
    ),
    asOutput("iota", mul(x, reshapeNode(iota(6, 2), [2, 3]))),
    asOutput("iota along an axis", mul(x, iota(3, -1))),
    asOutput("batchSize", mul(x, batchSize())),
    {
      name: "gradient",
      program: { ...emptyProgram, gradients: new Map([[w, mul(w, table)]]) },
    },
    {
      name: "update",
      program: {
        ...emptyProgram,
        updates: new Map([[whole, applyScalar("square", whole)]]),
      },
    },
    {
      name: "outputs",
      program: {
        ...emptyProgram,
        outputs: new Map([
          ["a", applyScalar("square", w)],
          ["b", applyScalar("abs", w)],
        ]),
      },
    },
  ];
}

/** Vectors that statements of a program without a batch write to, as the interpreter's values say. */
function vectorsOf(
  program: Program,
  values: ReadonlyMap<Node, Values>,
): Map<string, number[]> {
  const vectors = new Map<string, number[]>();
  const write = (space: string, offset: number, v: Node): void => {
    const vector = vectors.get(space) ?? [];
    Array.from(values.get(v) ?? []).forEach((x, i) => (vector[offset + i] = x));
    vectors.set(space, vector);
  };
  let at = 0;
  for (const v of program.outputs.values()) {
    write("output", at, v);
    at += sizeOf(v.shape);
  }
  for (const [leaf, v] of [...program.gradients, ...program.updates])
    if (leaf.op.kind === "leaf")
      write(
        program.gradients.has(leaf) ? "gradient" : leaf.op.space,
        leaf.op.offset,
        v,
      );
  return vectors;
}

/** Numbers between -1 and 1; few, so that many are equal; and some that are infinite, large or zeros. */
const contents: readonly ((x: number, i: number) => number)[] = [
  (x) => x,
  (x) => Math.round(1.4 * x),
  (x, i) => (i % 4 === 1 ? x * Infinity : i % 4 === 2 ? 1e3 * x : x),
  () => -Infinity,
  () => Infinity,
  () => -0,
  () => 0,
  (x) => (x < 0 ? -0 : 0.5),
];

function loweredOf({ name, program }: Goal, k: number): Lowered | undefined {
  const ready = runPasses(inMode(program, "train"), passes);
  const roots = rootsOf(ready);
  const inputs = topological(roots).filter((v) => v.op.kind === "leaf");
  const tries = contents.map((change, time) => {
    const leaves = new Map<Node, Values>(
      inputs.map((v, i) => {
        const numbers = contentsOf(v, 5 * k + i + 1);
        // Of a seed and of steps there are whole numbers.
        if (v.op.kind === "leaf" && v.op.space === "number")
          return [v, numbers.map((x) => Math.floor(1e6 * Math.abs(x) + time))];
        return [v, v.dtype === "i32" ? numbers : numbers.map(change)] as const;
      }),
    );
    const want = interpret(roots, leaves, n);
    return { leaves, want, vectors: vectorsOf(ready, want) };
  });
  const statements = lower(ready, { math: "exact", slices: false });
  if (statements.length === 0) return undefined;
  const isRight = (some: readonly Statement[]): boolean =>
    tries.every(({ leaves, want, vectors }) =>
      [false, true].every((scattered) => {
        const got = runStatements(some, leaves, n, scattered);
        return (
          roots.every((v) => same(got.values.get(v), want.get(v))) &&
          [...vectors].every(([space, w]) => same(got.vectors.get(space), w))
        );
      }),
    );
  return { name, statements, isRight };
}

const same = (got: Values | undefined, want: Values | undefined): boolean =>
  got !== undefined &&
  want !== undefined &&
  got.length === want.length &&
  Array.from({ length: want.length }, (_, i) => i).every((i) =>
    Object.is(got[i], want[i]),
  );

export const loweredSubjects = (): Lowered[] =>
  goals().flatMap((goal, k) => loweredOf(goal, k) ?? []);

/** Mutants of a lowering, keyed so that the same change of the same case has one name at every instance. */
export const loweringMutants = ({
  name,
  statements,
}: Lowered): {
  readonly key: string;
  readonly change: string;
  readonly statements: readonly Statement[];
}[] =>
  statements.flatMap((s, i) =>
    statementMutants(s).map(({ change, mutated }) => ({
      key: `lowering ${name}: ${change}`,
      change,
      statements: statements.with(i, mutated),
    })),
  );
