import { isFrozen, isLeaf, type Node } from "../../dsl/graph.js";
import { extents, lettersOf } from "../../dsl/primitives/contract.js";
import { InternalError } from "../diagnostics.js";
import { printNode } from "../graphText.js";
import type { MathMode } from "../interpret.js";
import { constantOf } from "../passes/rebuild.js";
import { elementary } from "./bodies.js";
import { guarded, windowTests } from "./guard.js";
import {
  combine,
  linear,
  variableOf,
  zero,
  type Affine,
  type Axis,
  type Expr,
  type Load,
} from "./ir.js";

/** What an expression reads, and how. */
export interface Reading {
  /** True where a value lies in memory, or is made by a statement of its own. */
  readonly isMemory: (v: Node) => boolean;
  readonly load: (v: Node, index: Affine, example: Axis | undefined) => Load;
  readonly math: MathMode;
  /** True inside of a scan: the examples are its own loop. */
  readonly inStep: boolean;
}

/** Stands for the axis that an index chooses along. */
const chosenAxis: Axis = { name: "chosen", extent: 1 };

const sumLetters = ["k", "t", "u", "v"];

/** Where an expression is built: whose example, and inside of how many sums. */
interface Context {
  readonly example: Axis | undefined;
  readonly depth: number;
}

/** Writes values as expressions over what lies in memory. */
export class Expressions {
  readonly #reading: Reading;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** The value at an index: read, where it lies in memory. */
  build(v: Node, index: readonly Affine[], context: Context): Expr {
    if (this.#reading.isMemory(v))
      return this.#reading.load(v, linear(index, v.shape), context.example);
    return this.compute(v, index, context);
  }

  /** The entry of a value that lies in memory. */
  read(v: Node, index: Affine, example: Axis | undefined): Load {
    return this.#reading.load(v, index, example);
  }

  /** How the value is computed, wherever it lies. */
  compute(v: Node, index: readonly Affine[], context: Context): Expr {
    const { op, args } = v;
    const { example, depth } = context;
    const number = constantOf(v);
    if (number !== undefined) return { kind: "number", value: number };
    if (op.kind === "constant" && !isFrozen(v))
      return {
        kind: "table",
        value: v,
        data: op.data,
        index: linear(index, v.shape),
      };
    if (isLeaf(v) || isFrozen(v) || op.kind === "bound")
      return this.#reading.load(v, linear(index, v.shape), example);
    const x = args[0] as Node;
    const inner = (
      a: Node,
      at: readonly Affine[],
      e = example,
      deeper = 0,
    ): Expr => this.build(a, at, { example: e, depth: depth + deeper });
    const sumAxis = (i: number, extent: Axis["extent"]): Axis => ({
      name:
        extent === "batch"
          ? "row"
          : `${sumLetters[depth] ?? "k"}${i === 0 ? "" : String(i)}`,
      extent,
    });
    const batchAxis = (batch: boolean): Axis[] =>
      batch && !this.#reading.inStep ? [sumAxis(0, "batch")] : [];
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
      case "scalar": {
        const calls = elementary(
          op.name,
          this.#reading.math,
          args.map(constantOf),
        );
        return {
          kind: "apply",
          op: op.name,
          args: args.map((a) => inner(a, index)),
          ...(calls !== undefined && { calls }),
        };
      }
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
        return this.#walk(
          x,
          op.axis,
          combine([[index[op.axis] as Affine, op.step]], op.start),
          index,
          op.fill,
          context,
        );
      case "window": {
        const [at, tap] = index.slice(op.axis, op.axis + 2) as [Affine, Affine];
        const steps = [
          [at, op.stride],
          [tap, op.dilation],
        ] as const;
        return this.#walk(
          x,
          op.axis,
          combine(steps, op.start),
          index.filter((_, i) => i !== op.axis + 1),
          op.fill,
          context,
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
        const load = this.#reading.load(x, { ...own, terms: rest }, example);
        const by = inner(asWritten(ids), lettersOf(op.index).map(letter));
        return by.kind === "number"
          ? { ...load, index: combine([[load.index, 1]], by.value * stride) }
          : { ...load, picked: { by, stride } };
      }
      case "scatter": {
        const ids = args[1] as Node;
        const along = index[op.out.indexOf(op.along)] as Affine;
        const batch = batchAxis(op.batch);
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
        const by = inner(asWritten(ids), lettersOf(op.index).map(letter), e, 1);
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
          ...(op.fromZero && { from: 0 }),
          ...(axis !== undefined && { scatter: { along: axis, by, term } }),
        };
      }
      case "reshape": {
        if (this.#reading.isMemory(x))
          return this.#reading.load(x, linear(index, v.shape), example);
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
        const batch = batchAxis(op.batch);
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
        const batch = batchAxis(op.batch);
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
  }

  /** One axis of `from` is read at `entry`, where it has that entry. */
  #walk(
    from: Node,
    axis: number,
    entry: Affine,
    at: readonly Affine[],
    fill: number,
    context: Context,
  ): Expr {
    const length = from.shape[axis] as number;
    const body = this.build(
      from,
      at.map((a, i) => (i === axis ? entry : a)),
      context,
    );
    return guarded([{ index: entry, divisor: 1, length }], body, fill);
  }
}

/** a b, where 1 b = b exactly. */
function product(a: Expr, b: Expr): Expr {
  const isOne = (x: Expr): boolean => x.kind === "number" && x.value === 1;
  if (isOne(a)) return b;
  return isOne(b) ? a : { kind: "apply", op: "mul", args: [a, b] };
}

/** Indices that stand in the model are numbers where they choose, under whatever name they are an output too. */
const asWritten = (ids: Node): Node => {
  const [x] = ids.args;
  const source =
    ids.op.kind === "label" && x !== undefined ? asWritten(x) : ids;
  return source.op.kind === "constant" ? source : ids;
};
