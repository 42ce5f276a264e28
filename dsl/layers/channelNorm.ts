/** What the layers that normalise channels share. */
import { paramNode } from "../declare.js";
import type { Call, Node } from "../graph.js";
import { ones, zeros } from "../initializers.js";
import { expandNode } from "../primitives/expand.js";
import { add, mul } from "../primitives/scalar.js";

/** Options of a layer that normalises channels. */
export interface ChannelNormOptions<X = number> {
  /** Name of the layer; otherwise the const it is declared as. */
  readonly name?: string;
  /** The axis of the channels; by default the first of one example, and the second of a whole array, [N, C, ...]. */
  readonly channelAxis?: X;
  /** Added to the variance before the root, so that it is not 0; 1e-5 by default. */
  readonly eps?: number;
  /** True for a layer without gradients, which is not updated; false by default. */
  readonly frozen?: boolean;
  /** Names of entries, row-major, separated by spaces; by default a tensor's name and the entry's number. */
  readonly symbols?: {
    readonly weight?: string;
    readonly bias?: string;
    readonly output?: string;
  };
}

/** Weight and bias of each channel, which start as 1 and 0. */
export interface ChannelParameters {
  readonly weight: Node;
  readonly bias: Node;
}

/** Declares weight and bias [C]. */
export function channelParameters(
  call: Call | undefined,
  channels: number,
  options: ChannelNormOptions,
): ChannelParameters {
  const { symbols = {}, frozen = false } = options;
  const declare = (name: "weight" | "bias"): Node => {
    const own = symbols[name];
    const init = name === "weight" ? ones() : zeros();
    return paramNode(
      name,
      [channels],
      { init, frozen, ...(own !== undefined && { symbols: own }) },
      call,
    );
  };
  return { weight: declare("weight"), bias: declare("bias") };
}

/** weight y + bias, one of each a channel. */
export function scaled(
  y: Node,
  axis: number,
  parameters: ChannelParameters | undefined,
): Node {
  if (parameters === undefined) return y;
  const spread = (v: Node): Node => expandNode(v, [axis], y.shape, false);
  return add(mul(spread(parameters.weight), y), spread(parameters.bias));
}
