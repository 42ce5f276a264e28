/** Batch norms, and whatever else is an affine function of each channel, as part of the weights before them. */
import { makeNode, within } from "../../dsl/context.js";
import {
  orderOf,
  rootsOf,
  sizeOf,
  type Leaf,
  type Node,
  type Program,
} from "../../dsl/graph.js";
import { expandNode } from "../../dsl/primitives/expand.js";
import { reshapeNode } from "../../dsl/primitives/movement.js";
import { add } from "../../dsl/primitives/scalar.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import { constantOf, rebuild } from "../passes/rebuild.js";
import { weighted, type Weighted } from "./channels.js";
import { constantIn, originOf } from "./constants.js";

/** scale[c] y + shift[c], for each channel c of a contraction y. */
interface Affine {
  readonly core: Node;
  readonly of: Weighted;
  /** Axes of the value that are channels: one where groups were put together. */
  readonly axes: readonly number[];
  readonly scale: readonly number[];
  readonly shift: readonly number[] | undefined;
  /** True where some channel has a factor of its own. */
  readonly scaled: boolean;
}

/**
 * Scales weights and adds to biases what follows a contraction as one factor and one number for each channel, where nothing
 * else reads what is between. The result is that of the network in exact arithmetic; in doubles it is rounded elsewhere:
 * with n terms a sum and r operations after it, it differs by at most 2 g M, where g = k u / (1 - k u), k = n + r + 2,
 * u = 2^-53, and M is the result with every number and term in its absolute value (Higham 2002, lemma 3.1: each of both is the
 * exact sum of terms that are rounded at most k times).
 */
export function affineFolded(program: Program): Program {
  const users = usersIn(program);
  const found = new Map<Node, Affine>();
  const continued = new Set<Node>();
  for (const v of orderOf(program)) {
    const of = weighted(v);
    if (of !== undefined && of.axes.length > 0) found.set(v, started(v, of));
    for (const x of v.args) {
      const before = found.get(x);
      if (before === undefined || users.get(x) !== 1) continue;
      const next = after(before, v, x);
      if (next === undefined) continue;
      found.set(v, next);
      continued.add(x);
    }
  }
  const made = new Map<Node, Affine>();
  for (const [v, affine] of found)
    if (affine.scaled && !continued.has(v)) made.set(v, affine);
  const now = new Map<Node, Node>();
  return rebuild(program, (v, old) => {
    const affine = made.get(old);
    const y = affine && written(affine, old, (x) => now.get(x) ?? x);
    const result = y === undefined ? v : named(old, y);
    now.set(old, result);
    return result;
  });
}

/** The value under the name that the old one has. */
const named = (old: Node, y: Node): Node =>
  old.op.kind === "label"
    ? makeNode(old.op, [y], old.shape, old.batched, old.dtype, old.place)
    : y;

function usersIn(program: Program): Map<Node, number> {
  const users = new Map<Node, number>();
  const read = [
    ...orderOf(program).flatMap((v) => v.args),
    ...rootsOf(program),
  ];
  for (const v of read) users.set(v, (users.get(v) ?? 0) + 1);
  return users;
}

const started = (core: Node, of: Weighted): Affine => ({
  core,
  of,
  axes: of.axes,
  scale: Array<number>(sizeOf(of.lengths)).fill(1),
  shift: undefined,
  scaled: false,
});

/** What `v` is, which reads `x`; undefined where it is more than a factor and a number for each channel. */
function after(before: Affine, v: Node, x: Node): Affine | undefined {
  const { op, args } = v;
  if (op.kind === "label") return before;
  if (op.kind === "reshape") return joined(before, v, x);
  if (op.kind !== "scalar" || args.length !== 2) return undefined;
  const isFirst = args[0] === x;
  const numbers = perChannel(args[isFirst ? 1 : 0] as Node, before);
  if (numbers === undefined) return undefined;
  return combined(before, op.name, numbers, isFirst);
}

/** The channels of groups as one axis. */
function joined(before: Affine, v: Node, x: Node): Affine | undefined {
  const [first, second, ...more] = before.axes;
  if (first === undefined || second !== first + 1 || more.length > 0)
    return undefined;
  const shape = [...x.shape];
  shape.splice(first, 2, before.scale.length);
  return shape.join() === v.shape.join()
    ? { ...before, axes: [first] }
    : undefined;
}

interface PerChannel {
  readonly numbers: readonly number[];
  /** False for one number that is the same for all. */
  readonly own: boolean;
}

/** The number that each channel has, where `v` has one for each. */
function perChannel(v: Node, { axes, scale }: Affine): PerChannel | undefined {
  const { x, to } = copied(v);
  const own = to.length > 0 && to.join() === axes.join();
  const number = constantOf(v);
  if (number !== undefined) return { numbers: scale.map(() => number), own };
  return own && x.op.kind === "constant"
    ? { numbers: x.op.data, own }
    : undefined;
}

/** What a value is copies of, and where its axes are: copies of copies are copies. */
function copied(v: Node): { readonly x: Node; readonly to: readonly number[] } {
  let x = v;
  let to: readonly number[] = v.shape.map((_, i) => i);
  while (x.op.kind === "expand") {
    to = x.op.axes.map((i) => to[i] as number);
    x = x.args[0] as Node;
  }
  return { x, to };
}

function combined(
  before: Affine,
  name: ScalarName,
  { numbers, own }: PerChannel,
  isFirst: boolean,
): Affine | undefined {
  const { scale, shift } = before;
  const at = (i: number): number => numbers[i] as number;
  const shifted = (f: (x: number, c: number) => number): readonly number[] =>
    numbers.map((c, i) =>
      shift === undefined ? f(-0, c) : f(shift[i] as number, c),
    );
  const times = (f: (x: number, c: number) => number): Affine => ({
    ...before,
    scale: scale.map((x, i) => f(x, at(i))),
    shift: shift?.map((x, i) => f(x, at(i))),
    scaled: before.scaled || own,
  });
  switch (name) {
    case "add":
      return { ...before, shift: shifted((x, c) => x + c) };
    case "sub":
      return isFirst
        ? { ...before, shift: shifted((x, c) => x - c) }
        : undefined;
    case "mul":
      return times((x, c) => x * c);
    case "div":
      return isFirst ? times((x, c) => x / c) : undefined;
    default:
      return undefined;
  }
}

/** The contraction of the scaled weights, and the numbers that are added; undefined where they would not be finite. */
function written(
  { core, of, axes, scale, shift }: Affine,
  old: Node,
  now: (v: Node) => Node,
): Node | undefined {
  const { weight, at, channelOf, op } = of;
  const origin = originOf(weight) as Leaf;
  const data = (weight.op as { readonly data: readonly number[] }).data.map(
    (w, i) => w * (scale[channelOf(i)] as number),
  );
  if (![...data, ...(shift ?? [])].every(Number.isFinite)) return undefined;
  const scaledWeight = constantIn(weight, data, origin);
  const args = core.args.map((x, i) => (i === at ? scaledWeight : now(x)));
  return within(core.place, () => {
    const product = makeNode(op, args, core.shape, core.batched);
    const y =
      axes.length === of.axes.length
        ? product
        : reshapeNode(product, old.shape);
    if (shift === undefined) return y;
    const bias = constantIn(
      {
        shape: axes.map((i) => old.shape[i] as number),
        dtype: "f64",
        place: core.place,
      },
      shift,
      { ...origin, name: biasName(origin.name) },
    );
    return add(y, expandNode(bias, axes, old.shape, false));
  });
}

/** `conv.bias` of `conv.weight`. */
const biasName = (weight: string): string =>
  /(?:^|\.)weight$/.test(weight)
    ? weight.replace(/weight$/, "bias")
    : `${weight}.shift`;
