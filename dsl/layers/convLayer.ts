/** What convolutions and transposed convolutions share as layers; their types have shown what is left open here. */
import { layer, makeCall } from "../context.js";
import type { Call, Node } from "../graph.js";
import { labelled } from "../naming.js";
import { numbers, tensorNode } from "../ops/elementwise.js";
import {
  checkArgument,
  checkSpatial,
  convLengths,
  convolution,
  failShape,
  transposedConvolution,
  transposedLengths,
  type Convolution,
  type PerAxis,
  type Shape,
  type Spatial,
  type TransposedSettings,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import { weightAndBias, type AffineOptions } from "./affine.js";
import { correlate } from "./convolve.js";

/** One of the two kinds of convolution. */
export interface Kind {
  /** Checks what a layer is made with. */
  readonly plan: typeof transposedConvolution;
  /** The first two dimensions of the weight; the kernel's follow. */
  readonly weightOf: (c: Convolution) => readonly [number, number];
  /** Channels before and after, by the first two dimensions of a weight. */
  readonly channelsOf: (
    first: number,
    second: number,
    groups: number,
  ) => readonly [number, number];
  /** The lengths of the result; throws where the input does not go with it. */
  readonly lengths: (shape: Shape, c: Convolution) => number[];
  readonly apply: (
    x: Node,
    weight: Node,
    bias: Node | undefined,
    c: Convolution,
  ) => Node;
}

/** y = sum over the channels and the kernel of weight x, plus bias: weight [out, in / groups, ...kernel]. */
export const correlation: Kind = {
  plan: convolution,
  weightOf: (c) => [c.outChannels, c.inChannels / c.groups],
  channelsOf: (first, second, groups) => [second * groups, first],
  lengths: convLengths,
  apply: (x, weight, bias, c) =>
    correlate(x, weight, bias, c, convLengths(x.shape, c), "oc", false),
};

/** What a correlation's cotangent is: weight [in, out / groups, ...kernel]. */
export const transposed: Kind = {
  plan: transposedConvolution,
  weightOf: (c) => [c.inChannels, c.outChannels / c.groups],
  channelsOf: (first, second, groups) => [first, second * groups],
  lengths: transposedLengths,
  apply: (x, weight, bias, c) =>
    correlate(x, weight, bias, c, transposedLengths(x.shape, c), "co", true),
};

type LayerOptions = AffineOptions & TransposedSettings;

/** PyTorch's fan in is the second dimension of the weight times the size of the kernel, of both kinds. */
function parameters(
  op: string,
  call: Call | undefined,
  kind: Kind,
  c: Convolution,
  options: AffineOptions,
): readonly [weight: Node, bias: Node | undefined] {
  const kernel = c.moves.map((m) => m.kernel);
  const [first, second] = kind.weightOf(c);
  const weight: Shape = [first, second, ...kernel];
  const fanIn = kernel.reduce((n, k) => n * k, second);
  return weightAndBias(op, call, weight, [c.outChannels], fanIn, options);
}

/** The value form: parameters of its own, channels from x. */
export function ownLayer(
  kind: Kind,
  op: string,
  spatial: Spatial,
  x: unknown,
  outChannels: unknown,
  kernel: unknown,
  options: unknown = {},
): Node {
  const given = options as LayerOptions;
  return layer(op, { name: given.name, named: true }, (call) => {
    const node = numbers(op, x);
    checkSpatial(op, spatial, node.shape);
    const c = kind.plan(
      op,
      spatial,
      node.shape.at(-1 - spatial) as number,
      outChannels as number,
      kernel as PerAxis,
      given,
    );
    const [weight, bias] = parameters(op, call, kind, c, given);
    const y = kind.apply(node, weight, bias, c);
    return labelled(call, y, given.symbols?.output);
  });
}

/** The callable form: a function with its parameters as properties. */
export function sharedLayer(
  kind: Kind,
  op: string,
  spatial: Spatial,
  inChannels: unknown,
  outChannels: unknown,
  kernel: unknown,
  options: unknown = {},
): unknown {
  const given = options as LayerOptions;
  const c = kind.plan(
    op,
    spatial,
    inChannels as number,
    outChannels as number,
    kernel as PerAxis,
    given,
  );
  const owner = makeCall(op, { name: given.name, named: true });
  const [weight, bias] = parameters(op, owner, kind, c, given);
  const use = (
    x: Tensor,
    as: { readonly name?: string; readonly symbols?: string } = {},
  ): Tensor =>
    layer(op, { name: as.name, owner }, (call) => {
      const y = kind.apply(tensorNode(op, x), weight, bias, c);
      return asTensor(labelled(call, y, as.symbols));
    });
  return Object.assign(use, {
    weight: asTensor<Tensor>(weight),
    bias: bias === undefined ? undefined : asTensor<Tensor>(bias),
  });
}

/** The form with a weight that is a value of the graph, and a bias that may be. */
export function withWeight(
  kind: Kind,
  op: string,
  spatial: Spatial,
  x: unknown,
  weight: unknown,
  options: unknown = {},
): Node {
  const given = options as TransposedSettings & { readonly bias?: Tensor };
  const node = numbers(op, x);
  checkSpatial(op, spatial, node.shape);
  const w = numbers(op, weight);
  if (w.shape.length !== spatial + 2)
    failShape("weightRank", op, spatial + 2, w.shape.length, w.shape);
  const [first, second, ...kernel] = w.shape as [number, number, ...number[]];
  const { groups = 1 } = given;
  const usable = Number.isSafeInteger(groups) && groups > 0;
  const channels = kind.channelsOf(first, second, usable ? groups : 1);
  const got = node.shape.at(-1 - spatial) as number;
  if (usable && got !== channels[0])
    failShape("channels", op, channels[0], got, node.shape);
  const c = kind.plan(op, spatial, ...channels, kernel, given);
  kind.lengths(node.shape, c);
  const bias = given.bias === undefined ? undefined : numbers(op, given.bias);
  if (bias !== undefined) checkArgument(op, "bias", [channels[1]], bias.shape);
  return kind.apply(node, w, bias, c);
}
