import { CompileTimeError } from "../errors.js";
import type { Node } from "../graph.js";
import { value, type NameOptions } from "../naming.js";
import { constant } from "../primitives/scalar.js";
import {
  checkDtype,
  type Broadcast,
  type BroadcastError,
  type Guard,
  type Shape,
} from "../shape/rules.js";
import { asNode, type AnyTensor, type Tensor } from "../tensor.js";

/** A function of one tensor, entry by entry. */
export type Unary = <S extends Shape>(
  x: Tensor<S>,
  options?: NameOptions,
) => Tensor<S>;

/** A function of two tensors, or of a tensor and a number, entry by entry; shapes broadcast as NumPy's. */
export type Binary<Op extends string> = <
  A extends Shape = [],
  B extends Shape = [],
>(
  a: Tensor<A> | number,
  b: Guard<Tensor<B> | number, BroadcastError<Op, A, B>>,
  options?: NameOptions,
) => Tensor<Broadcast<A, B>>;

/**
 * The node of what was given to `op`, whatever its element type. JavaScript models, and models with a cast, reach this
 * with anything.
 */
export function tensorNode(op: string, x: unknown): Node {
  if (isTensor(x)) return asNode(x);
  const results = resultsOf(x);
  if (results.length > 0)
    throw new CompileTimeError(
      "GC1124",
      `${op}: expects a tensor, got an object with the tensors ${results.join(" and ")}`,
      `take one of them: .${results.join(" or .")}`,
    );
  throw new CompileTimeError(
    "GC1110",
    `${op}: expects a tensor, got ${described(x)}`,
    typeof x !== "function"
      ? "functions of the language return tensors, and constant(...) makes one of numbers"
      : "apply it: layer(x)",
  );
}

/** True for a value of the language. */
export const isTensor = (x: unknown): x is AnyTensor =>
  typeof x === "object" && x !== null && "op" in x && "args" in x;

const described = (x: unknown): string =>
  x === null || x === undefined
    ? String(x)
    : Array.isArray(x)
      ? "an array"
      : typeof x === "object"
        ? "an object"
        : `a ${typeof x}`;

/** Names of tensors in a record, such as the results of a recurrent layer. */
const resultsOf = (x: unknown): string[] =>
  typeof x === "object" && x !== null && !Array.isArray(x)
    ? Object.entries(x).flatMap(([key, v]) => (isTensor(v) ? [key] : []))
    : [];

/** As `tensorNode`, for numbers (f64) only; a plain number is a scalar. */
export function operand(op: string, x: unknown): Node {
  if (typeof x === "number") return constant(x);
  const node = tensorNode(op, x);
  checkDtype(op, "f64", node);
  return node;
}

/** As `operand`, for a tensor. */
export function numbers(op: string, x: unknown): Node {
  const node = tensorNode(op, x);
  checkDtype(op, "f64", node);
  return node;
}

/** Makes the public function of one tensor. */
export const unary =
  (op: string, build: (x: Node) => Node): Unary =>
  (x, options) =>
    value(op, options, () => build(numbers(op, x)));

/** Makes the public function of two operands. */
export const binary =
  <const Op extends string>(
    op: Op,
    build: (a: Node, b: Node) => Node,
  ): Binary<Op> =>
  (a, b, options) =>
    value(op, options, () => build(operand(op, a), operand(op, b)));
