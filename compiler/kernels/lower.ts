import {
  isLeaf,
  rootsOf,
  sizeOf,
  topological,
  type Node,
  type Program,
} from "../../dsl/graph.js";
import { extents, lettersOf } from "../../dsl/primitives/contract.js";
import { InternalError } from "../diagnostics.js";
import { constantOf } from "../passes/rebuild.js";
import { printNode } from "../graphText.js";
import { arrange } from "./arrange.js";
import { guarded, windowTests } from "./guard.js";
import { chooseStatements, type Style } from "./choose.js";
import {
  combine,
  linear,
  variableOf,
  zero,
  type Affine,
  type Axis,
  type Expr,
  type Load,
  type Statement,
  type Target,
} from "./ir.js";

/** Stands for the axis that an index chooses along. */
const chosenAxis: Axis = { name: "chosen", extent: 1 };

const spaceLetters = ["i", "j", "l", "m", "o", "q", "r", "s"];
const sumLetters = ["k", "t", "u", "v"];

/** The one lowering: a statement for every chosen value, in the order of the derivation. */
export function lower(program: Program, style: Style): Statement[] {
  const order = topological(rootsOf(program));
  const chosen = chooseStatements(program, order, style);
  const targets = targetsOf(program);
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
  const statements = order
    .filter((v) => chosen.has(v))
    .flatMap((value) => statementsOf(value));
  return arrange(statements, order);

  function statementsOf(value: Node): Statement[] {
    const example = value.batched ? space(-1, "batch") : undefined;
    const lead = example === undefined ? [] : [example];
    const concat =
      value.op.kind === "label" && !chosen.has(value.args[0] as Node)
        ? (value.args[0] as Node)
        : value;
    const aims = targets.get(value) ?? [];
    if (concat.op.kind !== "concat") {
      const own = value.shape.map((d, i) => space(i, d));
      const index = own.map(variableOf);
      return [
        {
          value,
          axes: [...lead, ...own],
          expr: build(value, index, example, true, 0),
          at: linear(index, value.shape),
          targets: aims,
        },
      ];
    }
    const { axis } = concat.op;
    let start = 0;
    return concat.args.map((part) => {
      const own = part.shape.map((d, i) => space(i, d));
      const index = own.map(variableOf);
      const shifted = index.map((a, i) =>
        i === axis ? combine([[a, 1]], start) : a,
      );
      start += part.shape[axis] as number;
      return {
        value,
        axes: [...lead, ...own],
        expr: build(part, index, example, false, 0),
        at: linear(shifted, value.shape),
        targets: aims,
      };
    });
  }

  function build(
    v: Node,
    index: readonly Affine[],
    example: Axis | undefined,
    top: boolean,
    depth: number,
  ): Expr {
    const { op, args } = v;
    if (isLeaf(v) || (chosen.has(v) && !top))
      return loadOf(v, linear(index, v.shape), example);
    const number = constantOf(v);
    if (number !== undefined) return { kind: "number", value: number };
    if (op.kind === "constant")
      return {
        kind: "table",
        value: v,
        data: op.data,
        index: linear(index, v.shape),
      };
    const x = args[0] as Node;
    const inner = (
      a: Node,
      at: readonly Affine[],
      e = example,
      deeper = 0,
    ): Expr => build(a, at, e, false, depth + deeper);
    const sumAxis = (i: number, extent: Axis["extent"]): Axis => ({
      name:
        extent === "batch"
          ? "row"
          : `${sumLetters[depth] ?? "k"}${i === 0 ? "" : String(i)}`,
      extent,
    });
    switch (op.kind) {
      case "batchSize":
        return { kind: "batchSize" };
      case "exampleIndex":
        return {
          kind: "index",
          index: example === undefined ? zero : variableOf(example),
        };
      case "iota":
        return {
          kind: "index",
          index: combine([[index[0] as Affine, 1]], op.start),
        };
      case "scalar":
        return {
          kind: "apply",
          op: op.name,
          args: args.map((a) => inner(a, index)),
        };
      case "label":
      case "mode":
      case "remember":
      case "custom":
      case "again":
        return inner(x, index);
      case "expand":
        return inner(
          x,
          op.axes.map((i) => index[i] as Affine),
        );
      case "permute":
        return inner(
          x,
          x.shape.map((_, i) => index[op.order.indexOf(i)] as Affine),
        );
      case "slice":
        return walk(
          x,
          op.axis,
          combine([[index[op.axis] as Affine, op.step]], op.start),
          index,
          op.fill,
        );
      case "window": {
        const [at, tap] = index.slice(op.axis, op.axis + 2) as [Affine, Affine];
        const steps = [
          [at, op.stride],
          [tap, op.dilation],
        ] as const;
        return walk(
          x,
          op.axis,
          combine(steps, op.start),
          index.filter((_, i) => i !== op.axis + 1),
          op.fill,
        );
      }
      case "gather": {
        const ids = args[1] as Node;
        const letter = (c: string): Affine => index[op.out.indexOf(c)] ?? zero;
        const strides = linear(
          lettersOf(op.source).map((c) =>
            c === op.along ? variableOf(chosenAxis) : letter(c),
          ),
          x.shape,
        );
        const stride = strides.terms.get(chosenAxis) ?? 0;
        const own = combine([[strides, 1]], 0);
        const rest = new Map([...own.terms].filter(([a]) => a !== chosenAxis));
        const load = loadOf(x, { ...own, terms: rest }, example);
        const by = inner(ids, lettersOf(op.index).map(letter));
        return by.kind === "number"
          ? { ...load, index: combine([[load.index, 1]], by.value * stride) }
          : { ...load, picked: { by, stride } };
      }
      case "scatter": {
        const ids = args[1] as Node;
        const along = index[op.out.indexOf(op.along)] as Affine;
        const batch = op.batch ? [sumAxis(0, "batch")] : [];
        const letters = lettersOf(op.from).filter((c) => !op.out.includes(c));
        const over = letters.map((c, k) =>
          sumAxis(k, x.shape[op.from.indexOf(c)] as number),
        );
        const letter = (c: string): Affine => {
          const k = letters.indexOf(c);
          return k < 0
            ? (index[op.out.indexOf(c)] as Affine)
            : variableOf(over[k] as Axis);
        };
        const e = batch[0] ?? example;
        const by = inner(ids, lettersOf(op.index).map(letter), e, 1);
        const term = inner(x, lettersOf(op.from).map(letter), e, 1);
        const [axis] = along.terms.keys();
        const here: Expr = { kind: "index", index: along };
        return {
          kind: "reduce",
          by: "sum",
          over: [...batch, ...over],
          body: {
            kind: "apply",
            op: "where",
            args: [
              { kind: "apply", op: "equal", args: [by, here] },
              term,
              { kind: "number", value: -0 },
            ],
          },
          ...(axis !== undefined && { scatter: { along: axis, by, term } }),
        };
      }
      case "reshape": {
        if (isLeaf(x) || chosen.has(x))
          return loadOf(x, linear(index, v.shape), example);
        if (x.op.kind === "constant")
          return {
            kind: "table",
            value: x,
            data: x.op.data,
            index: linear(index, v.shape),
          };
        if (x.op.kind === "iota")
          return {
            kind: "index",
            index: combine([[linear(index, v.shape), 1]], x.op.start),
          };
        const rest = index.filter((_, i) => v.shape[i] !== 1);
        return inner(
          x,
          x.shape.map((d) => (d === 1 ? zero : (rest.shift() as Affine))),
        );
      }
      case "reduce": {
        const batch = op.batch ? [sumAxis(0, "batch")] : [];
        const over = op.axes.map((i, k) => sumAxis(k, x.shape[i] as number));
        const rest = [...index];
        const at = x.shape.map((_, i) => {
          const k = op.axes.indexOf(i);
          return k < 0 ? (rest.shift() as Affine) : variableOf(over[k] as Axis);
        });
        const body = inner(x, at, batch[0] ?? example, 1);
        return { kind: "reduce", by: op.by, over: [...batch, ...over], body };
      }
      case "contract": {
        const [a, b] = args as [Node, Node];
        const extent = extents(op, args);
        const batch = op.batch ? [sumAxis(0, "batch")] : [];
        const over = lettersOf(op.over).map((c, k) =>
          sumAxis(k, extent.get(c) as number),
        );
        const letter = (c: string): Affine => {
          const k = op.over.indexOf(c);
          return k < 0
            ? (index[op.out.indexOf(c)] as Affine)
            : variableOf(over[k] as Axis);
        };
        const e = batch[0] ?? example;
        const { tests, entries } = windowTests(op.windows, letter);
        const place = (c: string): Affine => entries.get(c) ?? letter(c);
        const body = guarded(
          tests,
          product(
            inner(a, lettersOf(op.left).map(place), e, 1),
            inner(b, lettersOf(op.right).map(place), e, 1),
          ),
          -0,
        );
        const all = [...batch, ...over];
        return all.length === 0
          ? body
          : { kind: "reduce", by: "sum", over: all, body };
      }
      default:
        throw new InternalError(`no lowering for ${printNode(v)}`);
    }

    /** One axis of \`from\` is read at \`entry\`, where it has that entry. */
    function walk(
      from: Node,
      axis: number,
      entry: Affine,
      at: readonly Affine[],
      fill: number,
    ): Expr {
      const length = from.shape[axis] as number;
      const body = inner(
        from,
        at.map((a, i) => (i === axis ? entry : a)),
      );
      return guarded([{ index: entry, divisor: 1, length }], body, fill);
    }
  }
}

const loadOf = (
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

/** a b, where 1 b = b exactly. */
function product(a: Expr, b: Expr): Expr {
  const isOne = (x: Expr): boolean => x.kind === "number" && x.value === 1;
  if (isOne(a)) return b;
  return isOne(b) ? a : { kind: "apply", op: "mul", args: [a, b] };
}
