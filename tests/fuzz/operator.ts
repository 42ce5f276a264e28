/**
 * The table that drives the fuzzer: one row for each operator of the language.
 *
 * To add one, add a row to a file of rows/ (rows/index.ts lists them):
 *
 *     {
 *       name: "cumsum",                                   // as "gradc" exports it
 *       attributes: { axis: ["omitted", "first", "last"] }, // all are counted: coverage wants every one
 *       rank: 1,                                          // least rank of an operand (0 where left out)
 *       draw: (d) => {
 *         const x = d.value(1);                           // an operand of rank 1 or more, made where there is none
 *         const axis = d.axis(x.shape.length, "axis");    // one of the choices above
 *         return d.call([x, axis], ({ tape, of }) => ...) // what it means, in operations on a tape
 *       },
 *     }
 *
 * `call` takes the arguments as they are printed, and the meaning: a grid of numbers of one example, made of the operands'
 * grids by the operations of oracles/tape.ts. Nothing else is asked for: values, gradients by two modes, their condition
 * under rounding, kinks, shapes and types all follow from the meaning. It has to be written from the operator's
 * definition, never from dsl/ or compiler/, and with PyTorch's choice at kinks and ties. No other file changes.
 */
import type { Call, Value } from "./program.js";
import type { Draft } from "./draft.js";

/** What a call is without its name. */
export type Drawn = Omit<Call, "callee">;

export interface Operator {
  readonly name: string;
  /** Every attribute with the choices that coverage counts. */
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  /** Least rank of the operand that other operators' results are tried as. */
  readonly rank?: number;
  /** Least number among the arguments that the types take: what is below only the run time refuses. */
  readonly least?: number;
  /** True where the types do not look at its operands and attributes. */
  readonly untyped?: true;
  /** True where the result is always a scalar. */
  readonly scalar?: true;
  /** True where few numbers are in the domain of its operands: others' results are its operands where nothing is guarded. */
  readonly narrow?: boolean;
  /** True where no other operator's result can be the operand. */
  readonly source?: true;
  /** A call of given operands, where they are all there is to say. */
  readonly of?: (operands: readonly (Value | number)[]) => Drawn;
  /** A random call; undefined where none can be made of what there is. */
  readonly draw: (d: Draft) => Drawn | undefined;
}
