/**
 * Rules that no function of the language uses yet, under the signature it will have: type rule and run-time rule side
 * by side, on values that are only a shape. A program of these tests takes a function from "gradc" where the language
 * exports it, else from here; an entry that is exported there can go.
 */
import {
  checkDtype,
  einsumShape,
  type AppendShape,
  type EinsumError,
  type EinsumShape,
  type EquationError,
  type Guard,
  type IndicesError,
  type Shape,
} from "../../dsl/shape/rules.js";
import type { AnyTensor, Tensor } from "../../dsl/tensor.js";

/** A value that is only a shape. */
const value = <S extends Shape>(shape: Shape): Tensor<S> => ({
  shape: shape as S,
  dtype: "f64",
});

export function einsum<
  const Q extends string,
  const L extends readonly Shape[],
>(
  equation: Guard<Q, EquationError<Q, L["length"]>>,
  ...operands: {
    [K in keyof L]: Guard<Tensor<L[K]>, EinsumError<Q, L, K & string>>;
  }
): Tensor<EinsumShape<Q, L>> {
  const shapes = (operands as readonly unknown[]).map(
    (x) => (x as Tensor).shape,
  );
  return value(einsumShape(equation as string, shapes));
}

export function embedding<T extends AnyTensor, const Features extends number>(
  indices: Guard<T, IndicesError<"embedding", T["shape"], T["dtype"]>>,
  ...[, features]: readonly [count: number, features: Features]
): Tensor<AppendShape<T["shape"], Features>> {
  const x = indices as AnyTensor;
  checkDtype("embedding", "i32", x);
  return value([...x.shape, features]);
}

export function oneHot<T extends AnyTensor, const Classes extends number>(
  indices: Guard<T, IndicesError<"oneHot", T["shape"], T["dtype"]>>,
  classes: Classes,
): Tensor<AppendShape<T["shape"], Classes>> {
  const x = indices as AnyTensor;
  checkDtype("oneHot", "i32", x);
  return value([...x.shape, classes]);
}
