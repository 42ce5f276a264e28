/** What a loss compares with, and what a normalisation normalises. */
import type { AxisOptionError, DropAt, NormalAxis, SetAt } from "./axes.js";
import { normalizeAxisOption } from "./axes.js";
import type { Expands } from "./broadcast.js";
import { expands } from "./broadcast.js";
import type { Message, Show } from "./messages.js";
import { failShape } from "./messages.js";
import type { At, Dynamic, Shape, ShapeOk } from "./shape.js";
import { sameShape } from "./shape.js";

/** The message for a target that does not have the shape of the prediction. */
export type TargetError<
  Loss extends string,
  Prediction extends Shape,
  Target extends Shape,
> =
  ShapeOk<Prediction, Target> extends true
    ? never
    : Message<"target", [Loss, Show<Prediction>, Show<Target>]>;

/** A copy of the shape of a loss's terms; throws unless `target` equals `prediction`. */
export function targetShape(
  loss: string,
  prediction: Shape,
  target: Shape,
): number[] {
  if (!sameShape(prediction, target))
    failShape("target", loss, prediction, target);
  return [...prediction];
}

/** The shape of class indices for logits `S`: without the class axis. */
export type ClassTargetShape<
  S extends Shape,
  X extends number,
> = number extends X
  ? number[]
  : Dynamic<S> extends true
    ? number[]
    : DropAt<S, NormalAxis<S, X>>;

/** The message for the option `classAxis` of a loss. */
export type ClassAxisError<
  Loss extends string,
  S extends Shape,
  X extends number,
> = AxisOptionError<Loss, "classAxis", S, X>;

/** The message for class indices that do not have the shape of the logits without the class axis. */
export type ClassTargetError<
  Loss extends string,
  Logits extends Shape,
  Target extends Shape,
  X extends number,
> = number extends X
  ? never
  : [ClassAxisError<Loss, Logits, X>] extends [never]
    ? ShapeOk<ClassTargetShape<Logits, X>, Target> extends true
      ? never
      : Message<
          "classTarget",
          [
            Loss,
            Show<Logits>,
            NormalAxis<Logits, X>,
            Show<ClassTargetShape<Logits, X>>,
            Show<Target>,
          ]
        >
    : never;

/** The shape of class indices for `logits`; throws for a class axis that does not exist or a target of another shape. */
export function classTargetShape(
  loss: string,
  logits: Shape,
  target: Shape,
  classAxis: number,
): number[] {
  const axis = normalizeAxisOption(loss, "classAxis", logits, classAxis);
  const expected = logits.filter((_, i) => i !== axis);
  if (!sameShape(expected, target))
    failShape("classTarget", loss, logits, axis, expected, target);
  return expected;
}

/** Throws unless indices declared with `declared` classes fit the class axis of `logits`. */
export function checkClassCount(
  loss: string,
  logits: Shape,
  classAxis: number,
  declared: number,
): void {
  const axis = normalizeAxisOption(loss, "classAxis", logits, classAxis);
  const classes = logits[axis] as number;
  if (classes !== declared)
    failShape("classCount", loss, logits, classes, axis, declared);
}

/** The message for class weights of the wrong shape. */
export type ClassWeightsError<
  Loss extends string,
  Logits extends Shape,
  Weights extends Shape,
  X extends number,
> = [ClassAxisError<Loss, Logits, X>] extends [never]
  ? Dynamic<Logits> extends true
    ? never
    : number extends X
      ? never
      : ShapeOk<[At<Logits, NormalAxis<Logits, X>>], Weights> extends true
        ? never
        : Message<
            "classWeights",
            [Loss, `[${At<Logits, NormalAxis<Logits, X>>}]`, Show<Weights>]
          >
  : never;

/** Throws unless there is one weight for each class. */
export function checkClassWeights(
  loss: string,
  logits: Shape,
  weights: Shape,
  classAxis: number,
): void {
  const axis = normalizeAxisOption(loss, "classAxis", logits, classAxis);
  const expected = [logits[axis] as number];
  if (!sameShape(expected, weights))
    failShape("classWeights", loss, expected, weights);
}

/** The message for factors that do not broadcast to the entries of a loss: with them it would have other entries. */
export type FactorsError<
  Loss extends string,
  What extends string,
  Entries extends Shape,
  Factors extends Shape,
> =
  Dynamic<Entries> extends true
    ? never
    : Dynamic<Factors> extends true
      ? never
      : Expands<Factors, Entries> extends true
        ? never
        : Message<"factors", [Loss, What, Show<Entries>, Show<Factors>]>;

/** Throws unless factors broadcast to exactly the entries of a loss. */
export function checkFactors(
  loss: string,
  what: string,
  entries: Shape,
  factors: Shape,
): void {
  if (!expands(factors, entries))
    failShape("factors", loss, what, entries, factors);
}

type DType = "f64" | "i32";

/** The message for an operand that must be indices. */
export type IndicesError<
  Op extends string,
  S extends Shape,
  D extends DType,
> = [D] extends ["i32"] ? never : Message<"indicesExpected", [Op, Show<S>]>;

/** Throws unless a value has the element type that `op` expects. */
export function checkDtype(
  op: string,
  expected: DType,
  value: { readonly dtype: DType; readonly shape: Shape },
): void {
  if (value.dtype === expected) return;
  failShape(
    expected === "i32" ? "indicesExpected" : "numbersExpected",
    op,
    value.shape,
  );
}

/** The message for the target of a classification loss: class indices, or probabilities of the logits' shape. */
export type CrossEntropyError<
  Loss extends string,
  Logits extends Shape,
  Target extends Shape,
  D extends DType,
  X extends number,
> = [D] extends ["i32"]
  ? ClassTargetError<Loss, Logits, Target, X>
  : TargetError<Loss, Logits, Target>;

/** True when `Suffix` may be the last axes of `S`. */
type EndsWith<S extends Shape, Suffix extends Shape> =
  Dynamic<S> extends true
    ? true
    : Dynamic<Suffix> extends true
      ? true
      : Suffix extends readonly [
            ...infer FI extends number[],
            infer f extends number,
          ]
        ? S extends readonly [
            ...infer SI extends number[],
            infer s extends number,
          ]
          ? ShapeOk<[f], [s]> extends true
            ? EndsWith<SI, FI>
            : false
          : false
        : true;

/** The message for a normalized shape that is not the end of the input's shape. */
export type NormalizedShapeError<
  Op extends string,
  S extends Shape,
  Normalized extends Shape,
> =
  EndsWith<S, Normalized> extends true
    ? never
    : Message<"layerNorm", [Op, Show<S>, Show<Normalized>]>;

/** The axes that layerNorm normalises; throws unless `normalized` is the end of `shape` and not empty. */
export function normalizedAxes(
  op: string,
  shape: Shape,
  normalized: Shape,
): number[] {
  const start = shape.length - normalized.length;
  const fits =
    normalized.length > 0 &&
    start >= 0 &&
    normalized.every((dimension, i) => dimension === shape[start + i]);
  if (!fits) failShape("layerNorm", op, shape, normalized);
  return normalized.map((_, i) => start + i);
}

/** The shape of `oneHot(indices, classes)` or `embedding`: a new last axis. */
export type AppendShape<S extends Shape, N extends number> = [
  ...{ -readonly [K in keyof S]: S[K] },
  N,
];

/** The shape of `indexSelect(x, indices, axis)`: one axis takes the length of the indices. */
export type IndexSelectShape<
  S extends Shape,
  X extends number,
  N extends number,
> = number extends X ? number[] : SetAt<S, NormalAxis<S, X>, N>;
