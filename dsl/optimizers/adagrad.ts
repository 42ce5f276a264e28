import { add, constant, div, mul, sub } from "../primitives/scalar.js";
import { wordNode } from "../primitives/leaf.js";
import { checkSetting } from "../settings.js";
import type { Optimizer } from "./optimizer.js";
import {
  average,
  decayed,
  makeOptimizer,
  sqrt,
  square,
  type RuleOptions,
} from "./rule.js";

export interface AdagradOptions extends RuleOptions {
  /** The rate of step t is lr / (1 + (t - 1) lrDecay); 0 by default. */
  readonly lrDecay?: number;
  /** What the sums of squares start from; 0 by default. */
  readonly initialAccumulatorValue?: number;
  /** Keeps the step finite where v is 0. */
  readonly eps?: number;
}

/**
 * Adagrad (Duchi, Hazan & Singer 2011): each entry of the gradient is divided by the root of the sum of its squares.
 * PyTorch: torch.optim.Adagrad.
 *
 * @throws CompileTimeError for a negative option.
 * @example const optimizer = adagrad(0.1);
 */
export function adagrad(lr = 1e-2, options: AdagradOptions = {}): Optimizer {
  const { lrDecay = 0, initialAccumulatorValue = 0, eps = 1e-10 } = options;
  const numbers = { lrDecay, initialAccumulatorValue, eps };
  for (const [name, value] of Object.entries(numbers))
    checkSetting("adagrad", name, value, "nonnegative");
  return makeOptimizer("adagrad", lr, options, {
    name: "Adagrad",
    update: (u, decay) => {
      const g = decayed(u, decay);
      const v0 = u.state("v", "like", initialAccumulatorValue);
      const v = add(v0, square(g));
      const before = sub(u.step, constant(1));
      const slower = add(constant(1), mul(before, constant(lrDecay)));
      const step = div(
        mul(lrDecay === 0 ? u.lr : wordNode("slowed", div(u.lr, slower)), g),
        add(sqrt(v), constant(eps)),
      );
      return { param: sub(u.param, step), state: new Map([[v0, v]]) };
    },
  });
}

export interface AdadeltaOptions extends RuleOptions {
  /** How much of the averages stays at each step; 0.9 by default. */
  readonly rho?: number;
  /** Added to both averages before their roots, so that the first steps are not 0. */
  readonly eps?: number;
}

/**
 * Adadelta (Zeiler 2012): steps in the unit of the parameter, by the root mean square u of past steps over that of the
 * gradient. PyTorch: torch.optim.Adadelta.
 *
 * @throws CompileTimeError for a negative rate, eps or decay, and for rho outside [0, 1].
 * @example const optimizer = adadelta();
 */
export function adadelta(lr = 1, options: AdadeltaOptions = {}): Optimizer {
  const { rho = 0.9, eps = 1e-6 } = options;
  checkSetting("adadelta", "rho", rho, "fraction");
  checkSetting("adadelta", "eps", eps, "nonnegative");
  return makeOptimizer("adadelta", lr, options, {
    name: "Adadelta",
    update: (update, decay) => {
      const g = decayed(update, decay);
      const [v0, u0] = [update.state("v"), update.state("u")];
      const v = average(v0, square(g), rho);
      const ratio = div(
        sqrt(add(u0, constant(eps))),
        sqrt(add(v, constant(eps))),
      );
      const d = wordNode("change", mul(ratio, g));
      return {
        param: sub(update.param, mul(update.lr, d)),
        state: new Map([
          [v0, v],
          [u0, average(u0, square(d), rho)],
        ]),
      };
    },
  });
}
