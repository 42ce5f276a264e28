import type { Node } from "../graph.js";
import { value } from "../naming.js";
import { reduceNode } from "../primitives/reduce.js";
import {
  add,
  applyScalar,
  constant,
  div,
  equal,
  less,
  mul,
  sub,
  where,
} from "../primitives/scalar.js";
import { checkFlags, checkSetting, checkWord } from "../settings.js";
import {
  checkShape,
  targetShape,
  type Guard,
  type Shape,
  type TargetError,
} from "../shape/rules.js";
import { tensorNode } from "../ops/elementwise.js";
import { asTensor, type Tensor } from "../tensor.js";
import {
  atLeast,
  loss,
  reductionsOfDivergence,
  type LossOptions,
  type LossTensor,
  type OperandError,
  type Reduction,
} from "./reduction.js";

const exp = (x: Node): Node => applyScalar("exp", x);
const log = (x: Node): Node => applyScalar("log", x);
const square = (x: Node): Node => applyScalar("square", x);

export interface KlDivOptions<
  R extends Reduction | "batchmean" = Reduction | "batchmean",
> extends LossOptions<R> {
  /** True where the target is given as logarithms too; false by default. */
  readonly logTarget?: boolean;
}

/**
 * Kullback-Leibler divergence of log-probabilities x from a target t: t (ln t - x), 0 where t = 0; e^t (t - x) with
 * `logTarget`. "batchmean" divides the sum by the number of examples, which is the divergence itself. PyTorch:
 * nn.KLDivLoss.
 *
 * @example const loss = klDiv(logSoftmax(logits), y, { reduction: "batchmean" });
 */
export function klDiv<
  A extends Shape,
  B extends Shape,
  R extends Reduction | "batchmean" = "mean",
>(
  logProbabilities: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"klDiv", A, B>>,
  options: KlDivOptions<R> = {},
): LossTensor<R, A> {
  const { logTarget = false } = options;
  checkFlags("klDiv", { logTarget });
  return asTensor(
    loss(
      "klDiv",
      options,
      () => {
        const [x, t] = [
          tensorNode("klDiv", logProbabilities),
          tensorNode("klDiv", target),
        ];
        targetShape("klDiv", x.shape, t.shape);
        if (logTarget) return mul(exp(t), sub(t, x));
        // Any finite logarithm will do where t = 0.
        const positive = where(equal(t, constant(0)), constant(1), t);
        return mul(t, sub(log(positive), x));
      },
      reductionsOfDivergence,
    ),
  );
}

export interface PoissonNllOptions<
  R extends Reduction = Reduction,
> extends LossOptions<R> {
  /** True (the default) where the prediction is the logarithm of the rate. */
  readonly logInput?: boolean;
  /** Adds Stirling's approximation of ln t! where t > 1. */
  readonly full?: boolean;
  /** Keeps the logarithm of the rate finite; 1e-8 by default. */
  readonly eps?: number;
}

/**
 * Negative log-likelihood of Poisson counts t: e^y - t y, or y - t ln(y + eps) with `logInput: false`. PyTorch:
 * nn.PoissonNLLLoss.
 *
 * @example const loss = poissonNll(output, counts);
 */
export function poissonNll<
  A extends Shape,
  B extends Shape,
  R extends Reduction = "mean",
>(
  prediction: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"poissonNll", A, B>>,
  options: PoissonNllOptions<R> = {},
): LossTensor<R, A> {
  const { logInput = true, full = false, eps = 1e-8 } = options;
  checkFlags("poissonNll", { logInput, full });
  checkSetting("poissonNll", "eps", eps, "nonnegative");
  return asTensor(
    loss("poissonNll", options, () => {
      const [y, t] = [
        tensorNode("poissonNll", prediction),
        tensorNode("poissonNll", target),
      ];
      targetShape("poissonNll", y.shape, t.shape);
      const cost = logInput
        ? sub(exp(y), mul(t, y))
        : sub(y, mul(t, log(add(y, constant(eps)))));
      return full ? add(cost, stirling(t)) : cost;
    }),
  );
}

/** ln t! ~ t ln t - t + 1/2 ln(2 pi t) where t > 1, else 0. */
function stirling(t: Node): Node {
  const large = less(constant(1), t);
  const n = where(large, t, constant(1));
  const rest = div(log(mul(constant(2 * Math.PI), n)), constant(2));
  const approximation = add(sub(mul(n, log(n)), n), rest);
  return where(large, approximation, constant(0));
}

/** ln(2 pi) / 2: what the density of a normal distribution is divided by. */
const halfLogTwoPi = 0.9189385332046727;

export interface GaussianNllOptions<
  R extends Reduction = Reduction,
> extends LossOptions<R> {
  /** Adds the constant 1/2 ln(2 pi). */
  readonly full?: boolean;
  /** The smallest variance; 1e-6 by default. */
  readonly eps?: number;
}

/**
 * Negative log-likelihood of a normal distribution: 1/2 (ln v + (y - t)^2 / v). A variance below eps counts as eps, and
 * the gradient still passes to it. PyTorch: nn.GaussianNLLLoss.
 *
 * @example
 * const spread = softplus(linear(x, 3));
 * const loss = gaussianNll(output, y, spread);
 */
export function gaussianNll<
  A extends Shape,
  B extends Shape,
  C extends Shape,
  R extends Reduction = "mean",
>(
  mean: Tensor<A>,
  target: Guard<Tensor<B>, TargetError<"gaussianNll", A, B>>,
  variance: Guard<Tensor<C>, OperandError<"gaussianNll", A, C>>,
  options: GaussianNllOptions<R> = {},
): LossTensor<R, A> {
  const { full = false, eps = 1e-6 } = options;
  checkFlags("gaussianNll", { full });
  checkSetting("gaussianNll", "eps", eps, "positive");
  return asTensor(
    loss("gaussianNll", options, () => {
      const [y, t] = [
        tensorNode("gaussianNll", mean),
        tensorNode("gaussianNll", target),
      ];
      const given = tensorNode("gaussianNll", variance);
      targetShape("gaussianNll", y.shape, t.shape);
      checkShape("gaussianNll", given.shape, y.shape);
      // v + max(0, eps - v), what is added being a constant to the derivative.
      const missing = atLeast(sub(constant(eps), given), 0);
      const v = add(given, applyScalar("stopGradient", missing));
      const cost = div(add(log(v), div(square(sub(y, t)), v)), constant(2));
      return full ? add(cost, constant(halfLogTwoPi)) : cost;
    }),
  );
}

/**
 * Kullback-Leibler divergence of N(mu, e^logVariance) from N(0, 1): -1/2 sum(1 + logVariance - mu^2 - e^logVariance),
 * the second term of a variational autoencoder's loss (Kingma & Welling 2014, appendix B). "batchmean" divides the sum
 * by the number of examples: by the first axis of an unbatched value. PyTorch: none.
 *
 * @example
 * const mu = linear(x, 2);
 * const logVariance = linear(x, 2);
 * const loss = klStandardNormal(mu, logVariance);
 */
export function klStandardNormal<A extends Shape, B extends Shape>(
  mu: Tensor<A>,
  logVariance: Guard<Tensor<B>, OperandError<"klStandardNormal", A, B>>,
  options: {
    readonly name?: string;
    /** How the entries of an example become a number; "sum" by default. */
    readonly reduction?: "sum" | "batchmean";
  } = {},
): Tensor<[]> {
  const { reduction = "sum" } = options;
  checkWord("klStandardNormal", "reduction", reduction, ["sum", "batchmean"]);
  return value("klStandardNormal", options, () => {
    const [m, s] = [
      tensorNode("klStandardNormal", mu),
      tensorNode("klStandardNormal", logVariance),
    ];
    checkShape("klStandardNormal", s.shape, m.shape);
    const terms = sub(sub(add(constant(1), s), square(m)), exp(s));
    const sum = mul(constant(-0.5), reduceNode("sum", terms));
    const examples = m.batched ? 1 : (m.shape[0] ?? 1);
    return reduction === "batchmean" && examples > 1
      ? div(sum, constant(examples))
      : sum;
  });
}
