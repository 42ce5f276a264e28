import type { Node } from "../graph.js";
import { labelNode, wordNode } from "../primitives/leaf.js";
import { reduceNode } from "../primitives/reduce.js";
import { add, applyScalar, constant, div, mul } from "../primitives/scalar.js";
import { found } from "../found.js";
import { checkSetting, refuseSettings } from "../settings.js";
import { asNode, asTensor, type Tensor } from "../tensor.js";
import type { Clip } from "./optimizer.js";

const ofNodes =
  (rule: (gradients: readonly Node[]) => readonly Node[]): Clip =>
  (gradients) =>
    rule(gradients.map(asNode)).map((v) => asTensor<Tensor>(v));

export interface ClipNormOptions {
  /** 2 (the default): the root of the sum of squares; Infinity: the largest absolute value. */
  readonly normType?: number;
}

/**
 * Scales all gradients together by min(1, maxNorm / (norm + 1e-6)), so that their norm is at most maxNorm. PyTorch:
 * nn.utils.clip_grad_norm_.
 *
 * @throws CompileTimeError where maxNorm is negative, or for another norm.
 * @example const optimizer = sgd(0.1, { clip: clipNorm(1) });
 */
export function clipNorm(maxNorm: number, options: ClipNormOptions = {}): Clip {
  const { normType = 2 } = options;
  checkSetting("clipNorm", "maxNorm", maxNorm, "nonnegative");
  if (normType !== 2 && normType !== Infinity)
    refuseSettings(
      `clipNorm: normType is ${found(normType)}, expected 2 or Infinity`,
    );
  return ofNodes((gradients) => {
    if (gradients.length === 0) return gradients;
    const norm = labelNode(
      normType === 2 ? euclidean(gradients) : largest(gradients),
      "norm",
    );
    const ratio = div(constant(maxNorm), add(norm, constant(1e-6)));
    const factor = wordNode(
      "scale",
      applyScalar("minimum", ratio, constant(1)),
    );
    return gradients.map((g) => wordNode("clipped", mul(g, factor)));
  });
}

const euclidean = (gradients: readonly Node[]): Node =>
  applyScalar(
    "sqrt",
    gradients
      .map((g) => reduceNode("sum", applyScalar("square", g)))
      .reduce((s, part) => add(s, part)),
  );

const largest = (gradients: readonly Node[]): Node =>
  gradients
    .map((g) => reduceNode("max", applyScalar("abs", g)))
    .reduce((s, part) => applyScalar("maximum", s, part));

/**
 * Clamps every entry of the gradients to [-limit, limit]. PyTorch: nn.utils.clip_grad_value_.
 *
 * @throws CompileTimeError where the limit is negative.
 * @example const optimizer = sgd(0.1, { clip: clipValue(0.5) });
 */
export function clipValue(limit: number): Clip {
  checkSetting("clipValue", "limit", limit, "nonnegative");
  return ofNodes((gradients) =>
    gradients.map((g) =>
      wordNode(
        "clipped",
        applyScalar(
          "minimum",
          applyScalar("maximum", g, constant(-limit)),
          constant(limit),
        ),
      ),
    ),
  );
}
