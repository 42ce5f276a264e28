import type { Node } from "../graph.js";
import { wordNode } from "../primitives/leaf.js";
import {
  add,
  applyScalar,
  constant,
  div,
  mul,
  sub,
} from "../primitives/scalar.js";
import { checkSetting } from "../settings.js";
import type { Optimizer } from "./optimizer.js";
import {
  checkBetas,
  decayed,
  makeOptimizer,
  moments,
  seen,
  sqrt,
  type Betas,
  type RuleOptions,
} from "./rule.js";

export interface NadamOptions extends RuleOptions {
  /** How much of the averages stays at each step; [0.9, 0.999] by default. */
  readonly betas?: Betas;
  /** Keeps the step finite where v is 0; 1e-8 by default. */
  readonly eps?: number;
  /** psi: how fast the momentum mu_t = b1 (1 - 0.96^(t psi) / 2) grows; 0.004 by default. */
  readonly momentumDecay?: number;
}

/**
 * NAdam (Dozat 2016): Adam with Nesterov's momentum. P is the product of the momenta mu_t so far. PyTorch:
 * torch.optim.NAdam.
 *
 * @throws CompileTimeError for a negative rate, eps or decay, and for a beta outside [0, 1).
 * @example const optimizer = nadam(0.002);
 */
export function nadam(lr = 2e-3, options: NadamOptions = {}): Optimizer {
  const { betas = [0.9, 0.999], eps = 1e-8, momentumDecay = 0.004 } = options;
  checkBetas("nadam", betas);
  checkSetting("nadam", "eps", eps, "nonnegative");
  checkSetting("nadam", "momentumDecay", momentumDecay, "nonnegative");
  const one = constant(1);
  // b1 (1 - 0.96^(t psi) / 2)
  const momentum = (word: string, t: Node): Node => {
    const power = mul(t, constant(momentumDecay));
    const part = applyScalar("pow", constant(0.96), power);
    const growing = sub(one, mul(constant(0.5), part));
    return wordNode(word, mul(constant(betas[0]), growing));
  };
  return makeOptimizer("nadam", lr, options, {
    name: "NAdam",
    update: (u, decay) => {
      const g = decayed(u, decay);
      const { m, v, state } = moments(u, g, betas);
      const before = u.state("momentumProduct", "scalar", 1);
      const now = momentum("mu", u.step);
      const next = momentum("muNext", add(u.step, one));
      const product = mul(before, now);
      state.set(before, product);
      const ofGradient = wordNode(
        "gradientShare",
        div(sub(one, now), sub(one, product)),
      );
      const ofMomentum = wordNode(
        "momentumShare",
        div(next, sub(one, mul(product, next))),
      );
      const root = sqrt(div(v, seen(2, betas, u.step)));
      const direction = add(mul(ofGradient, g), mul(ofMomentum, m));
      const step = div(direction, add(root, constant(eps)));
      return { param: sub(u.param, mul(u.lr, step)), state };
    },
  });
}
