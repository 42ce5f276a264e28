import {
  boundsOf,
  emptyProgram,
  sizeOf,
  type Loop,
  type Node,
  type Op,
} from "../../dsl/graph.js";
import { placed, within } from "../../dsl/context.js";
import { startOfSum } from "../../dsl/primitives/gather.js";
import { labelNode } from "../../dsl/primitives/leaf.js";
import { isSum } from "../../dsl/primitives/scan.js";
import { InternalError } from "../diagnostics.js";
import type { Expressions } from "./expression.js";
import {
  combine,
  innerStatements,
  linear,
  loadsOf,
  variableOf,
  zero,
  type Affine,
  type Axis,
  type Expr,
  type Statement,
  type Target,
} from "./ir.js";
import { loadOf, lowerWithin } from "./lower.js";
import type { Style } from "./slice.js";

type Result = Extract<Op, { kind: "result" }>;

/**
 * The loop of a scan. Its carries and what a step computes have memory for one example and one step; outputs are
 * written to the place of their step, sums are added to.
 *
 * @param order the program that the scan is in
 * @param chosen its values that lie in memory
 */
export function scanStatement(
  scan: Node,
  order: readonly Node[],
  chosen: ReadonlySet<Node>,
  outside: Expressions,
  style: Style,
): Statement {
  if (scan.op.kind !== "scan") throw new InternalError("not a scan");
  const { loop } = scan.op;
  const step: Axis = { name: "t", extent: loop.length };
  const row: Axis | undefined = scan.batched
    ? { name: "row", extent: "batch" }
    : undefined;
  const exampleOf = (v: Node): Axis | undefined =>
    v.batched ? row : undefined;
  const used = usedResults(scan, order, chosen);
  const of = (what: Result["of"]): Used[] =>
    used.filter((u) => u.op.of === what);

  const next = loop.next.map(ownValue);
  const kept = of("output").map(({ op, value }) => {
    const root = ownValue(loop.outputs[op.index] as Node);
    const index = combine([[variableOf(step), sizeOf(root.shape)]]);
    return { root, value, index, adds: false, merged: false };
  });
  const sums = of("sum").map(({ op, value }) => {
    const { node, merged } = loop.sums[op.index] as Loop["sums"][number];
    return { root: termOf(node), value, index: zero, adds: true, merged };
  });
  const targets = new Map<Node, Target[]>();
  for (const { root, ...aim } of [...kept, ...sums]) {
    const target: Target = {
      space: "memory",
      ...aim,
      example: exampleOf(aim.value),
    };
    targets.set(root, [...(targets.get(root) ?? []), target]);
  }
  const roots = [
    ...next,
    ...kept.map((k) => k.root),
    ...sums.map((s) => s.root),
  ];
  const program = {
    ...emptyProgram,
    outputs: new Map(roots.map((v, i) => [String(i), v])),
  };
  const bounds = boundsOf(loop);
  const body = lowerWithin(program, targets, style, {
    row,
    carries: loop.carries,
    load: (bound, index) => {
      const from = scan.args[bounds.indexOf(bound)] as Node;
      if (!loop.entries.includes(bound)) return outside.read(from, index, row);
      const entry = [variableOf(step), sizeOf(bound.shape)] as const;
      return outside.read(from, combine([entry, [index, 1]]), row);
    },
  });
  const context = { example: row, depth: 0 };
  const local =
    (v: Node) =>
    (index: readonly Affine[]): Expr =>
      loadOf(v, linear(index, v.shape), undefined);
  const parts = {
    start: loop.carries.map((carry, i) =>
      copy(carry, (index) =>
        outside.build(scan.args[i] as Node, index, context),
      ),
    ),
    body,
    end: loop.carries.map((carry, i) => copy(carry, local(next[i] as Node))),
    last: of("carry").map(({ op, value }) => ({
      ...copy(value, local(loop.carries[op.index] as Node)),
      example: exampleOf(value),
    })),
  };
  const made = used.map((u) => u.value);
  const own = new Set([...loop.carries, ...body.map((s) => s.value), ...made]);
  const statement = (loads: Expr[]): Statement => ({
    value: scan,
    axes: [],
    expr: {
      kind: "scan",
      loop: {
        step,
        reverse: loop.reverse,
        row,
        ...parts,
        carries: loop.carries,
        sums: sums.map(({ value, root }) => {
          const from = startOfSum(root);
          return { value, ...(from !== undefined && { from }) };
        }),
        makes: made,
        loads: loads.flatMap((e) => loadsOf(e)),
      },
    },
    at: zero,
    targets: [],
  });
  const inside = innerStatements(statement([])).flatMap((s) => loadsOf(s.expr));
  return statement(inside.filter((l) => !own.has(l.value)));
}

interface Used {
  readonly op: Result;
  /** The result, or the name that stands for it. */
  readonly value: Node;
}

/** The results of a scan that a program uses, each as the value that the loop writes. */
function usedResults(
  scan: Node,
  order: readonly Node[],
  chosen: ReadonlySet<Node>,
): Used[] {
  const names = new Map<Node, Node>();
  for (const v of order)
    if (v.op.kind === "label") names.set(v.args[0] as Node, v);
  return order.flatMap((v) =>
    v.op.kind === "result" && v.args[0] === scan
      ? [{ op: v.op, value: chosen.has(v) ? v : (names.get(v) ?? v) }]
      : [],
  );
}

/** A statement that copies a value of one example entry by entry. */
function copy(
  value: Node,
  read: (index: readonly Affine[]) => Expr,
): Statement {
  const letters = ["i", "j", "l", "m"];
  const axes = value.shape.map((extent, i): Axis => ({
    name: letters[i] ?? `i${String(i)}`,
    extent,
  }));
  const index = axes.map(variableOf);
  const at = linear(index, value.shape);
  return { value, axes, expr: read(index), at, targets: [] };
}

/** The value, under a name of its own where no statement would make it. */
const ownValue = (v: Node): Node => (v.args.length > 0 ? v : another(v));

/** What a step adds to a sum: the terms of a sum of its own, which is made nowhere else, or a value that it has. */
const termOf = (v: Node): Node => (isSum(v) ? placed(v, v.place) : another(v));

/** The value once more, to be written somewhere else too. */
function another(v: Node): Node {
  const { op } = v;
  const name = op.kind === "bound" || op.kind === "label" ? op.name : "term";
  return within(v.place, () => labelNode(v, name));
}
