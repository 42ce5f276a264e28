import { CompileTimeError } from "../errors.js";
import { found } from "../found.js";
import { range, type Node } from "../graph.js";
import { value } from "../naming.js";
import { reshapeNode, sliceNode, stacked } from "../primitives/movement.js";
import { checkFunction } from "../settings.js";
import {
  checkCarry,
  checkMinimumRank,
  failShape,
  type CarryError,
  type EntryShape,
  type Guard,
  type Length,
  type MinimumRankError,
  type Shape,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import { isTensor, numbers } from "./elementwise.js";

/** What a loop carries from step to step: a tensor, or a record or list of tensors. */
export type Carry<C> = Tensor | { readonly [K in keyof C]: Tensor };

/** What a step returns: the next carry, and one entry of the outputs. */
export interface Stepped<C, Y extends Shape> {
  readonly carry: C;
  readonly output: Tensor<Y>;
}

/** What a loop returns: the last carry, and the outputs along a new leading axis. */
export interface Looped<C, Y extends Shape> {
  readonly carry: C;
  readonly outputs: Tensor<Y>;
}

/**
 * carry, y[t] = step(carry, xs[t]) for t = 0, 1, ..., as straight-line code: runs `step` on each entry of the leading axis of `xs`; each step gets the carry
 * that the one before returned, the first one `init`. PyTorch: a Python loop over the sequence.
 *
 * @throws ShapeError where a step returns a carry of another shape.
 * @example
 * const cell = gruCell(8, 16);
 * const run = unroll(sequence, h, (before, entry) => {
 *   const next = cell(entry, before);
 *   return { carry: next, output: next };
 * });
 * const [last, all] = [run.carry, run.outputs];
 */
export function unroll<
  S extends Shape,
  const C extends Carry<C>,
  const N extends Carry<N>,
  Y extends Shape,
>(
  xs: Guard<Tensor<S>, MinimumRankError<"unroll", S, 1>>,
  init: C,
  step: (
    carry: C,
    x: Tensor<EntryShape<S>>,
  ) => Stepped<Guard<N, CarryError<"unroll", C, N>>, Y>,
): Looped<C, [Length<S>, ...Y]> {
  const node = numbers("unroll", xs);
  checkFunction("unroll", "step", step);
  checkMinimumRank("unroll", node.shape, 1);
  const form = formOf("unroll", init);
  const { state, outputs } = unrollNodes(node, form.read(init), (before, x) => {
    const next = stepped("unroll", step(form.write(before) as C, asTensor(x)));
    const carry = form.read(next.carry);
    checkCarry("unroll", form.names, before, carry);
    return { state: carry, output: part("unroll", "output", next.output) };
  });
  return {
    carry: form.write(state) as C,
    outputs: value("unroll", undefined, () => stacked(outputs)),
  };
}

/** The form of a carry, by the example of its first value. */
export interface CarryForm {
  /** What messages call its parts: `carry`, `carry.h`. */
  readonly names: readonly string[];
  /** The parts of a carry of this form. */
  readonly read: (carry: unknown) => Node[];
  /** The carry of these parts. */
  readonly write: (parts: readonly Node[]) => unknown;
}

/** The form of `init`: a tensor, a list or a record. */
export function formOf(op: string, init: unknown): CarryForm {
  if (typeof init !== "object" || init === null || isTensor(init))
    return {
      names: ["carry"],
      read: (carry) => [part(op, "carry", carry)],
      write: ([x]) => asTensor(x as Node),
    };
  const keys = Object.keys(init);
  const names = keys.map((key) => `carry.${key}`);
  return {
    names,
    read: (carry) => {
      const given = (carry ?? {}) as Readonly<Record<string, unknown>>;
      return keys.map((key, k) => part(op, names[k] as string, given[key]));
    },
    write: (parts) =>
      Array.isArray(init)
        ? parts.map((x) => asTensor<Tensor>(x))
        : Object.fromEntries(
            keys.map((key, k) => [key, asTensor<Tensor>(parts[k] as Node)]),
          ),
  };
}

/**
 * What a step returned.
 *
 * @throws CompileTimeError "scan: a step returned undefined, expected { carry, output }".
 */
export function stepped(
  op: string,
  given: unknown,
): { readonly carry?: unknown; readonly output?: unknown } {
  if (typeof given === "object" && given !== null && !isTensor(given))
    return given;
  throw new CompileTimeError(
    "GC1121",
    `${op}: a step returned ${found(given)}, expected { carry, output }`,
    "return { carry: next, output: next }",
  );
}

/** A part of what a step returned, as a node. */
export function part(op: string, name: string, x: unknown): Node {
  if (!isTensor(x)) failShape("carryMissing", op, name);
  return numbers(op, x);
}

/** `step` on each entry of the leading axis of `xs`; it also gets the entry's number, 0-based. */
export function unrollNodes<S>(
  xs: Node,
  init: S,
  step: (
    state: S,
    x: Node,
    t: number,
  ) => { readonly state: S; readonly output: Node },
): { readonly state: S; readonly outputs: readonly Node[] } {
  let state = init;
  const outputs = range(xs.shape[0] as number).map((t) => {
    const next = step(state, entry(xs, t), t);
    ({ state } = next);
    return next.output;
  });
  return { state, outputs };
}

/** Entry t of the leading axis. */
const entry = (xs: Node, t: number): Node =>
  reshapeNode(sliceNode(xs, 0, t, 1), xs.shape.slice(1));
