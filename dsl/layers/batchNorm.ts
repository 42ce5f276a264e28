import { layer, makeCall } from "../context.js";
import { paramNode } from "../declare.js";
import { CompileTimeError } from "../errors.js";
import { range, sizeOf, type Call, type Node } from "../graph.js";
import { ones, zeros } from "../initializers.js";
import { labelled } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { expandNode } from "../primitives/expand.js";
import { modeNode, rememberNode } from "../primitives/identity.js";
import { labelNode } from "../primitives/leaf.js";
import { reduceNode } from "../primitives/reduce.js";
import {
  add,
  applyScalar,
  batchSize,
  constant,
  div,
  mul,
  sub,
} from "../primitives/scalar.js";
import { checkFlags, checkSetting } from "../settings.js";
import {
  channelAxisOf,
  checkChannels,
  checkPositive,
  showShape,
  type AxisOptionError,
  type ChannelCountError,
  type Guard,
  type PositiveError,
  type Shape,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import {
  channelParameters,
  scaled,
  type ChannelNormOptions,
  type ChannelParameters,
} from "./channelNorm.js";

export interface BatchNormOptions<X = number> extends ChannelNormOptions<X> {
  /** How far a step of training moves the running statistics towards those of its batch; 0.1 by default. */
  readonly momentum?: number;
  /** False leaves weight and bias out; true by default. */
  readonly affine?: boolean;
  /** False predicts with the statistics of the batch too, and keeps none; true by default. */
  readonly trackRunningStats?: boolean;
}

/**
 * y = weight (x - mean) / sqrt(variance + eps) + bias, with the mean and the biased variance of each channel over the
 * examples and all other axes (Ioffe, Szegedy 2015). Weight and bias [C] are its own parameters and start as 1 and 0.
 * Training also moves `running_mean` and `running_var` [C], by the unbiased variance; prediction uses these. They move in
 * `backward`, as in PyTorch's forward, before the loss is known. One value of each channel has no variance: where an
 * example has one, the module's `backward` and `trainStep` throw RangeError for one example. PyTorch: nn.BatchNorm1d,
 * nn.BatchNorm2d.
 *
 * @throws ShapeError where there is no such axis, CompileTimeError for a whole array with one value of each channel.
 * @example const h = batchNorm(conv2d(image, 16, 3, { bias: false }));
 */
export function batchNorm<S extends Shape, const X extends number = number>(
  x: Tensor<S>,
  options?: BatchNormOptions<
    Guard<X, AxisOptionError<"batchNorm", "channelAxis", S, X>>
  >,
): Tensor<S> {
  const given = (options ?? {}) as BatchNormOptions;
  const { affine = true, trackRunningStats = true } = given;
  const named = affine || trackRunningStats;
  return layer(op, { name: given.name, named }, (call) => {
    const node = numbers(op, x);
    const axis = channelAxisOf(op, node.shape, node.batched, given.channelAxis);
    const own = memory(call, node.shape[axis] as number, given);
    const y = normalizedBatch(node, axis, own, given);
    return asTensor(labelled(call, y, given.symbols?.output));
  });
}

/** A batch normalisation that can be used many times with the same parameters and running statistics. */
export interface SharedBatchNorm<C extends number, X extends number> {
  <S extends Shape>(
    x: Guard<Tensor<S>, ChannelCountError<"batchNorm", S, X, C>>,
    options?: { readonly name?: string; readonly symbols?: string },
  ): Tensor<S>;
  /** [C]; undefined where the layer has no weight and bias. */
  readonly weight: Tensor<[C]> | undefined;
  /** [C]. */
  readonly bias: Tensor<[C]> | undefined;
  /** [C]; undefined where the layer keeps no statistics. */
  readonly runningMean: Tensor<[C]> | undefined;
  /** [C]. */
  readonly runningVar: Tensor<[C]> | undefined;
}

/**
 * y = weight (x - mean) / sqrt(variance + eps) + bias: `batchNorm` as a function, which can be called many times with
 * the same parameters. Each use has the statistics of its own batch, and moves the running ones in its turn. PyTorch:
 * nn.BatchNorm1d, nn.BatchNorm2d.
 *
 * @throws ShapeError where an input has other channels, CompileTimeError as `batchNorm` does.
 * @example const norm = sharedBatchNorm(4); const a = norm(image); const b = norm(mul(image, 2));
 */
export function sharedBatchNorm<
  const C extends number,
  const X extends number = number,
>(
  channels: Guard<C, PositiveError<"batchNorm", "channels", C>>,
  options: BatchNormOptions<X> = {},
): SharedBatchNorm<C, X> {
  const given = options as BatchNormOptions;
  const count = channels as number;
  checkPositive(op, "channels", count);
  const owner = makeCall(op, { name: given.name, named: true });
  const own = memory(owner, count, given);
  let running = own.running;
  const use = (
    x: Tensor,
    as: { readonly name?: string; readonly symbols?: string } = {},
  ): Tensor =>
    layer(op, { name: as.name, owner }, (call) => {
      const node = numbers(op, x);
      const { channelAxis } = given;
      const axis = channelAxisOf(op, node.shape, node.batched, channelAxis);
      checkChannels(op, node.shape, axis, count);
      const keep = (next: Running): void => {
        running = next;
      };
      const y = normalizedBatch(node, axis, { ...own, running }, given, keep);
      return asTensor(labelled(call, y, as.symbols));
    });
  const tensor = (v: Node | undefined): Tensor<[C]> | undefined =>
    v === undefined ? undefined : asTensor<Tensor<[C]>>(v);
  return Object.assign(use, {
    weight: tensor(own.parameters?.weight),
    bias: tensor(own.parameters?.bias),
    runningMean: tensor(own.running?.mean.buffer),
    runningVar: tensor(own.running?.variance.buffer),
  }) as unknown as SharedBatchNorm<C, X>;
}

const op = "batchNorm";

/** A running statistic: the parameter that holds it, and its value after the uses so far. */
interface Statistic {
  readonly buffer: Node;
  readonly value: Node;
}
interface Running {
  readonly mean: Statistic;
  readonly variance: Statistic;
}
interface Memory {
  readonly parameters: ChannelParameters | undefined;
  readonly running: Running | undefined;
}

/** Declares the parameters, and the running statistics, which are not trained. */
function memory(
  call: Call | undefined,
  channels: number,
  options: BatchNormOptions,
): Memory {
  const { affine = true, trackRunningStats = true } = options;
  checkFlags(op, { affine, trackRunningStats, frozen: options.frozen });
  checkSetting(op, "eps", options.eps ?? 1e-5, "nonnegative");
  checkSetting(op, "momentum", options.momentum ?? 0.1, "fraction");
  const statistic = (name: string, start: number): Statistic => {
    const init = start === 0 ? zeros() : ones();
    const buffer = paramNode(name, [channels], { init, frozen: true }, call);
    return { buffer, value: buffer };
  };
  return {
    parameters: affine ? channelParameters(call, channels, options) : undefined,
    running: trackRunningStats
      ? {
          mean: statistic("running_mean", 0),
          variance: statistic("running_var", 1),
        }
      : undefined,
  };
}

function normalizedBatch(
  x: Node,
  axis: number,
  { parameters, running }: Memory,
  options: BatchNormOptions,
  keep: (next: Running) => void = () => undefined,
): Node {
  const { eps = 1e-5, momentum = 0.1 } = options;
  const spread = (v: Node): Node => expandNode(v, [axis], x.shape, false);
  const over = range(x.shape.length).filter((i) => i !== axis);
  const own = sizeOf(over.map((i) => x.shape[i] as number));
  if (own === 1 && !x.batched)
    throw new CompileTimeError(
      "GC1117",
      `${op}: ${showShape(x.shape)} has one value of each channel, expected more, as one has no variance`,
      "use layerNorm(), or declare the input without batched: false",
    );
  const least = own === 1 ? 2 : 1;
  const count = x.batched
    ? mul(batchSize(least), constant(own))
    : constant(own);
  const sumOf = (v: Node): Node => reduceNode("sum", v, over, x.batched);
  const overDeviation = (centered: Node, variance: Node): Node => {
    const root = applyScalar("sqrt", add(variance, constant(eps)));
    const deviation = labelNode(root, "deviation");
    return labelNode(div(centered, spread(deviation)), "normalized");
  };

  const mean = labelNode(div(sumOf(x), count), "mean");
  const centered = labelNode(sub(x, spread(mean)), "centered");
  const squares = labelNode(sumOf(applyScalar("square", centered)), "squares");
  const variance = labelNode(div(squares, count), "variance");
  const batch = overDeviation(centered, variance);
  if (running === undefined) return scaled(batch, axis, parameters);

  const free = sub(count, constant(1));
  const moved = (s: Statistic, towards: Node, name: string): Node =>
    labelNode(
      add(
        mul(constant(1 - momentum), s.value),
        mul(constant(momentum), towards),
      ),
      name,
    );
  const { mean: m, variance: v } = running;
  const newMean = moved(m, mean, "runningMean");
  const newVariance = moved(v, div(squares, free), "runningVar");
  const trained = rememberNode(
    rememberNode(batch, m.buffer, newMean),
    v.buffer,
    newVariance,
  );
  // A later use starts from here.
  keep({
    mean: { buffer: m.buffer, value: newMean },
    variance: { buffer: v.buffer, value: newVariance },
  });
  const predicted = overDeviation(
    labelNode(sub(x, spread(m.buffer)), "centered"),
    v.buffer,
  );
  return scaled(modeNode(trained, predicted), axis, parameters);
}
