import type { Node } from "../graph.js";
import { wordNode } from "../primitives/leaf.js";
import {
  add,
  constant,
  div,
  less,
  mul,
  sub,
  where,
} from "../primitives/scalar.js";
import { checkSetting } from "../settings.js";
import type { Optimizer } from "./optimizer.js";
import {
  checkBetas,
  decayed,
  makeOptimizer,
  moments,
  powerOf,
  seen,
  sqrt,
  stepSize,
  type Betas,
  type RuleOptions,
} from "./rule.js";

export interface RadamOptions extends RuleOptions {
  /** How much of the averages stays at each step; [0.9, 0.999] by default. */
  readonly betas?: Betas;
  /** Keeps the step finite where v is 0; 1e-8 by default. */
  readonly eps?: number;
}

/**
 * RAdam (Liu et al. 2020): Adam whose division by sqrt v starts when the length r of its average is above 5, with the
 * rectification sqrt((r - 4)(r - 2) r_inf / ((r_inf - 4)(r_inf - 2) r)). PyTorch: torch.optim.RAdam.
 *
 * @throws CompileTimeError for a negative rate, eps or decay, and for a beta outside [0, 1).
 * @example const optimizer = radam(0.001);
 */
export function radam(lr = 1e-3, options: RadamOptions = {}): Optimizer {
  const { betas = [0.9, 0.999], eps = 1e-8 } = options;
  checkBetas("radam", betas);
  checkSetting("radam", "eps", eps, "nonnegative");
  const longest = 2 / (1 - betas[1]) - 1;
  return makeOptimizer("radam", lr, options, {
    name: "RAdam",
    update: (u, decay) => {
      const g = decayed(u, decay);
      const { m, v, state } = moments(u, g, betas);
      const part = seen(2, betas, u.step);
      const r = lengthAt(u.step, part, betas, longest);
      const scale = wordNode(
        "scale",
        mul(rectification(r, longest), sqrt(part)),
      );
      const adapted = div(scale, add(sqrt(v), constant(eps)));
      const isLong = less(constant(5), r);
      const factor = where(isLong, adapted, constant(1));
      return {
        param: sub(u.param, mul(mul(stepSize(u, betas), m), factor)),
        state,
      };
    },
  });
}

/** r_t = r_inf - 2 t b2^t / (1 - b2^t), the length of the average of g^2 at step t. */
function lengthAt(t: Node, part: Node, betas: Betas, longest: number): Node {
  const power = powerOf(2, betas, t);
  const spent = div(mul(mul(constant(2), t), power), part);
  return wordNode("length", sub(constant(longest), spent));
}

/** sqrt((r - 4)(r - 2) r_inf / ((r_inf - 4)(r_inf - 2) r)); used only where r > 5. */
function rectification(r: Node, longest: number): Node {
  const above = mul(sub(r, constant(4)), sub(r, constant(2)));
  const full = ((longest - 4) * (longest - 2)) / longest;
  return sqrt(div(above, mul(constant(full), r)));
}
