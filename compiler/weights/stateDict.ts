/** Between the parameters of a model, flat, and a file of PyTorch's names. */
import { sizeOf } from "../../dsl/graph.js";
import type { LeafNode } from "../programs.js";
import type { Fault } from "./fault.js";
import { checkFinite } from "./finite.js";
import { matched } from "./match.js";
import {
  checkUsed,
  inverse,
  isWithin,
  renamedAll,
  type Naming,
} from "./rename.js";
import { problemsOf, rowOf, type Row } from "./report.js";
import {
  safetensorsBytes,
  type Safetensors,
  type Tensor,
} from "./safetensors.js";

export interface Conversion extends Naming {
  /** Whether NaN and infinities are taken as they are. */
  readonly allowNonfinite: boolean;
  /** Called with what became of each name, also where that is an error. */
  readonly report: (rows: readonly Row[]) => void;
}

/**
 * The parameters of a model, from the entries of their names.
 *
 * @throws CompileError where one is missing, unexpected, of another shape or dtype, or not finite.
 */
export function paramsOfStateDict(
  params: readonly LeafNode[],
  file: Safetensors,
  conversion: Conversion,
  fault: Fault,
): Float64Array {
  const matches = matched(params, file.entries, conversion, fault);
  conversion.report(matches.map(rowOf));
  const [first, ...others] = problemsOf(matches);
  if (first !== undefined) throw fault(first, ...others);
  const all = new Float64Array(lengthOf(params));
  for (const { param, entry } of matches) {
    if (param === undefined || entry === undefined) continue;
    const values = file.values(entry);
    if (!conversion.allowNonfinite)
      checkFinite(entry.name, entry.shape, values, fault);
    all.set(values, param.op.offset);
  }
  return all;
}

/**
 * A file of the parameters of a model, as doubles.
 *
 * @param all the parameters, flat
 * @throws CompileError where one is not finite, or two get one name.
 */
export function stateDictOf(
  params: readonly LeafNode[],
  all: Float64Array,
  { rules, skip, allowNonfinite, report }: Conversion,
  fault: Fault,
): Uint8Array {
  const own = params.map(({ op }) => op.name);
  const names = renamedAll(own, inverse(rules), fault);
  const outers = skip.map((from) => ({ from }));
  checkUsed("--skip", outers, [...names.values()], fault);
  const rows: Row[] = [];
  const tensors: Tensor[] = [];
  for (const { op, shape } of params) {
    const name = names.get(op.name) ?? op.name;
    const isSkipped = skip.some((outer) => isWithin(name, outer));
    rows.push({
      fate: isSkipped ? "skipped" : "written",
      name: op.name,
      shape,
      dtype: "F64",
      ...(name !== op.name && { file: name }),
    });
    if (isSkipped) continue;
    const values = all.subarray(op.offset, op.offset + sizeOf(shape));
    if (!allowNonfinite) checkFinite(op.name, shape, values, fault);
    tensors.push({ name, shape, values });
  }
  report(rows);
  return safetensorsBytes(tensors);
}

const lengthOf = (params: readonly LeafNode[]): number =>
  params.reduce((n, { shape }) => n + sizeOf(shape), 0);
