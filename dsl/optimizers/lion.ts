import { wordNode } from "../primitives/leaf.js";
import { applyScalar, mul, sub } from "../primitives/scalar.js";
import type { Optimizer } from "./optimizer.js";
import {
  average,
  checkBetas,
  makeOptimizer,
  shrunk,
  type Betas,
  type RuleOptions,
} from "./rule.js";

export interface LionOptions extends RuleOptions {
  /** b1 blends the gradient into the direction, b2 into the average that is kept; [0.9, 0.99] by default. */
  readonly betas?: Betas;
}

/**
 * Lion (Chen et al. 2023): steps of equal size along the sign of a blend of average and gradient; `weightDecay` is
 * decoupled as AdamW's. PyTorch: none.
 *
 * @throws CompileTimeError for a negative rate or decay, and for a beta outside [0, 1).
 * @example const optimizer = lion(1e-4, { weightDecay: 0.1 });
 */
export function lion(lr = 1e-4, options: LionOptions = {}): Optimizer {
  const { betas = [0.9, 0.99] } = options;
  checkBetas("lion", betas);
  return makeOptimizer("lion", lr, options, {
    name: "Lion",
    update: (u, decay) => {
      const m = u.state("m");
      const blend = wordNode("blend", average(m, u.gradient, betas[0]));
      const sign = applyScalar("sign", blend);
      return {
        param: sub(shrunk(u, decay), mul(u.lr, sign)),
        state: new Map([[m, average(m, u.gradient, betas[1])]]),
      };
    },
  });
}
