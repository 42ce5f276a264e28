import type { Draw, Initializer, Node } from "./graph.js";
import { broadcast, expandNode } from "./primitives/expand.js";
import {
  add,
  applyScalar,
  constant,
  equal,
  iota,
  mul,
  sub,
} from "./primitives/scalar.js";
import { checkSetting, checkWord, refuseSettings } from "./settings.js";
import { checkMinimumRank } from "./shape/rules.js";

/**
 * Every entry the same number. PyTorch: nn.init.constant_.
 *
 * @example const slope = param("slope", [1], { init: fill(0.25) });
 */
export function fill(value: number): Initializer {
  checkSetting("fill", "value", value, "finite");
  return (draw) => broadcast(constant(value), draw.shape, false);
}

/**
 * Every entry 0. PyTorch: nn.init.zeros_.
 *
 * @example const b = param("b", [3], { init: zeros() });
 */
export const zeros = (): Initializer => fill(0);

/**
 * Every entry 1. PyTorch: nn.init.ones_.
 *
 * @example const scale = param("scale", [3], { init: ones() });
 */
export const ones = (): Initializer => fill(1);

/**
 * Uniform in [low, high). PyTorch: nn.init.uniform_.
 *
 * @throws CompileTimeError where low > high.
 * @example const w = param("w", [3, 2], { init: uniformBetween(-0.5, 0.5) });
 */
export function uniformBetween(low: number, high: number): Initializer {
  checkSetting("uniformBetween", "low", low, "finite");
  checkSetting("uniformBetween", "high", high, "finite");
  if (low > high)
    refuseSettings(
      `uniformBetween: low is ${String(low)} and high is ${String(high)}, expected low <= high`,
    );
  return (draw) =>
    add(mul(draw.uniform(), constant(high - low)), constant(low));
}

/** Normal numbers, mean 0 and deviation 1, from two independent uniform ones in [0, 1) (Box & Muller 1958). */
export function boxMuller(u: Node, v: Node): Node {
  // 1 - u lies in (0, 1]: its logarithm is finite.
  const radius = applyScalar(
    "sqrt",
    mul(constant(-2), applyScalar("log", sub(constant(1), u))),
  );
  return mul(radius, applyScalar("cos", mul(constant(2 * Math.PI), v)));
}

/**
 * Normal with the given mean and standard deviation. PyTorch: nn.init.normal_.
 *
 * @throws CompileTimeError where the deviation is negative.
 * @example const w = param("w", [3, 2], { init: normal(0, 0.02) });
 */
export function normal(mean = 0, deviation = 1): Initializer {
  checkSetting("normal", "mean", mean, "finite");
  checkSetting("normal", "deviation", deviation, "nonnegative");
  return (draw) => {
    const unit = boxMuller(draw.uniform(0), draw.uniform(1));
    return add(mul(unit, constant(deviation)), constant(mean));
  };
}

/**
 * The identity matrix, also for a matrix that is not square. PyTorch: nn.init.eye_.
 *
 * @throws ShapeError for a parameter that is no matrix.
 * @example const w = param("w", [3, 3], { init: eye() });
 */
export const eye = (): Initializer => (draw) => {
  checkMinimumRank("eye", draw.shape, 2);
  const [row, column] = draw.shape.map((n, axis) =>
    expandNode(iota(n), [axis], draw.shape, false),
  ) as [Node, Node];
  return equal(row, column);
};

/** What reads an entry's unit, and what it reads: the second and the first axis, times the size of the kernel. */
function fans(
  callee: string,
  { shape }: Draw,
): { readonly fanIn: number; readonly fanOut: number } {
  checkMinimumRank(callee, shape, 2);
  const [out, into, ...kernel] = shape as [number, number, ...number[]];
  const receptive = kernel.reduce((n, d) => n * d, 1);
  return { fanIn: into * receptive, fanOut: out * receptive };
}

export type Nonlinearity =
  "linear" | "conv" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";

const gains: Readonly<Record<Nonlinearity, (slope: number) => number>> = {
  linear: () => 1,
  conv: () => 1,
  sigmoid: () => 1,
  tanh: () => 5 / 3,
  relu: () => Math.SQRT2,
  leakyRelu: (slope) => Math.sqrt(2 / (1 + slope * slope)),
  selu: () => 3 / 4,
};
const nonlinearities = Object.keys(gains);

/**
 * The factor by which a layer before this nonlinearity should start larger; `slope` is that of leakyRelu. PyTorch:
 * nn.init.calculate_gain.
 *
 * @example const init = xavierUniform(calculateGain("tanh"));
 */
export function calculateGain(of: Nonlinearity, slope = 0.01): number {
  checkWord("calculateGain", "of", of, nonlinearities);
  checkSetting("calculateGain", "slope", slope, "finite");
  return gains[of](slope);
}

/**
 * Uniform in +-gain sqrt(6 / (fan in + fan out)) (Glorot & Bengio 2010). PyTorch: nn.init.xavier_uniform_.
 *
 * @throws ShapeError for a parameter of fewer than two axes.
 * @example const hidden = linear(x, 16, { init: xavierUniform() });
 */
export function xavierUniform(gain = 1): Initializer {
  checkSetting("xavierUniform", "gain", gain, "nonnegative");
  return (draw) => {
    const { fanIn, fanOut } = fans("xavierUniform", draw);
    const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
    return uniformBetween(-bound, bound)(draw);
  };
}

/**
 * Normal with deviation gain sqrt(2 / (fan in + fan out)). PyTorch: nn.init.xavier_normal_.
 *
 * @throws ShapeError for a parameter of fewer than two axes.
 * @example const hidden = linear(x, 16, { init: xavierNormal() });
 */
export function xavierNormal(gain = 1): Initializer {
  checkSetting("xavierNormal", "gain", gain, "nonnegative");
  return (draw) => {
    const { fanIn, fanOut } = fans("xavierNormal", draw);
    return normal(0, gain * Math.sqrt(2 / (fanIn + fanOut)))(draw);
  };
}

export interface KaimingOptions {
  /** Slope of the leakyRelu that follows; 0 by default. */
  readonly a?: number;
  /** "fanIn" (the default) keeps the variance forward, "fanOut" backward. */
  readonly mode?: "fanIn" | "fanOut";
  /** What follows the layer: its gain; "leakyRelu" by default. */
  readonly nonlinearity?: Nonlinearity;
}

function checkKaiming(
  callee: string,
  { a = 0, mode = "fanIn", nonlinearity = "leakyRelu" }: KaimingOptions,
): void {
  checkSetting(callee, "a", a, "finite");
  checkWord(callee, "mode", mode, ["fanIn", "fanOut"]);
  checkWord(callee, "nonlinearity", nonlinearity, nonlinearities);
}

/** gain / sqrt(fan). */
function kaimingDeviation(
  callee: string,
  draw: Draw,
  options: KaimingOptions,
): number {
  const { a = 0, mode = "fanIn", nonlinearity = "leakyRelu" } = options;
  return calculateGain(nonlinearity, a) / Math.sqrt(fans(callee, draw)[mode]);
}

/**
 * Uniform in +-gain sqrt(3 / fan) (He et al. 2015). PyTorch: nn.init.kaiming_uniform_.
 *
 * @throws ShapeError for a parameter of fewer than two axes.
 * @example const hidden = linear(x, 16, { init: kaimingUniform({ nonlinearity: "relu" }) });
 */
export function kaimingUniform(options: KaimingOptions = {}): Initializer {
  checkKaiming("kaimingUniform", options);
  return (draw) => {
    const deviation = kaimingDeviation("kaimingUniform", draw, options);
    const bound = Math.sqrt(3) * deviation;
    return uniformBetween(-bound, bound)(draw);
  };
}

/**
 * Normal with deviation gain / sqrt(fan). PyTorch: nn.init.kaiming_normal_.
 *
 * @throws ShapeError for a parameter of fewer than two axes.
 * @example const hidden = linear(x, 16, { init: kaimingNormal({ mode: "fanOut" }) });
 */
export function kaimingNormal(options: KaimingOptions = {}): Initializer {
  checkKaiming("kaimingNormal", options);
  return (draw) =>
    normal(0, kaimingDeviation("kaimingNormal", draw, options))(draw);
}
