import { range } from "../../dsl/graph.js";
import * as gradc from "../../dsl/index.js";
import type { Tensor } from "../../dsl/index.js";
import { CrossesExamples, isBatched } from "./batchAxis.js";
import type { Call, Op, Ops } from "./call.js";

const { add, div, mul, reshape, sqrt, sub } = gradc;

/** One number a channel, as an example of `rank` axes whose first one is the channel. */
const perChannel = (v: Tensor, x: Tensor, rank: number): Tensor =>
  reshape(v, [
    ...(isBatched(x) ? [] : [1]),
    ...v.shape,
    ...range(rank - 2).map(() => 1),
  ]);

/** weight y + bias, where operands 1 and 2 are given. */
function affine(call: Call, y: Tensor, spread: (v: Tensor) => Tensor): Tensor {
  const { x, as } = call;
  const count = Math.min(call.count, 3);
  if (count === 1) return gradc.mul(y, 1, as);
  for (const i of range(count - 1)) call.axes.unbatched(x(i + 1));
  const scaled = mul(spread(x(1)), y, count === 2 ? as : {});
  return count === 2 ? scaled : add(scaled, spread(x(2)), as);
}

interface Settings {
  readonly name?: string;
  readonly affine: boolean;
  readonly frozen?: boolean;
}

/** The layer with its own weight and bias where these are nothing else's, and otherwise without, and a composition. */
function layerOf(
  call: Call,
  layer: (settings: Settings) => Tensor,
  spread: (v: Tensor) => Tensor,
  weights = ["weight", "bias"],
): Tensor {
  const places = range(Math.min(call.count - 1, 2)).map((i) => i + 1);
  const own =
    places.length === weights.length ? call.own(...places) : undefined;
  if (own === undefined) return affine(call, layer({ affine: false }), spread);
  const name = `${call.as.name}Norm`;
  weights.forEach((weight, i) => {
    call.bind(i + 1, `${name}.${weight}`);
  });
  return layer({ name, affine: true, frozen: own.frozen });
}

const layerNorm: Op = (call) => {
  const { x, attrs } = call;
  const normalizedShape = attrs.list("normalized_shape");
  const eps = attrs.number("eps", 1e-5);
  if (isBatched(x(0)) && normalizedShape.length > x(0).shape.length)
    throw new CrossesExamples("layer_norm");
  return layerOf(
    call,
    (settings) => gradc.layerNorm(x(0), { ...settings, normalizedShape, eps }),
    (v) => v,
  );
};

const rmsNorm: Op = (call) => {
  const { x, attrs } = call;
  const count = call.count > 1 ? x(1).shape.length : 1;
  if (isBatched(x(0)) && count > x(0).shape.length)
    throw new CrossesExamples("rms_norm");
  const normalizedShape = x(0).shape.slice(-count);
  const eps = attrs.number("eps");
  return layerOf(
    call,
    (settings) => gradc.rmsNorm(x(0), { ...settings, normalizedShape, eps }),
    (v) => v,
    ["weight"],
  );
};

const instanceNorm: Op = (call) => {
  const x = call.x(0);
  const eps = call.attrs.number("eps", 1e-5);
  return layerOf(
    call,
    (settings) => gradc.instanceNorm(x, { ...settings, eps }),
    (v) => perChannel(v, x, call.axes.rankOf(x)),
  );
};

const groupNorm: Op = (call) => {
  const x = call.x(0);
  const groups = call.attrs.number("num_groups");
  const eps = call.attrs.number("eps", 1e-5);
  return layerOf(
    call,
    (settings) => gradc.groupNorm(x, groups, { ...settings, eps }),
    (v) => perChannel(v, x, call.axes.rankOf(x)),
  );
};

const batchNorm: Op = (call) => {
  const { x, attrs, axes, as } = call;
  const rank = axes.rankOf(x(0));
  const spread = (v: Tensor): Tensor => perChannel(v, x(0), rank);
  const eps = attrs.number("eps", 1e-5);
  if (attrs.flag("training")) {
    const trackRunningStats = call.statistics === "kept";
    const momentum = attrs.number("momentum", 0.1);
    const layer = (settings: Settings): Tensor => {
      const name = settings.name ?? `${as.name}Norm`;
      if (trackRunningStats) {
        call.bind(3, `${name}.running_mean`);
        call.bind(4, `${name}.running_var`);
      }
      return gradc.batchNorm(x(0), {
        ...settings,
        name,
        eps,
        momentum,
        trackRunningStats,
      });
    };
    return layerOf(call, layer, spread);
  }
  // With the running statistics as they stand.
  const y = div(sub(x(0), spread(x(3))), sqrt(add(spread(x(4)), eps)));
  return add(mul(y, spread(x(1))), spread(x(2)), as);
};

/** Normalisations. */
export const normalizationOps: Ops = {
  layer_norm: layerNorm,
  rms_norm: rmsNorm,
  instance_norm: instanceNorm,
  group_norm: groupNorm,
  batch_norm: batchNorm,
};
