import { layer } from "../context.js";
import { range, type Node } from "../graph.js";
import { labelled } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { centeredOver } from "../ops/statistics.js";
import { reshapeNode } from "../primitives/movement.js";
import { checkFlags, checkSetting } from "../settings.js";
import {
  channelAxisOf,
  checkBehind,
  checkChannelGroups,
  checkPositive,
  type AxisOptionError,
  type ChannelGroupsError,
  type Guard,
  type InstanceAxisError,
  type Shape,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import {
  channelParameters,
  scaled,
  type ChannelNormOptions,
} from "./channelNorm.js";
import { overDeviation } from "./layerNorm.js";

export interface GroupNormOptions<X = number> extends ChannelNormOptions<X> {
  /** False leaves weight and bias out; true by default. */
  readonly affine?: boolean;
}

export interface InstanceNormOptions<X = number> extends ChannelNormOptions<X> {
  /** True for a weight and a bias; false by default. */
  readonly affine?: boolean;
}

/**
 * y = weight (x - mean) / sqrt(variance + eps) + bias, with the mean and the biased variance of each example over a group
 * of channels and the axes behind them (Wu, He 2018). Weight and bias [C] are its own parameters and start as 1 and 0.
 * Axes before the channels are kept. PyTorch: nn.GroupNorm.
 *
 * @throws ShapeError where the groups do not divide the channels.
 * @example const h = groupNorm(image, 2);
 */
export function groupNorm<
  S extends Shape,
  const G extends number,
  const X extends number = number,
>(
  x: Tensor<S>,
  groups: Guard<G, ChannelGroupsError<"groupNorm", S, X, G>>,
  options?: GroupNormOptions<
    Guard<X, AxisOptionError<"groupNorm", "channelAxis", S, X>>
  >,
): Tensor<S> {
  const given = (options ?? {}) as GroupNormOptions;
  const { affine = true } = given;
  checkPositive("groupNorm", "groups", groups);
  return asTensor(
    inGroups("groupNorm", x, { ...given, affine }, (node, axis) => {
      checkChannelGroups("groupNorm", node.shape, axis, groups as number);
      return groups as number;
    }),
  );
}

/**
 * y = weight (x - mean) / sqrt(variance + eps) + bias, with the mean and the biased variance of each example and each
 * channel over the axes behind it (Ulyanov, Vedaldi, Lempitsky 2016). With `affine`, weight and bias [C] are its own
 * parameters and start as 1 and 0. Axes before the channels are kept. PyTorch: nn.InstanceNorm1d, nn.InstanceNorm2d.
 *
 * @throws ShapeError where nothing lies behind the channels.
 * @example const h = instanceNorm(image);
 */
export function instanceNorm<S extends Shape, const X extends number = number>(
  x: Tensor<S>,
  options?: InstanceNormOptions<
    Guard<X, InstanceAxisError<"instanceNorm", S, X>>
  >,
): Tensor<S> {
  const given = (options ?? {}) as InstanceNormOptions;
  const { affine = false } = given;
  return asTensor(
    inGroups("instanceNorm", x, { ...given, affine }, (node, axis) => {
      checkBehind("instanceNorm", node.shape, axis, given.channelAxis);
      return node.shape[axis] as number;
    }),
  );
}

/** Normalises groups of channels, of which `groupsOf` says how many there are. */
function inGroups(
  op: string,
  x: unknown,
  options: GroupNormOptions & { readonly affine: boolean },
  groupsOf: (x: Node, axis: number) => number,
): Node {
  const { affine, eps = 1e-5, channelAxis } = options;
  checkSetting(op, "eps", eps, "nonnegative");
  checkFlags(op, { affine, frozen: options.frozen });
  return layer(op, { name: options.name, named: affine }, (call) => {
    const node = numbers(op, x);
    const { shape } = node;
    const axis = channelAxisOf(op, shape, node.batched, channelAxis);
    const groups = groupsOf(node, axis);
    const channels = shape[axis] as number;
    const lead = shape.slice(0, axis);
    const each = [channels / groups, ...shape.slice(axis + 1)];
    const parts =
      groups === channels
        ? { shape, over: range(shape.length).slice(axis + 1) }
        : {
            shape: [...lead, groups, ...each],
            over: range(each.length).map((i) => axis + 1 + i),
          };
    const grouped =
      parts.shape === shape ? node : reshapeNode(node, parts.shape);
    const y = overDeviation(centeredOver(grouped, parts.over), parts.over, eps);
    const whole = parts.shape === shape ? y : reshapeNode(y, shape);
    const own = affine ? channelParameters(call, channels, options) : undefined;
    return labelled(call, scaled(whole, axis, own), options.symbols?.output);
  });
}
