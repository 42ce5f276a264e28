/** The shape rules, type-level and run-time, with their messages; see shape.ts for how a rule is made. */
export * from "./axes.js";
export * from "./broadcast.js";
export * from "./concat.js";
export * from "./convolution.js";
export * from "./convWeight.js";
export type { Product } from "./digits.js";
export * from "./einsum.js";
export * from "./lookup.js";
export * from "./matmul.js";
export {
  codeOf,
  failShape,
  ShapeError,
  shapeError,
  showShape,
  type Message,
  type MessageCode,
  type MessageKey,
} from "./messages.js";
export * from "./attention.js";
export * from "./model.js";
export * from "./recurrent.js";
export * from "./pad.js";
export * from "./normalization.js";
export * from "./pooling.js";
export * from "./reshape.js";
export * from "./resize.js";
export * from "./shape.js";
export * from "./targets.js";
export * from "./transpose.js";
export * from "./transposed.js";
export * from "./windows.js";
