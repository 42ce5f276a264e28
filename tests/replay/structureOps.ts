import { range } from "../../dsl/graph.js";
import * as gradc from "../../dsl/index.js";
import type { Tensor } from "../../dsl/index.js";
import { isBatched, CrossesExamples, type BatchAxis } from "./batchAxis.js";
import { constantArray } from "../../dsl/primitives/scalar.js";
import type { Call, Op, Ops } from "./call.js";

interface Reduced {
  /** Axes of one example. */
  readonly axes: readonly number[];
  readonly batch: boolean;
  readonly keepdims: boolean;
}

function reducedAxes({ x, axes, attrs }: Call): Reduced {
  const rank = axes.rankOf(x(0));
  const given = attrs.has("dims") ? attrs.list("dims") : range(rank);
  const own = given.map((d) => axes.axisOrBatch(x(0), d));
  return {
    axes: own.filter((a) => a !== undefined),
    batch: own.includes(undefined),
    keepdims: attrs.flag("keepdim"),
  };
}

type Reduction = (
  x: Tensor,
  axes: readonly number[],
  options: { readonly keepdims: boolean; readonly name?: string },
) => Tensor;

/** A reduction over axes; `overBatch` where it may go over the examples too. */
const reduction =
  (f: Reduction, overBatch?: (x: Tensor) => Tensor): Op =>
  (call) => {
    const { axes, batch, keepdims } = reducedAxes(call);
    const { name } = call.as;
    if (!batch) return f(call.x(0), axes, { keepdims, name });
    if (overBatch === undefined) throw new CrossesExamples("a reduction");
    const y = overBatch(f(call.x(0), axes, { keepdims }));
    return keepdims ? gradc.unsqueeze(y, 0, call.as) : y;
  };

const matmul: Op = ({ x, axes, as }) => {
  const [a, b] = [x(0), x(1)];
  const [m, k] = [axes.rankOf(a), axes.rankOf(b)];
  const rank = Math.max(m, k);
  const example = (v: Tensor, own: number): Tensor => {
    if (isBatched(v) && own < rank) throw new CrossesExamples("matmul");
    return v;
  };
  if (isBatched(a) || isBatched(b)) {
    // The leading axis of a is a list of rows; that of b, with two axes, is summed over.
    if (isBatched(b) && k <= 2) throw new CrossesExamples("matmul");
    if (isBatched(a) && m === 1) throw new CrossesExamples("matmul");
    if (isBatched(a) && m === 2 && k > 2) throw new CrossesExamples("matmul");
    for (const [v, own] of [
      [a, m],
      [b, k],
    ] as const)
      if (!isBatched(v) && own === rank && own > 2)
        throw new CrossesExamples("matmul");
  }
  return gradc.matmul(example(a, m), example(b, k), as);
};

/** y = x W^T + b: a layer where the parameters are its own, else the same from a product and a sum. */
const linear: Op = (call) => {
  const { x, axes, as, count } = call;
  const places = count > 2 ? [1, 2] : [1];
  const own = call.own(...places);
  if (axes.n !== undefined && isBatched(x(0)) && axes.rankOf(x(0)) < 2)
    throw new CrossesExamples("linear");
  if (own !== undefined) {
    const f = call.shared(places, () => layerOf(call, own));
    return f(x(0), as);
  }
  for (const i of places) axes.unbatched(x(i));
  const y = gradc.matmul(x(0), gradc.transpose(x(1)), count > 2 ? {} : as);
  return count > 2 ? gradc.add(y, x(2), as) : y;
};

type LinearLayer = (x: Tensor, as: { readonly name: string }) => Tensor;

function layerOf(
  call: Call,
  own: NonNullable<ReturnType<Call["own"]>>,
): LinearLayer {
  const [weight, bias] = own.data;
  const [out, inputs] = own.shapes[0] as readonly [number, number];
  const f = gradc.dense(inputs, out, {
    name: own.name,
    frozen: own.frozen,
    bias: bias !== undefined,
    init: startingAt(weight ?? []),
    ...(bias !== undefined && { biasInit: startingAt(bias) }),
  });
  call.bind(1, f.weight);
  if (bias !== undefined) call.bind(2, f.bias);
  return f;
}

/** An initializer with given numbers. */
export const startingAt =
  (data: readonly number[]): ReturnType<typeof gradc.fill> =>
  (draw) =>
    constantArray(data, draw.shape);

const sliceEnd = (end: number, length: number): number =>
  Math.min(end < 0 ? end + length : end, length);

const permuted = ({ x, axes, as }: Call, order: readonly number[]): Tensor => {
  if (!isBatched(x(0))) return gradc.permute(x(0), order, as);
  if (order[0] !== 0) throw new CrossesExamples("permute");
  return gradc.permute(
    x(0),
    order.slice(1).map((d) => axes.axis(x(0), d)),
    as,
  );
};

const joined =
  (
    f: (
      parts: readonly [Tensor, ...Tensor[]],
      axis: number,
      as: { readonly name: string },
    ) => Tensor,
    more: 0 | 1,
  ): Op =>
  ({ x, axes, attrs, as, count }) => {
    const parts = range(count).map(x) as [Tensor, ...Tensor[]];
    axes.together(...parts);
    const rank = axes.rankOf(parts[0]) + more;
    return f(parts, axes.axis(parts[0], attrs.number("dim"), rank), as);
  };

/** Shape of `expand`: -1 keeps the length. */
function expanded(
  x: Tensor,
  axes: BatchAxis,
  shape: readonly number[],
): number[] {
  const own = axes.shapeOf(x);
  const lead = shape.length - own.length;
  const whole = shape.map((d, i) => (d === -1 ? (own[i - lead] ?? 1) : d));
  if (!isBatched(x)) return whole;
  if (lead > 0 || whole[0] !== axes.n) throw new CrossesExamples("expand");
  return whole.slice(1);
}

/** Products, reductions, and other orders of the same entries. */
export const structureOps: Ops = {
  matmul,
  linear,
  sum: reduction(gradc.sum, gradc.batchSum),
  mean: reduction(gradc.mean, gradc.batchMean),
  amax: reduction(gradc.max, gradc.batchMax),
  amin: reduction(gradc.min),
  prod: reduction(gradc.prod),
  var: (call) =>
    reduction((x, axes, options) =>
      gradc.variance(x, axes, {
        ...options,
        correction: call.attrs.number("correction", 1),
      }),
    )(call),
  std: (call) =>
    reduction((x, axes, options) =>
      gradc.std(x, axes, {
        ...options,
        correction: call.attrs.number("correction", 1),
      }),
    )(call),
  logsumexp: reduction(gradc.logsumexp),
  norm: (call) =>
    reduction((x, axes, options) =>
      gradc.norm(x, axes, { ...options, p: call.attrs.number("p", 2) }),
    )(call),
  transpose: (call) => {
    const rank = call.axes.rankOf(call.x(0));
    const at = (name: string): number =>
      (call.attrs.number(name) + rank) % rank;
    const [a, b] = [at("dim0"), at("dim1")];
    return permuted(
      call,
      range(rank).map((i) => (i === a ? b : i === b ? a : i)),
    );
  },
  permute: (call) => {
    const rank = call.axes.rankOf(call.x(0));
    return permuted(
      call,
      call.attrs.list("dims").map((d) => (d + rank) % rank),
    );
  },
  reshape: ({ x, axes, attrs, as }) =>
    gradc.reshape(x(0), whole(axes, x(0), attrs.list("shape")), as),
  squeeze: ({ x, axes, attrs, as }) =>
    gradc.squeeze(x(0), axes.axis(x(0), attrs.number("dim")), as),
  unsqueeze: ({ x, axes, attrs, as }) =>
    gradc.unsqueeze(
      x(0),
      axes.axis(x(0), attrs.number("dim"), axes.rankOf(x(0)) + 1),
      as,
    ),
  expand: ({ x, axes, attrs, as }) =>
    gradc.expand(x(0), expanded(x(0), axes, attrs.list("shape")), as),
  slice: ({ x, axes, attrs, as }) => {
    const axis = axes.axis(x(0), attrs.number("dim"));
    const length = x(0).shape[axis] as number;
    return gradc.slice(
      x(0),
      axis,
      (attrs.number("start", 0) + length) % length,
      sliceEnd(attrs.number("end", length), length),
      attrs.number("step", 1),
      as,
    );
  },
  select: ({ x, axes, attrs, as }) =>
    gradc.select(
      x(0),
      axes.axis(x(0), attrs.number("dim")),
      attrs.number("index"),
      as,
    ),
  split: ({ x, axes, attrs, as }) =>
    gradc.split(
      x(0),
      attrs.list("sizes"),
      axes.axis(x(0), attrs.number("dim", 0)),
      as,
    ),
  concat: joined((parts, axis, as) => gradc.concat(parts, axis, as), 0),
  stack: joined((parts, axis, as) => gradc.stack(parts, axis, as), 1),
  constant: ({ attrs }) =>
    gradc.constant(attrs.list("shape"), attrs.list("data")),
};

/** The shape of `reshape` without -1. */
function whole(axes: BatchAxis, x: Tensor, shape: readonly number[]): number[] {
  const own = axes.shape(x, shape);
  const size = x.shape.reduce((p, d) => p * d, 1);
  const known = own.reduce((p, d) => (d === -1 ? p : p * d), 1);
  return own.map((d) => (d === -1 ? size / known : d));
}
