/** What may be taken for what. */
import { scalars } from "../../dsl/primitives/index.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";

/** Functions that are easily taken for another. */
const alternatives: Partial<Record<ScalarName, readonly ScalarName[]>> = {
  mul: ["div"],
  div: ["mul"],
  add: ["sub"],
  sub: ["add"],
  sin: ["cos"],
  cos: ["sin"],
  sinh: ["cosh"],
  cosh: ["sinh"],
  less: ["lessEqual", "equal"],
  lessEqual: ["less", "equal"],
  equal: ["lessEqual"],
  maximum: ["minimum"],
  minimum: ["maximum"],
  exp: ["expm1"],
  log: ["log1p"],
  sign: ["abs"],
};

/** Functions that could stand for `name` and are in the table. */
export const scalarAlternatives = (name: ScalarName): readonly ScalarName[] =>
  (alternatives[name] ?? []).filter((other) => other in scalars);

/** Functions whose arguments may change places. */
export const symmetric: ReadonlySet<ScalarName> = new Set<ScalarName>([
  "add",
  "mul",
  "maximum",
  "minimum",
  "equal",
]);

/** Functions whose value is 1 or 0. */
export const comparisons: ReadonlySet<ScalarName> = new Set<ScalarName>([
  "less",
  "lessEqual",
  "equal",
]);
