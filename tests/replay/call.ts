import type { IndexTensor, Tensor } from "../../dsl/index.js";
import type { AnyTensor } from "../../dsl/tensor.js";
import type { BatchAxis } from "./batchAxis.js";
import type { Statistics } from "./buildModel.js";
import type { GraphNode, Options } from "./caseFile.js";

/** One operation of a case, as the tables of the language see it. */
export interface Call {
  readonly node: GraphNode;
  readonly attrs: Options;
  readonly axes: BatchAxis;
  /** Names the result. */
  readonly as: { readonly name: string };
  /** Number of operands. */
  readonly count: number;
  /** Operand `i`, 0-based; a layer that has parameters of its own declares them before it asks for them. */
  readonly x: (i: number) => Tensor;
  /** Operand `i` as indices below `classes`. */
  readonly index: (i: number, classes: number) => IndexTensor;
  /**
   * The parameters at `places`, where nothing else reads them, or only operations of the same kind that read them all:
   * a layer may then declare them; undefined otherwise.
   */
  readonly own: (...places: readonly number[]) => OwnParams | undefined;
  /** Tells which parameter of the model, by value or by name, operand `place` has become. */
  readonly bind: (place: number, as: Tensor | string) => void;
  /** Which statistics batch normalisation predicts with. */
  readonly statistics: Statistics;
  /** What an earlier operation of the same kind with the same parameters at `places` made. */
  readonly shared: <T>(places: readonly number[], make: () => T) => T;
}

export interface OwnParams {
  readonly name: string;
  readonly data: readonly (readonly number[])[];
  readonly shapes: readonly (readonly number[])[];
  readonly frozen: boolean;
}

/** How an operation of the case format is written in the language: one result, or several. */
export type Op = (call: Call) => AnyTensor | readonly AnyTensor[];
export type Ops = Readonly<Record<string, Op>>;
