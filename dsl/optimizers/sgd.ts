import type { Node } from "../graph.js";
import { add, constant, equal, mul, sub, where } from "../primitives/scalar.js";
import { checkFlags, checkSetting, refuseSettings } from "../settings.js";
import type { Optimizer, Update, Updated } from "./optimizer.js";
import { decayed, makeOptimizer, type RuleOptions } from "./rule.js";

export interface SgdOptions extends RuleOptions {
  /** How much of the last step stays in the next. */
  readonly momentum?: number;
  /** How much of the gradient the momentum does not take up. */
  readonly dampening?: number;
  /** Nesterov's momentum; needs momentum > 0 and no dampening. */
  readonly nesterov?: boolean;
  /** L2 decay: g + weightDecay w. */
  readonly weightDecay?: number;
}

/**
 * Gradient descent: b <- momentum b + (1 - dampening) g (b = g at the first step), w <- w - lr b; with Nesterov's
 * momentum w <- w - lr (g + momentum b). PyTorch: torch.optim.SGD.
 *
 * @throws CompileTimeError for a negative rate, momentum or decay, and for nesterov without momentum or with dampening.
 * @example const optimizer = sgd(0.1, { momentum: 0.9 });
 */
export function sgd(lr: number, options: SgdOptions = {}): Optimizer {
  const { momentum = 0, dampening = 0, nesterov = false } = options;
  checkFlags("sgd", { nesterov });
  checkSetting("sgd", "momentum", momentum, "nonnegative");
  checkSetting("sgd", "dampening", dampening, "finite");
  if (nesterov && (momentum === 0 || dampening !== 0))
    refuseSettings(
      "sgd: nesterov needs a momentum > 0 and no dampening",
      "write { momentum: 0.9, nesterov: true }",
    );
  return makeOptimizer("sgd", lr, options, {
    name:
      momentum === 0
        ? "gradient descent"
        : `gradient descent, ${nesterov ? "Nesterov " : ""}momentum ${String(momentum)}`,
    update: (u: Update, decay: number): Updated => {
      const g = decayed(u, decay);
      const step = (d: Node): Node => sub(u.param, mul(u.lr, d));
      if (momentum === 0) return { param: step(g) };
      const b = u.state("momentum");
      const next = add(
        mul(constant(momentum), b),
        mul(constant(1 - dampening), g),
      );
      // The first step takes g whole. Without dampening the zeros in b say the same.
      const moved =
        dampening === 0 ? next : where(equal(u.step, constant(1)), g, next);
      return {
        param: step(nesterov ? add(g, mul(constant(momentum), moved)) : moved),
        state: new Map([[b, moved]]),
      };
    },
  });
}
