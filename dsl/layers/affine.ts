import { paramNode, type ParamOptions } from "../declare.js";
import type { Call, Initializer, Node } from "../graph.js";
import { uniformBetween } from "../initializers.js";
import { checkFlags, checkOptions } from "../settings.js";
import type { Shape } from "../shape/rules.js";

/** Options of a layer with a weight and a bias. */
export interface AffineOptions {
  /** Name of the layer; otherwise the const it is declared as. */
  readonly name?: string;
  /** False leaves b out; true by default. */
  readonly bias?: boolean;
  /** Names of entries, row-major, separated by spaces; by default a tensor's name and the entry's number. */
  readonly symbols?: {
    readonly weight?: string;
    readonly bias?: string;
    readonly output?: string;
  };
  /**
   * How the weight starts; by default as PyTorch: uniform between -1 and 1 over the square root of the number of
   * entries that an output reads.
   */
  readonly init?: Initializer;
  /** How the bias starts; by default as the weight. */
  readonly biasInit?: Initializer;
  /** True for a layer without gradients, which is not updated; false by default. */
  readonly frozen?: boolean;
}

/** The parameters of a layer with a weight and a bias: PyTorch's kaiming_uniform(a = sqrt 5), which is 1 / sqrt(fan in). */
export function weightAndBias(
  op: string,
  call: Call | undefined,
  weightShape: Shape,
  biasShape: Shape,
  fanIn: number,
  options: AffineOptions,
): readonly [weight: Node, bias: Node | undefined] {
  checkOptions(op, options);
  const { bias = true, frozen = false } = options;
  checkFlags(op, { bias, frozen });
  const bound = 1 / Math.sqrt(fanIn);
  const standard = uniformBetween(-bound, bound);
  const declare = (
    name: "weight" | "bias",
    shape: Shape,
    init: Initializer | undefined,
  ): Node => {
    const symbols = options.symbols?.[name];
    const settings: ParamOptions = {
      init: init ?? standard,
      frozen,
      ...(symbols !== undefined && { symbols }),
    };
    return paramNode(name, shape, settings, call);
  };
  return [
    declare("weight", weightShape, options.init),
    bias ? declare("bias", biasShape, options.biasInit) : undefined,
  ];
}
