import { makeNode } from "../context.js";
import type { Node } from "../graph.js";
import type { Scalar } from "../math/scalar.js";
import { checkedNumbers } from "../settings.js";
import { broadcastShape } from "../shape/rules.js";
import { broadcast } from "./expand.js";
import type { ScalarName } from "./scalarName.js";

/** Everything the compiler knows about one scalar function. A missing field does not compile. */
export interface ScalarRow<Args extends readonly number[] = readonly number[]> {
  /** Formula and derivative, in one sentence. */
  readonly doc: string;
  /** An independent reference in plain JavaScript, for tests. */
  readonly value: (...args: Args) => number;
  /** Cotangents of the arguments from that of the result; undefined where it is zero everywhere. */
  readonly vjp: (
    dy: Node,
    y: Node,
    ...args: { readonly [I in keyof Args]: Node }
  ) => readonly (Node | undefined)[];
  /** In the scalar language: all that kernels, targets and the interpreter know. */
  readonly body: (...args: { readonly [I in keyof Args]: Scalar }) => Scalar;
  /** The same through the host's Math, for `--math host`. */
  readonly host?: (...args: { readonly [I in keyof Args]: Scalar }) => Scalar;
  /** dy/dx in terms of `y` and `x`, for headings. */
  readonly slope?: string;
  /** Arguments that tests try: every kink, limit and edge of the domain. */
  readonly probes: readonly Args[];
}

/** One number as a node. */
export const constant = (value: number): Node => constantArray([value], []);

/**
 * A whole array as a node, row-major.
 *
 * @throws CompileTimeError for what is no number: the text of the module is made of these.
 */
export const constantArray = (
  data: readonly number[],
  shape: readonly number[],
): Node =>
  makeNode(
    {
      kind: "constant",
      data: checkedNumbers("constant", "values", data, "number"),
    },
    [],
    shape,
    false,
  );

/** start, start + 1, ..., start + n - 1. */
export const iota = (n: number, start = 0): Node =>
  makeNode({ kind: "iota", start }, [], [n], false);

/** The number of examples, of which training takes no fewer than `least`. */
export const batchSize = (least = 1): Node =>
  makeNode({ kind: "batchSize", least }, [], [], false);

/** Which example it is, as a value of each. */
export const exampleIndex = (): Node =>
  makeNode({ kind: "exampleIndex" }, [], [], true);

/** Uniform in [0, 1), other numbers at every step of training, for every example where `batched`. */
export const randomNode = (shape: readonly number[], batched: boolean): Node =>
  makeNode({ kind: "random" }, [], shape, batched);

/** Applies a scalar function entrywise; shapes broadcast as NumPy's, and to the examples. */
export function applyScalar(name: ScalarName, ...args: readonly Node[]): Node {
  const shape = args
    .map((a) => a.shape)
    .reduce((s, t) => broadcastShape(name, s, t));
  const batched = args.some((a) => a.batched);
  return makeNode(
    { kind: "scalar", name },
    args.map((a) => broadcast(a, shape, batched)),
    shape,
    batched,
  );
}

export const add = (a: Node, b: Node): Node => applyScalar("add", a, b);
export const sub = (a: Node, b: Node): Node => applyScalar("sub", a, b);
export const mul = (a: Node, b: Node): Node => applyScalar("mul", a, b);
export const div = (a: Node, b: Node): Node => applyScalar("div", a, b);
export const neg = (x: Node): Node => applyScalar("neg", x);
export const where = (c: Node, a: Node, b: Node): Node =>
  applyScalar("where", c, a, b);
export const equal = (a: Node, b: Node): Node => applyScalar("equal", a, b);
export const less = (a: Node, b: Node): Node => applyScalar("less", a, b);
