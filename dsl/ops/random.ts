import { boxMuller } from "../initializers.js";
import { value, type NameOptions } from "../naming.js";
import { randomNode } from "../primitives/scalar.js";
import { checkFlags } from "../settings.js";
import {
  checkDims,
  type Declared,
  type Mutable,
  type Shape,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";

export interface RandomOptions extends NameOptions {
  /** False for the same numbers in all examples: by default each example has its own. */
  readonly batched?: boolean;
}

/**
 * Uniform random numbers in [0, 1), other ones at every step of training and for every example; `shape` is that of one
 * example. They come from the seed of `create` and the number of steps, and are constants to the gradient. PyTorch:
 * torch.rand.
 *
 * @throws ShapeError where a dimension is not a positive integer.
 * @example const u = randomUniform([8]);
 */
export function randomUniform<const S extends Shape>(
  shape: Declared<S>,
  options: RandomOptions = {},
): Tensor<Mutable<S>> {
  const { batched = true } = options;
  checkFlags("randomUniform", { batched });
  return value("randomUniform", options, () =>
    randomNode(checkDims(shape as Shape), batched),
  );
}

/**
 * Normal random numbers with mean 0 and deviation 1, otherwise as `randomUniform`. PyTorch: torch.randn.
 *
 * @throws ShapeError where a dimension is not a positive integer.
 * @example const noisy = add(x, mul(randomNormal([4]), 0.1));
 */
export function randomNormal<const S extends Shape>(
  shape: Declared<S>,
  options: RandomOptions = {},
): Tensor<Mutable<S>> {
  const { batched = true } = options;
  checkFlags("randomNormal", { batched });
  return value("randomNormal", options, () => {
    const dims = checkDims(shape as Shape);
    return boxMuller(randomNode(dims, batched), randomNode(dims, batched));
  });
}
