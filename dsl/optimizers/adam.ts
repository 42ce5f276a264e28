import type { Node } from "../graph.js";
import {
  add,
  applyScalar,
  constant,
  div,
  mul,
  sub,
} from "../primitives/scalar.js";
import { wordNode } from "../primitives/leaf.js";
import { checkFlags, checkSetting } from "../settings.js";
import type { Optimizer, Update, Updated } from "./optimizer.js";
import {
  average,
  checkBetas,
  decayed,
  makeOptimizer,
  moments,
  seen,
  shrunk,
  sqrt,
  stepSize,
  type Betas,
  type RuleOptions,
} from "./rule.js";

export interface AdamOptions extends RuleOptions {
  /** How much of the averages stays at each step; [0.9, 0.999] by default. */
  readonly betas?: Betas;
  /** Keeps the step finite where v is 0; 1e-8 by default. */
  readonly eps?: number;
  /** Divides by the largest v so far (Reddi, Kale & Kumar 2018). */
  readonly amsgrad?: boolean;
}

/** w - lr / (1 - b1^t) m / (sqrt v / sqrt(1 - b2^t) + eps). */
function adamStep(
  u: Update,
  from: Node,
  g: Node,
  options: AdamOptions,
): Updated {
  const { betas = [0.9, 0.999], eps = 1e-8, amsgrad = false } = options;
  const { m, v, state } = moments(u, g, betas);
  let largest = v;
  if (amsgrad) {
    const before = u.state("vMax");
    largest = applyScalar("maximum", before, v);
    state.set(before, largest);
  }
  const size = stepSize(u, betas);
  const correction = wordNode("correction", sqrt(seen(2, betas, u.step)));
  const deviation = div(sqrt(largest), correction);
  const step = div(mul(size, m), add(deviation, constant(eps)));
  return { param: sub(from, step), state };
}

function checkAdam(callee: string, options: AdamOptions): void {
  checkFlags(callee, { amsgrad: options.amsgrad });
  checkBetas(callee, options.betas ?? [0.9, 0.999]);
  checkSetting(callee, "eps", options.eps ?? 1e-8, "nonnegative");
}

const variant = (name: string, { amsgrad }: AdamOptions): string =>
  amsgrad === true ? `${name}, AMSGrad` : name;

/**
 * Adam (Kingma & Ba 2015): steps along the average gradient m, each entry divided by the root of its average square v.
 * `weightDecay` is L2 decay. PyTorch: torch.optim.Adam.
 *
 * @throws CompileTimeError for a negative rate, eps or decay, and for a beta outside [0, 1).
 * @example const optimizer = adam(0.001);
 */
export function adam(lr = 1e-3, options: AdamOptions = {}): Optimizer {
  checkAdam("adam", options);
  return makeOptimizer("adam", lr, options, {
    name: variant("Adam", options),
    update: (u, decay) => adamStep(u, u.param, decayed(u, decay), options),
  });
}

/**
 * AdamW (Loshchilov & Hutter 2019): Adam whose decay takes lr weightDecay w off the parameter and stays out of the
 * averages; `weightDecay` is 0.01 by default. PyTorch: torch.optim.AdamW.
 *
 * @throws CompileTimeError for a negative rate, eps or decay, and for a beta outside [0, 1).
 * @example const optimizer = adamw(0.001, { weightDecay: 0.05 });
 */
export function adamw(lr = 1e-3, options: AdamOptions = {}): Optimizer {
  const { weightDecay = 0.01 } = options;
  checkAdam("adamw", options);
  return makeOptimizer(
    "adamw",
    lr,
    { ...options, weightDecay },
    {
      name: variant("AdamW", options),
      update: (u, decay) => adamStep(u, shrunk(u, decay), u.gradient, options),
    },
  );
}

export interface AdamaxOptions extends RuleOptions {
  /** How much of m and of u stays at each step; [0.9, 0.999] by default. */
  readonly betas?: Betas;
  /** Keeps the step finite where u is 0; 1e-8 by default. */
  readonly eps?: number;
}

/**
 * Adamax (Kingma & Ba 2015, section 7.1): Adam with the largest recent gradient in place of the root mean square.
 * PyTorch: torch.optim.Adamax.
 *
 * @throws CompileTimeError for a negative rate, eps or decay, and for a beta outside [0, 1).
 * @example const optimizer = adamax(0.002);
 */
export function adamax(lr = 2e-3, options: AdamaxOptions = {}): Optimizer {
  const { betas = [0.9, 0.999], eps = 1e-8 } = options;
  checkAdam("adamax", options);
  return makeOptimizer("adamax", lr, options, {
    name: "Adamax",
    update: (u, decay) => {
      const g = decayed(u, decay);
      const [m0, u0] = [u.state("m"), u.state("u")];
      const m = average(m0, g, betas[0]);
      const size = add(applyScalar("abs", g), constant(eps));
      const largest = applyScalar("maximum", mul(constant(betas[1]), u0), size);
      return {
        param: sub(u.param, div(mul(stepSize(u, betas), m), largest)),
        state: new Map([
          [m0, m],
          [u0, largest],
        ]),
      };
    },
  });
}
