import { layer } from "../context.js";
import { paramNode } from "../declare.js";
import { uniformBetween, zeros } from "../initializers.js";
import { labelled } from "../naming.js";
import { add, constant, mul } from "../primitives/scalar.js";
import { checkFlags, checkSetting } from "../settings.js";
import { numbers } from "../ops/elementwise.js";
import {
  checkMinimumRank,
  checkPositive,
  type Guard,
  type Init,
  type MinimumRankError,
  type PositiveError,
  type Shape,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import { weightAndBias, type AffineOptions } from "./affine.js";
import { affineNode } from "./linear.js";

/** Options of `loraLinear`. */
export interface LoraOptions extends Omit<AffineOptions, "frozen"> {
  /** Rows of A and columns of B; 8 by default, as PEFT. */
  readonly rank?: number;
  /** What B A x is multiplied by, times the rank; 8 by default, as PEFT. */
  readonly alpha?: number;
  /** False trains W and b too; true by default. */
  readonly frozen?: boolean;
}

/**
 * A linear layer with a low-rank adapter, y = W x + b + alpha / rank B A x on the last axis (Hu et al. 2021): W [out, in]
 * and b [out] are those of a trained network and frozen, A [rank, in] starts as a linear layer does, B [out, rank] as
 * zeros, so that training starts from that network. Parameters are called as PEFT's: `lora_A.weight`, `lora_B.weight`.
 * PyTorch: peft.LoraConfig on nn.Linear.
 *
 * @example const hidden = loraLinear(x, 16, { rank: 4, alpha: 8 });
 */
export function loraLinear<S extends Shape, const O extends number>(
  x: Guard<Tensor<S>, MinimumRankError<"loraLinear", S, 1>>,
  out: Guard<O, PositiveError<"loraLinear", "features", O>>,
  options: LoraOptions = {},
): Tensor<[...Init<S>, O]> {
  const { rank = 8, alpha = 8, frozen = true } = options;
  checkSetting("loraLinear", "rank", rank, "count");
  checkSetting("loraLinear", "alpha", alpha, "finite");
  checkFlags("loraLinear", { frozen });
  return layer("loraLinear", { name: options.name, named: true }, (call) => {
    const node = numbers("loraLinear", x);
    const outs = out as number;
    checkMinimumRank("loraLinear", node.shape, 1);
    checkPositive("loraLinear", "features", outs);
    const ins = node.shape.at(-1) as number;
    const [weight, bias] = weightAndBias(
      "loraLinear",
      call,
      [outs, ins],
      [outs],
      ins,
      { ...options, frozen },
    );
    const bound = 1 / Math.sqrt(ins);
    const init = uniformBetween(-bound, bound);
    const down = paramNode("lora_A.weight", [rank, ins], { init }, call);
    const up = paramNode(
      "lora_B.weight",
      [outs, rank],
      { init: zeros() },
      call,
    );
    const low = affineNode(affineNode(node, down, undefined), up, undefined);
    const y = add(
      affineNode(node, weight, bias),
      mul(low, constant(alpha / rank)),
    );
    return asTensor(labelled(call, y, options.symbols?.output));
  });
}
