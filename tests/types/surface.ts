/**
 * Every shape rule under the signature the language gives it: type rule and run-time rule side by side, on values that
 * are only a shape. A program of these tests takes a function from "gradc" where the language exports it, else from
 * here, so that a rule is tested before the first function that uses it exists.
 */
import * as rule from "../../dsl/shape/rules.js";
import type {
  AppendShape,
  Axes,
  AxisError,
  Broadcast,
  BroadcastError,
  ClassAxisError,
  ConcatError,
  ConcatShape,
  CrossEntropyError,
  DropAxisShape,
  EinsumError,
  EinsumShape,
  EquationError,
  ExpandError,
  First,
  FlattenError,
  FlattenShape,
  GluError,
  GluShape,
  Guard,
  IndicesError,
  InsertError,
  InsertShape,
  Last,
  LinearError,
  LinearShape,
  MatmulError,
  MatmulShape,
  Mutable,
  NormalizedShapeError,
  PermuteError,
  PermuteShape,
  ReduceError,
  ReduceShape,
  ReshapeError,
  ScalarError,
  SelectError,
  Shape,
  SliceError,
  SliceShape,
  SplitError,
  SplitShapes,
  SqueezeError,
  StackAxisError,
  StackError,
  StackShape,
  TargetError,
  TileError,
  TileShape,
  TransposeError,
  TransposeShape,
  WhereError,
  WhereShape,
} from "../../dsl/shape/rules.js";
import type { AnyTensor, IndexTensor, Tensor } from "../../dsl/tensor.js";

export type { AnyTensor, IndexTensor, Tensor };

/** A value that is only a shape. */
function value<T extends AnyTensor>(
  shape: Shape,
  dtype: T["dtype"] = "f64",
): T {
  return { shape, dtype } as unknown as T;
}
const shapeOf = (x: unknown): Shape =>
  typeof x === "number" ? [] : (x as AnyTensor).shape;
const shapesOf = (list: unknown): Shape[] =>
  (list as readonly unknown[]).map(shapeOf);

// Leaves
export function input<const S extends Shape>(
  _name: string,
  shape: S,
): Tensor<Mutable<S>> {
  return value(rule.checkDims(shape));
}
export const param: typeof input = input;
export function indices<const S extends Shape>(
  _name: string,
  shape: S,
  _classes: number,
): IndexTensor<Mutable<S>> {
  return value(rule.checkDims(shape), "i32");
}

// Entrywise
export function relu<S extends Shape>(x: Tensor<S>): Tensor<S> {
  return value(x.shape);
}
export function add<A extends Shape = [], B extends Shape = []>(
  a: Tensor<A> | number,
  b: Guard<Tensor<B> | number, BroadcastError<"add", A, B>>,
): Tensor<Broadcast<A, B>> {
  return value(rule.broadcastShape("add", shapeOf(a), shapeOf(b)));
}
export function sub<A extends Shape = [], B extends Shape = []>(
  a: Tensor<A> | number,
  b: Guard<Tensor<B> | number, BroadcastError<"sub", A, B>>,
): Tensor<Broadcast<A, B>> {
  return value(rule.broadcastShape("sub", shapeOf(a), shapeOf(b)));
}
export function mul<A extends Shape = [], B extends Shape = []>(
  a: Tensor<A> | number,
  b: Guard<Tensor<B> | number, BroadcastError<"mul", A, B>>,
): Tensor<Broadcast<A, B>> {
  return value(rule.broadcastShape("mul", shapeOf(a), shapeOf(b)));
}
export function where<
  C extends Shape,
  A extends Shape = [],
  B extends Shape = [],
>(
  condition: Tensor<C>,
  a: Guard<Tensor<A> | number, BroadcastError<"where", C, A>>,
  b: Guard<Tensor<B> | number, WhereError<C, A, B>>,
): Tensor<WhereShape<C, A, B>> {
  return value(rule.whereShape(condition.shape, shapeOf(a), shapeOf(b)));
}

// Linear algebra
export function matmul<A extends Shape, B extends Shape>(
  a: Tensor<A>,
  b: Guard<Tensor<B>, MatmulError<A, B>>,
): Tensor<MatmulShape<A, B>> {
  return value(rule.matmulShape(a.shape, shapeOf(b)));
}
export function linear<S extends Shape, const Out extends number>(
  x: Tensor<S>,
  out: Out,
): Tensor<LinearShape<S, Out>> {
  rule.checkMinimumRank("linear", x.shape, 1);
  return value(rule.linearShape(x.shape, x.shape.at(-1) as number, out));
}
export interface Dense<In extends number, Out extends number> {
  <S extends Shape>(
    x: Guard<Tensor<S>, LinearError<S, In>>,
  ): Tensor<LinearShape<S, Out>>;
  readonly weight: Tensor<[Out, In]>;
  readonly bias: Tensor<[Out]>;
}
export function dense<const In extends number, const Out extends number>(
  inFeatures: In,
  outFeatures: Out,
): Dense<In, Out> {
  const use = (x: unknown): Tensor =>
    value(rule.linearShape(shapeOf(x), inFeatures, outFeatures));
  return Object.assign(use, {
    weight: value<Tensor<[Out, In]>>([outFeatures, inFeatures]),
    bias: value<Tensor<[Out]>>([outFeatures]),
  }) as unknown as Dense<In, Out>;
}
export function einsum<
  const Q extends string,
  const L extends readonly Shape[],
>(
  equation: Guard<Q, EquationError<Q, L["length"]>>,
  ...operands: {
    [K in keyof L]: Guard<Tensor<L[K]>, EinsumError<Q, L, K & string>>;
  }
): Tensor<EinsumShape<Q, L>> {
  return value(rule.einsumShape(equation as string, shapesOf(operands)));
}

// The same elements in another shape
export function transpose<S extends Shape>(
  x: Guard<Tensor<S>, TransposeError<S>>,
): Tensor<TransposeShape<S>> {
  return value(rule.transposeShape(shapeOf(x)));
}
export function permute<S extends Shape, const P extends Shape>(
  x: Tensor<S>,
  order: Guard<P, PermuteError<S, P>>,
): Tensor<PermuteShape<S, P>> {
  return value(rule.permuteShape(x.shape, order as Shape));
}
export function reshape<S extends Shape, const T extends Shape>(
  x: Tensor<S>,
  shape: Guard<T, ReshapeError<S, T>>,
): Tensor<Mutable<T>> {
  return value(rule.reshapeShape(x.shape, shape as Shape));
}
export function flatten<S extends Shape, const X extends number = 0>(
  x: Tensor<S>,
  start?: Guard<X, FlattenError<S, X>>,
): Tensor<FlattenShape<S, X>> {
  return value(rule.flattenShape(x.shape, start as number | undefined));
}
export function squeeze<S extends Shape, const X extends number>(
  x: Tensor<S>,
  axis: Guard<X, SqueezeError<S, X>>,
): Tensor<DropAxisShape<S, X>> {
  return value(rule.squeezeShape(x.shape, axis as number));
}
export function unsqueeze<S extends Shape, const X extends number>(
  x: Tensor<S>,
  axis: Guard<X, InsertError<"unsqueeze", S, X>>,
): Tensor<InsertShape<S, X, 1>> {
  return value(rule.insertShape("unsqueeze", x.shape, axis as number));
}
export function expand<S extends Shape, const T extends Shape>(
  x: Tensor<S>,
  to: Guard<T, ExpandError<S, T>>,
): Tensor<Mutable<T>> {
  return value(rule.expandShape(x.shape, to as Shape));
}
export function tile<S extends Shape, const R extends Shape>(
  x: Tensor<S>,
  repeats: Guard<R, TileError<S, R>>,
): Tensor<TileShape<S, R>> {
  return value(rule.tileShape(x.shape, repeats as Shape));
}

// Side by side and apart
export function concat<
  const L extends readonly Shape[],
  const X extends number = 0,
>(
  tensors: readonly [
    ...{
      [K in keyof L]: Guard<Tensor<L[K]>, ConcatError<First<L>, L[K], X>>;
    },
  ],
  axis?: Guard<X, AxisError<"concat", First<L>, X>>,
): Tensor<ConcatShape<L, X>> {
  return value(rule.concatShape(shapesOf(tensors), (axis ?? 0) as number));
}
export function stack<
  const L extends readonly Shape[],
  const X extends number = 0,
>(
  tensors: readonly [
    ...{ [K in keyof L]: Guard<Tensor<L[K]>, StackError<First<L>, L[K]>> },
  ],
  axis?: Guard<X, StackAxisError<L, X>>,
): Tensor<StackShape<L, X>> {
  return value(rule.stackShape(shapesOf(tensors), (axis ?? 0) as number));
}
export function slice<
  S extends Shape,
  const X extends number,
  const Start extends number,
  const End extends number,
  const Step extends number = 1,
>(
  x: Tensor<S>,
  axis: Guard<X, AxisError<"slice", S, X>>,
  start: Start,
  end: Guard<End, SliceError<S, X, Start, End>>,
  step?: Step,
): Tensor<SliceShape<S, X, Start, End, Step>> {
  return value(
    rule.sliceShape(x.shape, axis as number, start, end as number, step),
  );
}
export function select<
  S extends Shape,
  const X extends number,
  const I extends number,
>(
  x: Tensor<S>,
  axis: Guard<X, AxisError<"select", S, X>>,
  index: Guard<I, SelectError<S, X, I>>,
): Tensor<DropAxisShape<S, X>> {
  return value(rule.selectShape(x.shape, axis as number, index as number));
}
export function split<
  S extends Shape,
  const Sizes extends Shape,
  const X extends number = 0,
>(
  x: Tensor<S>,
  sizes: Guard<Sizes, SplitError<S, Sizes, X>>,
  axis?: Guard<X, AxisError<"split", S, X>>,
): Parts<SplitShapes<S, Sizes, X>> {
  const at = (axis ?? 0) as number;
  const shapes = rule.splitShapes(x.shape, sizes as Shape, at);
  return shapes.map((shape) => value(shape)) as unknown as Parts<
    SplitShapes<S, Sizes, X>
  >;
}
export type Parts<L extends readonly Shape[]> = {
  -readonly [K in keyof L]: Tensor<L[K]>;
};

// Along axes
export interface Keep<K extends boolean> {
  readonly keepdims?: K;
}
export function sum<
  S extends Shape,
  const X extends Axes = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axes?: Guard<X, ReduceError<"sum", S, X>>,
  options?: Keep<K>,
): Tensor<ReduceShape<S, X, K>> {
  return value(
    rule.reduceShape("sum", x.shape, axes as Axes, options?.keepdims),
  );
}
export function mean<
  S extends Shape,
  const X extends Axes = undefined,
  const K extends boolean = false,
>(
  x: Tensor<S>,
  axes?: Guard<X, ReduceError<"mean", S, X>>,
  options?: Keep<K>,
): Tensor<ReduceShape<S, X, K>> {
  return value(
    rule.reduceShape("mean", x.shape, axes as Axes, options?.keepdims),
  );
}
export function softmax<S extends Shape, const X extends number = -1>(
  x: Tensor<S>,
  axis?: Guard<X, AxisError<"softmax", S, X>>,
): Tensor<S> {
  rule.normalizeAxis("softmax", x.shape, (axis ?? -1) as number);
  return value(x.shape);
}
export function logsumexp<S extends Shape, const X extends number = -1>(
  x: Tensor<S>,
  axis?: Guard<X, AxisError<"logsumexp", S, X>>,
): Tensor<ReduceShape<S, X>> {
  return value(rule.reduceShape("logsumexp", x.shape, (axis ?? -1) as number));
}
export function glu<S extends Shape, const X extends number = -1>(
  x: Tensor<S>,
  axis?: Guard<X, GluError<S, X>>,
): Tensor<GluShape<S, X>> {
  return value(rule.gluShape(x.shape, (axis ?? -1) as number));
}
export function layerNorm<S extends Shape, const N extends Shape = [Last<S>]>(
  x: Tensor<S>,
  options?: {
    readonly normalizedShape?: Guard<
      N,
      NormalizedShapeError<"layerNorm", S, N>
    >;
  },
): Tensor<S> {
  const { normalizedShape = x.shape.slice(-1) } = options ?? {};
  rule.normalizedAxes("layerNorm", x.shape, normalizedShape as Shape);
  return value(x.shape);
}

// Indices
export function embedding<
  T extends AnyTensor,
  const Count extends number,
  const Features extends number,
>(
  indices: Guard<T, IndicesError<"embedding", T["shape"], T["dtype"]>>,
  _count: Count,
  features: Features,
): Tensor<AppendShape<T["shape"], Features>> {
  const x = indices as AnyTensor;
  rule.checkDtype("embedding", "i32", x);
  return value([...x.shape, features]);
}
export function oneHot<T extends AnyTensor, const Classes extends number>(
  indices: Guard<T, IndicesError<"oneHot", T["shape"], T["dtype"]>>,
  classes: Classes,
): Tensor<AppendShape<T["shape"], Classes>> {
  const x = indices as AnyTensor;
  rule.checkDtype("oneHot", "i32", x);
  return value([...x.shape, classes]);
}

// Losses and the end
export function mse<A extends Shape, B extends Shape>(
  prediction: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"mse", A, B>>,
): Tensor<[]> {
  rule.targetShape("mse", prediction.shape, shapeOf(target));
  return value([]);
}
export function crossEntropy<
  A extends Shape,
  T extends AnyTensor,
  const X extends number = -1,
>(
  logits: Tensor<A>,
  target: Guard<
    T,
    CrossEntropyError<"crossEntropy", A, T["shape"], T["dtype"], X>
  >,
  options?: {
    readonly classAxis?: Guard<X, ClassAxisError<"crossEntropy", A, X>>;
  },
): Tensor<[]> {
  const { shape, dtype } = target as AnyTensor;
  const axis = (options?.classAxis ?? -1) as number;
  if (dtype === "i32")
    rule.classTargetShape("crossEntropy", logits.shape, shape, axis);
  else rule.targetShape("crossEntropy", logits.shape, shape);
  return value([]);
}
export function gradient<Y extends Shape>(
  y: Guard<Tensor<Y>, ScalarError<"gradient", Y>>,
  xs: readonly Tensor[],
): readonly Tensor[] {
  rule.checkScalar("gradient", shapeOf(y));
  return xs.map((x) => value(x.shape));
}
