import type { Node } from "../graph.js";
import { wordNode } from "../primitives/leaf.js";
import {
  add,
  applyScalar,
  constant,
  div,
  less,
  mul,
  neg,
  sub,
  where,
} from "../primitives/scalar.js";
import { value, type NameOptions } from "../naming.js";
import { numbers, unary, type Unary } from "../ops/elementwise.js";
import { checkSetting, checkWord } from "../settings.js";
import type { Shape } from "../shape/rules.js";
import type { Tensor } from "../tensor.js";

/** An activation function with settings. */
export type Activation<Options> = <S extends Shape>(
  x: Tensor<S>,
  options?: Options & NameOptions,
) => Tensor<S>;

/** Makes the public function of one tensor and settings. */
export const activation =
  <Options>(
    op: string,
    build: (x: Node, options: Partial<Options>) => Node,
  ): Activation<Options> =>
  (x, options) =>
    value(op, options, () => build(numbers(op, x), options ?? {}));

/** `factor` x, without a product where the factor is 1. */
const scaled = (factor: number, x: Node): Node =>
  factor === 1 ? x : mul(constant(factor), x);

/** x where it is not positive, else 0; its derivative at 0 is 1. NaN stays NaN. */
const negativePart = (x: Node): Node =>
  where(less(constant(0), x), constant(0), x);

/**
 * y = x where x > 0, else 0. relu'(0) = 0. PyTorch: torch.relu.
 *
 * @example const h = relu(linear(x, 16));
 */
export const relu: Unary = unary("relu", (x) => applyScalar("relu", x));

/**
 * y = 1 / (1 + e^-x). PyTorch: torch.sigmoid.
 *
 * @example const p = sigmoid(linear(x, 1));
 */
export const sigmoid: Unary = unary("sigmoid", (x) =>
  applyScalar("sigmoid", x),
);

/**
 * y = ln sigmoid(x) = -softplus(-x). PyTorch: torch.nn.functional.logsigmoid.
 *
 * @example const logp = logSigmoid(x);
 */
export const logSigmoid: Unary = unary("logSigmoid", (x) =>
  neg(applyScalar("softplus", neg(x))),
);

/**
 * y = tanh x. PyTorch: torch.tanh.
 *
 * @example const h = tanh(linear(x, 3));
 */
export const tanh: Unary = unary("tanh", (x) => applyScalar("tanh", x));

/**
 * y = x - tanh x. PyTorch: torch.nn.functional.tanhshrink.
 *
 * @example const h = tanhshrink(x);
 */
export const tanhshrink: Unary = unary("tanhshrink", (x) =>
  sub(x, applyScalar("tanh", x)),
);

/**
 * y = x / (1 + |x|). PyTorch: torch.nn.functional.softsign.
 *
 * @example const h = softsign(x);
 */
export const softsign: Unary = unary("softsign", (x) =>
  div(x, add(constant(1), applyScalar("abs", x))),
);

/**
 * y = x sigmoid(x), also called swish. PyTorch: torch.nn.functional.silu.
 *
 * @example const h = silu(x);
 */
export const silu: Unary = unary("silu", (x) =>
  mul(x, applyScalar("sigmoid", x)),
);

/**
 * y = x tanh(softplus(x)). PyTorch: torch.nn.functional.mish.
 *
 * @example const h = mish(x);
 */
export const mish: Unary = unary("mish", (x) =>
  mul(x, applyScalar("tanh", applyScalar("softplus", x))),
);

export interface SoftplusOptions {
  /** How sharp the bend is; 1 by default. */
  readonly beta?: number;
  /** Where beta x is above it, y = x; 20 by default, Infinity for the smooth function everywhere. */
  readonly threshold?: number;
}

/**
 * y = ln(1 + e^(beta x)) / beta, and x where beta x > threshold. PyTorch: torch.nn.functional.softplus.
 *
 * @throws CompileTimeError where beta is 0.
 * @example const deviation = softplus(x);
 */
export const softplus: Activation<SoftplusOptions> = activation(
  "softplus",
  (x, { beta = 1, threshold = 20 }) => {
    checkSetting("softplus", "beta", beta, "nonzero");
    checkSetting("softplus", "threshold", threshold, "bound");
    const t = scaled(beta, x);
    const smooth = applyScalar("softplus", t);
    const y = beta === 1 ? smooth : div(smooth, constant(beta));
    return threshold === Infinity
      ? y
      : where(less(constant(threshold), t), x, y);
  },
);

export interface GeluOptions {
  /** "none" for erf, "tanh" for the approximation by tanh; "none" by default. */
  readonly approximate?: "none" | "tanh";
}

/**
 * y = x (1 + erf(x / sqrt 2)) / 2; with `approximate: "tanh"` it is x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.
 * PyTorch: torch.nn.functional.gelu.
 *
 * @example const h = gelu(x);
 */
export const gelu: Activation<GeluOptions> = activation(
  "gelu",
  (x, { approximate = "none" }) => {
    checkWord("gelu", "approximate", approximate, ["none", "tanh"]);
    const half = wordNode("half", mul(constant(0.5), x));
    const share = wordNode("share", add(constant(1), bell(x, approximate)));
    return mul(half, share);
  },
);

function bell(x: Node, approximate: "none" | "tanh"): Node {
  if (approximate === "none")
    return applyScalar(
      "erf",
      wordNode("scaled", mul(x, constant(Math.SQRT1_2))),
    );
  const cubic = mul(constant(0.044715), applyScalar("square", x));
  const inner = mul(x, add(constant(1), cubic));
  return applyScalar("tanh", mul(constant(Math.sqrt(2 / Math.PI)), inner));
}

export interface AlphaOptions {
  /** Minus the limit far below 0; 1 by default. */
  readonly alpha?: number;
}

/** x where it is positive, else alpha (e^(x / width) - 1): no branch overflows where it is not taken. */
const exponentialUnit = (x: Node, alpha: number, width = 1): Node => {
  const below = negativePart(x);
  const t = width === 1 ? below : div(below, constant(width));
  return add(applyScalar("relu", x), scaled(alpha, applyScalar("expm1", t)));
};

/**
 * y = x where x > 0, else alpha (e^x - 1). elu'(0) = alpha. PyTorch: torch.nn.functional.elu.
 *
 * @example const h = elu(x);
 */
export const elu: Activation<AlphaOptions> = activation(
  "elu",
  (x, { alpha = 1 }) => {
    checkSetting("elu", "alpha", alpha, "finite");
    return exponentialUnit(x, alpha);
  },
);

/**
 * y = x where x > 0, else alpha (e^(x / alpha) - 1). celu'(0) = 1. PyTorch: torch.nn.functional.celu.
 *
 * @throws CompileTimeError where alpha is 0.
 * @example const h = celu(x, { alpha: 0.5 });
 */
export const celu: Activation<AlphaOptions> = activation(
  "celu",
  (x, { alpha = 1 }) => {
    checkSetting("celu", "alpha", alpha, "nonzero");
    return exponentialUnit(x, alpha, alpha);
  },
);

/**
 * y = s elu(x, alpha) with the constants of Klambauer et al. 2017 that keep mean 0 and variance 1. selu'(0) = s alpha.
 * PyTorch: torch.nn.functional.selu.
 *
 * @example const h = selu(x);
 */
export const selu: Unary = unary("selu", (x) =>
  mul(constant(1.0507009873554805), exponentialUnit(x, 1.6732632423543772)),
);
