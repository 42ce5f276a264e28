/** Loops over memory that apply elementary functions. */
import type { MathMode } from "../interpret.js";
import type { ElementaryCall } from "./bodies.js";
import type { Apply, Statement } from "./ir.js";

/** How scalar functions are made, and whether elementary ones run over slices of memory. */
export interface Style {
  readonly math: MathMode;
  /**
   * A call that V8 does not inline boxes its double arguments and result: where nothing may be allocated, elementary
   * functions are applied by loops over memory, and their arguments and results have to be there.
   */
  readonly slices: boolean;
  /** Multiply-adds of a kernel from which on points are done side by side; absent where loops are short to read first of all. */
  readonly tilesFrom?: number;
  /** Numbers of a vector, where points of a tile that lie side by side become one; absent where a pair of any points may. */
  readonly lanes?: number;
  /** True where arrays hold float32 and what is computed between them does not. */
  readonly rounds?: boolean;
}

/** A statement that is a loop over memory: an elementary function and nothing else. */
export type SliceStatement = Statement & {
  readonly expr: Apply & { readonly calls: ElementaryCall };
};

export const isSlice = (s: Statement, style: Style): s is SliceStatement =>
  style.slices && s.expr.kind === "apply" && s.expr.calls !== undefined;
