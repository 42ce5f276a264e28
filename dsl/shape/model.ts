/** What the parts of a model must be. */
import { found } from "../found.js";
import {
  failShape,
  shapeError,
  type Message,
  type ShapeError,
  type Show,
} from "./messages.js";
import type { Shape } from "./shape.js";

/** What each part of a model is, for the message that it is missing. */
const parts = {
  inputs: "tensors such as { x, y }",
  outputs: "tensors such as { output }",
  loss: "a scalar such as mse(output, y)",
  optimizer: "a rule such as sgd(0.1)",
} as const;

/** A part of a model: a property of what `model` takes. */
export type ModelPart = keyof typeof parts;

/** All parts of a model, in the order in which they are asked for. */
export const modelParts = Object.keys(parts) as readonly ModelPart[];

/** The error that a part of a model is missing. */
export function missingPart(part: ModelPart): ShapeError {
  return shapeError("modelPart", part, parts[part]);
}

/** The parts of a model that have a name for each tensor. */
const records = ["inputs", "outputs"] as const satisfies readonly ModelPart[];

/** The error that a part of a model is something else than tensors by name; undefined for a part that need not be. */
export function notRecord(name: string, what: string): ShapeError | undefined {
  const part = records.find((one) => one === name);
  return part && shapeError("modelRecord", part, what, parts[part]);
}

/** What a model may have. */
const fields: readonly string[] = [...modelParts, "trainable"];

/** The error that a model is given something that it does not have: a part that is misspelt, or what it has no place for. */
export function unknownField(name: string): ShapeError {
  const near = fields.find((field) => isNear(name, field));
  return shapeError(
    "modelField",
    name,
    near === undefined
      ? `expected ${fields.slice(0, -1).join(", ")} or ${fields.at(-1) ?? ""}`
      : `did you mean ${near}?`,
  );
}

/** True for a name that has up to two letters more, less or other than another between their common start and end. */
function isNear(name: string, field: string): boolean {
  const [a, b] = [name.toLowerCase(), field.toLowerCase()];
  const shortest = Math.min(a.length, b.length);
  let start = 0;
  while (start < shortest && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < shortest - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return start + end > 0 && Math.max(a.length, b.length) - start - end <= 2;
}

/** The message for the loss of a model: it must be a scalar. */
export type LossError<L> = [L] extends [never]
  ? never
  : L extends { readonly shape: infer S extends Shape; readonly dtype: infer D }
    ? D extends "f64"
      ? number extends S["length"]
        ? never
        : S extends readonly []
          ? never
          : Message<"loss", [Show<S>]>
      : Message<"numbersExpected", ["model", Show<S>]>
    : Message<"notTensor", []>;

/** The message for the optimizer of a model: it must be a rule, not the function that makes one. */
export type OptimizerError<R> = [R] extends [never]
  ? never
  : R extends { readonly kind: "optimizer" }
    ? never
    : Message<"notOptimizer", []>;

/** What is trained: a parameter, a layer by what it returned, or names of some. */
export type Trainable =
  string | { readonly shape: Shape; readonly dtype: "f64" };

/** The message for the parameters that a model is to train: a list of names and tensors, and not an empty one. */
export type TrainableError<T> = [T] extends [never]
  ? never
  : T extends readonly []
    ? Message<"nothingTrainable", []>
    : T extends readonly Trainable[]
      ? never
      : Message<"notTrainable", []>;

/** Throws unless `spec` has the parts of a model and no others, its loss is a scalar, and it trains something. */
export function checkModel(spec: unknown): void {
  const given = record(spec);
  const unknown = Object.keys(given).find((name) => !fields.includes(name));
  if (unknown !== undefined) throw unknownField(unknown);
  for (const part of modelParts)
    if (given[part] === undefined) throw missingPart(part);
  for (const part of records) {
    const what = found(given[part]);
    const error = what === "an object" ? undefined : notRecord(part, what);
    if (error !== undefined) throw error;
  }
  const loss = record(given["loss"]);
  const { shape } = loss;
  if (!isShape(shape)) failShape("notTensor");
  if (loss["dtype"] !== "f64") failShape("numbersExpected", "model", shape);
  if (shape.length !== 0) failShape("loss", shape);
  if (record(given["optimizer"])["kind"] !== "optimizer")
    failShape("notOptimizer");
  checkTrainable(given["trainable"]);
}

function checkTrainable(trainable: unknown): void {
  if (trainable === undefined) return;
  if (!Array.isArray(trainable) || !trainable.every(isTrainable))
    failShape("notTrainable");
  if (trainable.length === 0) failShape("nothingTrainable");
}

const isTrainable = (x: unknown): boolean =>
  typeof x === "string" ||
  (record(x)["dtype"] === "f64" && isShape(record(x)["shape"]));

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isShape(value: unknown): value is Shape {
  return Array.isArray(value) && value.every((d) => typeof d === "number");
}
