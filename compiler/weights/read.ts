import type { Derived } from "../emit/fields.js";
import type { Fault } from "./fault.js";
import { readSafetensors } from "./safetensors.js";
import { bytesOfJson, savedParams } from "./saved.js";
import type { Source } from "./source.js";
import { paramsOfStateDict, type Conversion } from "./stateDict.js";

/** The parameters of a model, flat. */
export type ParamsOf = (derived: Derived) => Float64Array;

export const isSafetensors = (path: string): boolean =>
  path.endsWith(".safetensors");
export const isJson = (path: string): boolean => path.endsWith(".json");

/**
 * Reads a state_dict of PyTorch, or what `save()` returned: which of both, the ending says. What is wrong with the file
 * alone is said at once, before there is a model.
 *
 * @throws CompileError where the file is damaged, and, with a model, where it is another one's.
 */
export function readWeights(
  path: string,
  source: Source,
  conversion: Conversion,
  fault: Fault,
): ParamsOf {
  if (isSafetensors(path)) {
    const file = readSafetensors(source, fault);
    return ({ model }) =>
      paramsOfStateDict(model.params, file, conversion, fault);
  }
  const whole = source.read(0, source.size);
  const bytes = isJson(path) ? bytesOfJson(whole, fault) : whole;
  return (derived) => savedParams(derived, bytes, fault);
}
