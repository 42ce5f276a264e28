import { range } from "../../dsl/graph.js";
import * as gradc from "../../dsl/index.js";
import type { Tensor } from "../../dsl/index.js";
import { CrossesExamples, isBatched } from "./batchAxis.js";
import type { Call, Op, Ops } from "./call.js";
import { Unsupported } from "./caseFile.js";

const { add, div, mean, mul, reshape, sqrt, square, sub } = gradc;
const keep = { keepdims: true };

/** (x - mean) / sqrt(variance + eps) over `axes`. */
function standardized(x: Tensor, axes: readonly number[], eps: number): Tensor {
  const centered = sub(x, mean(x, axes, keep));
  return div(centered, sqrt(add(mean(square(centered), axes, keep), eps)));
}

/** One number a channel, as an example of `rank` axes whose first one is the channel. */
const perChannel = (v: Tensor, x: Tensor, rank: number): Tensor =>
  reshape(v, [
    ...(isBatched(x) ? [] : [1]),
    ...v.shape,
    ...range(rank - 2).map(() => 1),
  ]);

/** weight y + bias, where operands 1 and 2 are given. */
function affine(call: Call, y: Tensor, spread: (v: Tensor) => Tensor): Tensor {
  const { x, count, as } = call;
  if (count === 1) return gradc.mul(y, 1, as);
  for (const i of range(count - 1)) call.axes.unbatched(x(i + 1));
  const scaled = mul(spread(x(1)), y, count === 2 ? as : {});
  return count === 2 ? scaled : add(scaled, spread(x(2)), as);
}

const lastAxes = (x: Tensor, count: number): number[] =>
  range(count).map((i) => x.shape.length - count + i);

const layerNorm: Op = (call) => {
  const { x, attrs, as, count } = call;
  const normalizedShape = attrs.list("normalized_shape");
  const eps = attrs.number("eps", 1e-5);
  if (isBatched(x(0)) && normalizedShape.length > x(0).shape.length)
    throw new CrossesExamples("layer_norm");
  if (count === 1)
    return gradc.layerNorm(x(0), {
      ...as,
      normalizedShape,
      eps,
      affine: false,
    });
  const own = count === 3 ? call.own(1, 2) : undefined;
  if (own !== undefined) {
    const { frozen } = own;
    const name = `${as.name}Norm`;
    const y = gradc.layerNorm(x(0), { name, normalizedShape, eps, frozen });
    call.bind(1, `${name}.weight`);
    call.bind(2, `${name}.bias`);
    return y;
  }
  const axes = lastAxes(x(0), normalizedShape.length);
  return affine(call, standardized(x(0), axes, eps), (v) => v);
};

const rmsNorm: Op = (call) => {
  const { x, attrs } = call;
  const axes = lastAxes(x(0), call.count > 1 ? x(1).shape.length : 1);
  if (isBatched(x(0)) && axes[0] === -1) throw new CrossesExamples("rms_norm");
  const square_ = mean(square(x(0)), axes, keep);
  const y = div(x(0), sqrt(add(square_, attrs.number("eps"))));
  return affine(call, y, (v) => v);
};

/** The first axis of the channels and of what lies behind them. */
const channelAxis = (x: Tensor): number => (isBatched(x) ? 0 : 1);

const instanceNorm: Op = (call) => {
  const x = call.x(0);
  const rank = call.axes.rankOf(x);
  const axes = lastAxes(x, rank - 2);
  const y = standardized(x, axes, call.attrs.number("eps", 1e-5));
  return affine(call, y, (v) => perChannel(v, x, rank));
};

const groupNorm: Op = (call) => {
  const x = call.x(0);
  const groups = call.attrs.number("num_groups");
  const lead = x.shape.slice(0, channelAxis(x));
  const grouped = reshape(x, [
    ...lead,
    groups,
    x.shape.slice(channelAxis(x)).reduce((p, d) => p * d, 1) / groups,
  ]);
  const y = standardized(
    grouped,
    [lead.length + 1],
    call.attrs.number("eps", 1e-5),
  );
  const back = reshape(y, x.shape);
  return affine(call, back, (v) => perChannel(v, x, call.axes.rankOf(x)));
};

/** Batch normalisation with the running statistics as they stand. */
const batchNorm: Op = (call) => {
  const { x, attrs, axes, as } = call;
  if (attrs.flag("training")) throw new Unsupported(call.node.op);
  const rank = axes.rankOf(x(0));
  const spread = (i: number): Tensor => perChannel(x(i), x(0), rank);
  const deviation = sqrt(add(spread(4), attrs.number("eps", 1e-5)));
  const y = div(sub(x(0), spread(3)), deviation);
  return add(mul(y, spread(1)), spread(2), as);
};

/** Operations that are compositions of the language's functions. */
export const composedOps: Ops = {
  layer_norm: layerNorm,
  rms_norm: rmsNorm,
  instance_norm: instanceNorm,
  group_norm: groupNorm,
  batch_norm: batchNorm,
};
