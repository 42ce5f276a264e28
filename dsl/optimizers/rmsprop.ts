import { add, constant, div, mul, sub } from "../primitives/scalar.js";
import { checkFlags, checkSetting } from "../settings.js";
import type { Optimizer } from "./optimizer.js";
import {
  average,
  decayed,
  makeOptimizer,
  sqrt,
  square,
  type RuleOptions,
} from "./rule.js";

export interface RmspropOptions extends RuleOptions {
  /** How much of the average of g^2 stays at each step; 0.99 by default. */
  readonly alpha?: number;
  /** Keeps the step finite where the average is 0. */
  readonly eps?: number;
  /** Divides by the deviation of the gradient instead of its root mean square. */
  readonly centered?: boolean;
  /** How much of the last step stays in the next. */
  readonly momentum?: number;
}

/**
 * RMSprop (Tieleman & Hinton 2012): each entry of the gradient is divided by the root of its average square. PyTorch:
 * torch.optim.RMSprop.
 *
 * @throws CompileTimeError for a negative rate, eps, momentum or decay, and for alpha outside [0, 1].
 * @example const optimizer = rmsprop(0.01, { momentum: 0.9 });
 */
export function rmsprop(lr = 1e-2, options: RmspropOptions = {}): Optimizer {
  const { alpha = 0.99, eps = 1e-8, centered = false, momentum = 0 } = options;
  checkFlags("rmsprop", { centered });
  checkSetting("rmsprop", "alpha", alpha, "fraction");
  checkSetting("rmsprop", "eps", eps, "nonnegative");
  checkSetting("rmsprop", "momentum", momentum, "nonnegative");
  return makeOptimizer("rmsprop", lr, options, {
    name: centered ? "centered RMSprop" : "RMSprop",
    update: (u, decay) => {
      const g = decayed(u, decay);
      const v0 = u.state("v");
      const v = average(v0, square(g), alpha);
      const state = new Map([[v0, v]]);
      let spread = v;
      if (centered) {
        const a0 = u.state("a");
        const a = average(a0, g, alpha);
        state.set(a0, a);
        spread = sub(v, square(a));
      }
      let d = div(g, add(sqrt(spread), constant(eps)));
      if (momentum !== 0) {
        const b = u.state("momentum");
        d = add(mul(constant(momentum), b), d);
        state.set(b, d);
      }
      return { param: sub(u.param, mul(u.lr, d)), state };
    },
  });
}
