/** A network whose parameters are known: a program that only predicts, over constants. */
import {
  emptyProgram,
  isLeaf,
  orderOf,
  sizeOf,
  type Program,
} from "../../dsl/graph.js";
import type { Derived } from "../emit/fields.js";
import type { MathMode } from "../interpret.js";
import { rebuild } from "../passes/rebuild.js";
import type { Programs } from "../programs.js";
import { affineFolded } from "./affine.js";
import { constantIn } from "./constants.js";
import { folded } from "./fold.js";
import { quantized, type Precision, type Rounding } from "./quantize.js";

export interface FreezeOptions {
  readonly math: MathMode;
  /** Whether batch norms become part of the weights before them, which moves the last bits of outputs. */
  readonly norms: "fold" | "keep";
  readonly precision: Precision;
}

export interface FrozenModel extends Derived {
  /** What rounding did to weights. */
  readonly rounding: readonly Rounding[];
}

/**
 * What a module needs that only predicts: outputs over constants, and no more inputs than they are made from.
 *
 * @param params the parameters of the model, flat
 */
export function frozen(
  { model, programs }: Derived,
  params: Float64Array,
  { math, norms, precision }: FreezeOptions,
): FrozenModel {
  const exact = folded(known(programs.forward, params), math);
  const short = norms === "fold" ? affineFolded(exact) : exact;
  const { program: forward, rounding } = quantized(short, precision);
  const read = new Set(orderOf(forward));
  return {
    model: {
      ...model,
      inputs: model.inputs.filter((x) => read.has(x)),
      params: [],
    },
    programs: predicting(forward, programs),
    rounding,
  };
}

/** The same program over the values of its parameters. */
const known = (program: Program, params: Float64Array): Program =>
  rebuild(program, (v) => {
    if (!isLeaf(v) || v.op.space !== "param") return v;
    const { offset } = v.op;
    const values = params.subarray(offset, offset + sizeOf(v.shape));
    return constantIn(v, Array.from(values), v.op);
  });

/** Nothing is trained: there is nothing to start from, to derive or to update. */
const predicting = (forward: Program, { loss }: Programs): Programs => ({
  init: emptyProgram,
  forward,
  backward: emptyProgram,
  loss,
  average: emptyProgram,
  update: emptyProgram,
  states: [],
  least: 1,
  batched: orderOf(forward).some((v) => v.batched),
});
