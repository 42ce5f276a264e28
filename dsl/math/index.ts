/** Elementary functions, written once in the scalar language; how to evaluate them and how to inline them. */
export * from "./scalar.js";
export * from "./build.js";
export { functions } from "./registry.js";
export { float32Functions } from "./float32.js";
export { tables } from "./tables.js";
export {
  buildTable,
  compileScalar,
  evaluate,
  lengthOfTable,
} from "./evaluate.js";
export { freeVariables, partsOf } from "./names.js";
export { powerOfKnown } from "./knownPower.js";
export { eager } from "./eager.js";
export { callsOf, inlined } from "./inline.js";
export type { Keeps, Needs } from "./inline.js";
