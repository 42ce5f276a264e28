import { layer } from "../context.js";
import { paramNode } from "../declare.js";
import type { Call, Initializer, Node } from "../graph.js";
import { ones, zeros } from "../initializers.js";
import { labelled } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { centeredOver, meanSquare, spreadOver } from "../ops/statistics.js";
import { labelNode } from "../primitives/leaf.js";
import { add, applyScalar, constant, div, mul } from "../primitives/scalar.js";
import { checkFlags, checkSetting } from "../settings.js";
import {
  normalizedAxes,
  type Guard,
  type Last,
  type NormalizedShapeError,
  type Shape,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";

export interface NormalizationOptions<N = Shape> {
  /** Name of the layer; otherwise the const it is declared as. */
  readonly name?: string;
  /** The last axes of x, which are normalised together; the last one by default. */
  readonly normalizedShape?: N;
  /** Added to the variance before the root, so that it is not 0. */
  readonly eps?: number;
  /** False leaves weight and bias out. */
  readonly affine?: boolean;
  /** True for a layer without gradients, which is not updated. */
  readonly frozen?: boolean;
  /** Names of entries, row-major, separated by spaces; by default a tensor's name and the entry's number. */
  readonly symbols?: {
    readonly weight?: string;
    readonly bias?: string;
    readonly output?: string;
  };
}

export interface LayerNormOptions<N = Shape> extends NormalizationOptions<N> {
  /** False leaves the bias out. */
  readonly bias?: boolean;
}

/**
 * y = weight (x - mean) / sqrt(variance + eps) + bias over the last axes of x, with the biased variance (Ba, Kiros,
 * Hinton 2016); weight and bias are its own parameters and start as 1 and 0. eps is 1e-5 by default. PyTorch:
 * nn.LayerNorm.
 *
 * @throws CompileTimeError where eps is negative.
 * @example const h = layerNorm(linear(x, 16));
 */
export function layerNorm<S extends Shape, const N extends Shape = [Last<S>]>(
  x: Tensor<S>,
  options?: LayerNormOptions<Guard<N, NormalizedShapeError<"layerNorm", S, N>>>,
): Tensor<S> {
  const { eps = 1e-5, bias = true, affine = true } = options ?? {};
  checkSetting("layerNorm", "eps", eps, "nonnegative");
  checkFlags("layerNorm", { bias });
  const build: Build = (v, axes, param) => {
    const y = standardizedNode(v, axes, eps);
    if (!affine) return y;
    const scaled = mul(param("weight", ones()), y);
    return bias ? add(scaled, param("bias", zeros())) : scaled;
  };
  return asTensor(normalization("layerNorm", x, options, build));
}

/**
 * y = weight x / sqrt(mean x^2 + eps) over the last axes of x (Zhang, Sennrich 2019); weight is its own parameter and
 * starts as 1. eps is 2^-52 by default. PyTorch: nn.RMSNorm.
 *
 * @throws CompileTimeError where eps is negative.
 * @example const h = rmsNorm(linear(x, 16));
 */
export function rmsNorm<S extends Shape, const N extends Shape = [Last<S>]>(
  x: Tensor<S>,
  options?: NormalizationOptions<
    Guard<N, NormalizedShapeError<"rmsNorm", S, N>>
  >,
): Tensor<S> {
  const { eps = Number.EPSILON, affine = true } = options ?? {};
  checkSetting("rmsNorm", "eps", eps, "nonnegative");
  const build: Build = (v, axes, param) => {
    const y = overDeviation(v, axes, eps);
    return affine ? mul(param("weight", ones()), y) : y;
  };
  return asTensor(normalization("rmsNorm", x, options, build));
}

/** (x - mean) / sqrt(variance + eps), with the biased variance. */
export const standardizedNode = (
  x: Node,
  axes: readonly number[],
  eps: number,
): Node => overDeviation(centeredOver(x, axes), axes, eps);

/** x / sqrt(mean x^2 + eps). */
export function overDeviation(
  x: Node,
  axes: readonly number[],
  eps: number,
): Node {
  const deviation = labelNode(
    applyScalar("sqrt", add(meanSquare(x, axes), constant(eps))),
    "deviation",
  );
  return labelNode(div(x, spreadOver(deviation, axes, x.shape)), "normalized");
}

type Build = (x: Node, axes: readonly number[], param: Parameter) => Node;
type Parameter = (name: "weight" | "bias", init: Initializer) => Node;

function normalization(
  op: string,
  x: unknown,
  options: NormalizationOptions<unknown> = {},
  build: Build,
): Node {
  const { symbols = {}, frozen = false, affine = true } = options;
  checkFlags(op, { affine, frozen });
  const named = { name: options.name, named: affine };
  return layer(op, named, (call: Call | undefined) => {
    const node = numbers(op, x);
    const shape = (options.normalizedShape ?? node.shape.slice(-1)) as Shape;
    const axes = normalizedAxes(op, node.shape, shape);
    const param: Parameter = (name, init) => {
      const own = symbols[name];
      const settings = {
        init,
        frozen,
        ...(own !== undefined && { symbols: own }),
      };
      return paramNode(name, shape, settings, call);
    };
    return labelled(call, build(node, axes, param), symbols.output);
  });
}
