import {
  isFrozen,
  isLeaf,
  sizeOf,
  type Node,
  type Program,
  orderOf,
} from "../../dsl/graph.js";
import { arrange } from "./arrange.js";
import { chooseStatements } from "./choose.js";
import { Expressions } from "./expression.js";
import {
  combine,
  linear,
  variableOf,
  type Affine,
  type Axis,
  type Expr,
  type Load,
  type Statement,
  type Target,
} from "./ir.js";
import { scanStatement } from "./step.js";
import type { Style } from "./slice.js";

const spaceLetters = ["i", "j", "l", "m", "o", "q", "r", "s"];

/** The one lowering: a statement for every chosen value, in the order of the derivation. */
export const lower = (program: Program, style: Style): Statement[] =>
  lowerWithin(program, targetsOf(program), style, undefined);

/** What a step of a scan is given by the loop around it. */
export interface Surroundings {
  /** The example that the loop is at. */
  readonly row: Axis | undefined;
  /** Placeholders that lie in memory of their own. */
  readonly carries: readonly Node[];
  /** Reads any other placeholder where it comes from. */
  readonly load: (bound: Node, index: Affine) => Load;
}

/** Statements of a program, or of a step of a scan. */
export function lowerWithin(
  program: Program,
  targets: ReadonlyMap<Node, readonly Target[]>,
  style: Style,
  around: Surroundings | undefined,
): Statement[] {
  const order = orderOf(program);
  const chosen = chooseStatements(program, order, style, around?.carries);
  const axes = new Map<string, Axis>();
  const space = (i: number, extent: Axis["extent"]): Axis => {
    const key = `${String(i)}:${String(extent)}`;
    const axis = axes.get(key) ?? {
      name: extent === "batch" ? "row" : (spaceLetters[i] ?? `i${String(i)}`),
      extent,
    };
    axes.set(key, axis);
    return axis;
  };
  const isGiven = (v: Node): boolean =>
    v.op.kind === "bound" &&
    !chosen.has(v) &&
    around?.carries.includes(v) !== true;
  const expressions = new Expressions({
    isMemory: (v) =>
      isLeaf(v) || isFrozen(v) || v.op.kind === "bound" || chosen.has(v),
    load: (v, index, example) =>
      isGiven(v) && around !== undefined
        ? around.load(v, index)
        : loadOf(v, index, around === undefined ? example : undefined),
    math: style.math,
    inStep: around !== undefined,
  });
  const statements = order
    .filter((v) => chosen.has(v))
    .flatMap((value) => statementsOf(value));
  return arrange(statements, order);

  function statementsOf(value: Node): Statement[] {
    const [x] = value.args;
    const bare = value.op.kind === "label" && x !== undefined && !chosen.has(x);
    const source = bare ? x : value;
    // A scan makes its results, or what stands for them.
    if (source.op.kind === "result") return [];
    if (source.op.kind === "scan")
      return [scanStatement(source, order, chosen, expressions, style)];
    const own = value.batched ? space(-1, "batch") : undefined;
    const example = around === undefined ? own : around.row;
    const lead = example === undefined || around !== undefined ? [] : [example];
    const aims = targets.get(value) ?? [];
    const context = { example, depth: 0 };
    const make = (
      part: Node,
      expr: (index: readonly Affine[]) => Expr,
      at: (index: readonly Affine[]) => readonly Affine[],
    ): Statement => {
      const dims = part.shape.map((d, i) => space(i, d));
      const index = dims.map(variableOf);
      return {
        value,
        axes: [...lead, ...dims],
        expr: expr(index),
        at: linear(at(index), value.shape),
        targets: aims,
      };
    };
    if (source.op.kind !== "concat")
      return [
        make(
          value,
          // A placeholder with memory of its own is copied there.
          (index) =>
            value.op.kind === "bound" && around !== undefined
              ? around.load(value, linear(index, value.shape))
              : expressions.compute(value, index, context),
          (index) => index,
        ),
      ];
    const { axis } = source.op;
    let start = 0;
    return source.args.map((part) => {
      const from = start;
      start += part.shape[axis] as number;
      return make(
        part,
        (index) => expressions.build(part, index, context),
        (index) =>
          index.map((a, i) => (i === axis ? combine([[a, 1]], from) : a)),
      );
    });
  }
}

/** Reads a value where a statement left it. */
export const loadOf = (
  value: Node,
  index: Affine,
  example: Axis | undefined,
): Load => ({
  kind: "load",
  value,
  ...(value.batched && example !== undefined && { example }),
  index,
});

/** Where the results of a program go. */
function targetsOf(program: Program): Map<Node, Target[]> {
  const targets = new Map<Node, Target[]>();
  const aim = (v: Node, t: Target): void => {
    const list = targets.get(v);
    if (list === undefined) targets.set(v, [t]);
    else list.push(t);
  };
  let at = 0;
  for (const [name, v] of program.outputs) {
    aim(v, { space: "output", name, offset: at });
    at += sizeOf(v.shape);
  }
  if (program.loss !== undefined) aim(program.loss, { space: "loss" });
  const leaf = (
    to: Node,
    v: Node,
    space: "param" | "gradient" | "state",
  ): void => {
    if (isLeaf(to)) aim(v, { space, offset: to.op.offset, leaf: to });
  };
  for (const [p, d] of program.gradients) leaf(p, d, "gradient");
  for (const [to, v] of program.updates)
    if (isLeaf(to) && to.op.space !== "input" && to.op.space !== "number")
      leaf(to, v, to.op.space);
  return targets;
}
