import type { Handle } from "./emitted.js";
import { InternalError } from "../diagnostics.js";
import type { ModulePlan } from "../emit/module.js";
import {
  isVisible,
  leastSlope,
  mostError,
  refutes,
  slopeStep,
} from "../slope.js";

interface Differences {
  /** The largest one; undefined where none is finite. */
  readonly worst: number | undefined;
  readonly tried: number;
  readonly finite: number;
}

/** Differences between gradients and central differences of the loss, over at most 64 parameters, fewer where each costs much. */
export function differences(
  net: Handle,
  n: number,
  plan: ModulePlan,
  held: (() => number) | undefined,
): Differences {
  const step = slopeStep;
  const large = plan.handle.backward.facts.multiplyAdds > 1e4;
  const entries = large ? 8 : 64;
  // That n examples are the mean of what each gives is seen by the interpreter too.
  const examples = large && held === undefined ? plan.programs.least : n;
  net.backward(examples);
  const derived = net.grads.slice();
  const least = leastSlope(derived);
  const stride = Math.max(1, Math.floor(derived.length / entries));
  let [worst, tried, finite] = [0, 0, 0];
  for (let i = 0; i < derived.length; i += stride) {
    tried++;
    const p = net.params[i] as number;
    const at = (x: number): number => {
      net.params[i] = x;
      if (held !== undefined) return held();
      net.backward(examples);
      return net.loss[0] as number;
    };
    const slope = (at(p + step) - at(p - step)) / (2 * step);
    const own = derived[i] as number;
    const difference = Math.abs(slope - own);
    const isNumber = Number.isFinite(difference);
    const looksWrong = isNumber && isVisible(difference, slope, least);
    if (looksWrong && refutes(at, p, own, least))
      throw new InternalError(
        `a gradient differs from central differences by ${difference.toExponential(1)}, the slope is ${slope.toExponential(1)}`,
      );
    net.params[i] = p;
    if (!isNumber) continue;
    finite++;
    const error = difference / Math.max(1, Math.abs(slope));
    // Beyond that it is a kink or rounding, where differences say nothing.
    if (error <= mostError) worst = Math.max(worst, error);
  }
  return { worst: finite === 0 ? undefined : worst, tried, finite };
}
