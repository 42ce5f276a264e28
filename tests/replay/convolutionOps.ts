import * as gradc from "../../dsl/index.js";
import type { Tensor } from "../../dsl/index.js";
import { CrossesExamples, isBatched } from "./batchAxis.js";
import type { Call, Op, Ops } from "./call.js";
import { startingAt } from "./structureOps.js";

/** Operand 0, whose leading axis may be the batch only where channels come after it. */
function image(call: Call, spatial: number): Tensor {
  const x = call.x(0);
  if (isBatched(x) && call.axes.rankOf(x) < spatial + 2)
    throw new CrossesExamples(call.node.op);
  return x;
}

/** An attribute as the language takes it: one number, or one for each axis. */
function perAxis(
  call: Call,
  name: string,
  spatial: number,
  standard: number,
): number | readonly number[] {
  const list = call.attrs.perAxis(name, spatial, standard);
  return new Set(list).size === 1 ? (list[0] as number) : list;
}

const settingsOf = (call: Call, spatial: number) => {
  const named = call.attrs.text("padding", "");
  return {
    stride: perAxis(call, "stride", spatial, 1),
    padding:
      named === "same" || named === "valid"
        ? named
        : perAxis(call, "padding", spatial, 0),
    dilation: perAxis(call, "dilation", spatial, 1),
    groups: call.attrs.number("groups", 1),
    ...(call.attrs.has("output_padding") && {
      outputPadding: perAxis(call, "output_padding", spatial, 0),
    }),
  };
};

type ConvLayer = ((x: Tensor, as: { readonly name: string }) => Tensor) & {
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
};
type Options = Readonly<Record<string, unknown>>;

/** The functions of one kind of convolution: a layer with parameters of its own, and one with a given weight. */
interface Functions {
  readonly make: (
    inChannels: number,
    outChannels: number,
    kernel: readonly number[],
    options: Options,
  ) => ConvLayer;
  readonly apply: (x: Tensor, weight: Tensor, options: Options) => Tensor;
  /** The channels before and after, by the first two dimensions of the weight. */
  readonly channels: (
    first: number,
    second: number,
    groups: number,
  ) => readonly [number, number];
}

/** Their types depend on literals that a case does not have. */
const functions = (
  make: unknown,
  apply: unknown,
  channels: Functions["channels"],
): Functions => ({
  make: make as Functions["make"],
  apply: apply as Functions["apply"],
  channels,
});
const outFirst: Functions["channels"] = (out, into, groups) => [
  into * groups,
  out,
];
const inFirst: Functions["channels"] = (into, out, groups) => [
  into,
  out * groups,
];
const correlations = [
  functions(gradc.sharedConv1d, gradc.convolve1d, outFirst),
  functions(gradc.sharedConv2d, gradc.convolve2d, outFirst),
];
const transposes = [
  functions(gradc.sharedConvTranspose1d, gradc.convolveTranspose1d, inFirst),
  functions(gradc.sharedConvTranspose2d, gradc.convolveTranspose2d, inFirst),
];

/** A layer where the parameters are its own, and otherwise the function of a weight. */
const convolution =
  (spatial: 1 | 2, kinds: readonly Functions[]): Op =>
  (call) => {
    const x = image(call, spatial);
    const { make, apply, channels } = kinds[spatial - 1] as Functions;
    const settings = settingsOf(call, spatial);
    const places = call.count > 2 ? [1, 2] : [1];
    const own = call.own(...places);
    if (own === undefined) {
      for (const i of places) call.axes.unbatched(call.x(i));
      return apply(x, call.x(1), {
        ...settings,
        ...call.as,
        ...(call.count > 2 && { bias: call.x(2) }),
      });
    }
    const [weight, bias] = own.data;
    const [first, second, ...kernel] = own.shapes[0] as readonly number[] &
      readonly [number, number];
    const f = call.shared(places, (): ConvLayer => {
      const [before, after] = channels(first, second, settings.groups);
      const made = make(before, after, kernel, {
        ...settings,
        name: own.name,
        frozen: own.frozen,
        bias: bias !== undefined,
        init: startingAt(weight ?? []),
        ...(bias !== undefined && { biasInit: startingAt(bias) }),
      });
      call.bind(1, made.weight);
      if (made.bias !== undefined) call.bind(2, made.bias);
      return made;
    });
    return f(x, call.as);
  };

const maxPool =
  (spatial: 1 | 2): Op =>
  (call) => {
    const x = image(call, spatial);
    const kernel = perAxis(call, "kernel_size", spatial, NaN);
    const pool = spatial === 1 ? gradc.maxPool1d : gradc.maxPool2d;
    return pool(x, kernel, {
      ...call.as,
      ...(call.attrs.has("stride") && {
        stride: perAxis(call, "stride", spatial, 1),
      }),
      padding: perAxis(call, "padding", spatial, 0),
      dilation: perAxis(call, "dilation", spatial, 1),
      ceilMode: call.attrs.flag("ceil_mode"),
    });
  };

const avgPool =
  (spatial: 1 | 2): Op =>
  (call) => {
    const x = image(call, spatial);
    const kernel = perAxis(call, "kernel_size", spatial, NaN);
    const pool = spatial === 1 ? gradc.avgPool1d : gradc.avgPool2d;
    return pool(x, kernel, {
      ...call.as,
      ...(call.attrs.has("stride") && {
        stride: perAxis(call, "stride", spatial, 1),
      }),
      padding: perAxis(call, "padding", spatial, 0),
      ceilMode: call.attrs.flag("ceil_mode"),
      countIncludePad:
        !call.attrs.has("count_include_pad") ||
        call.attrs.flag("count_include_pad"),
    });
  };

/** Pooling to a size: windows of the last axes alone. */
const adaptive =
  (spatial: 1 | 2, pools: readonly unknown[]): Op =>
  (call) => {
    const pool = pools[spatial - 1] as (
      x: Tensor,
      size: number | readonly number[],
      as: { readonly name: string },
    ) => Tensor;
    const size = perAxis(call, "output_size", spatial, NaN);
    return pool(image(call, spatial), size, call.as);
  };
const adaptiveAvg = [gradc.adaptiveAvgPool1d, gradc.adaptiveAvgPool2d];
const adaptiveMax = [gradc.adaptiveMaxPool1d, gradc.adaptiveMaxPool2d];

const upsample: Op = (call) => {
  const spatial = call.axes.rankOf(call.x(0)) === 3 ? 1 : 2;
  const x = image(call, spatial);
  const mode = call.attrs.text("mode", "nearest");
  const settings = {
    ...call.as,
    mode: mode as "nearest",
    alignCorners: call.attrs.flag("align_corners"),
  };
  const given = call.attrs.has("size") ? "size" : "scale_factor";
  const to = perAxis(call, given, spatial, NaN);
  if (given === "size")
    return spatial === 1
      ? gradc.resize1d(x, to, settings)
      : gradc.resize2d(x, to, settings);
  return spatial === 1
    ? gradc.upsample1d(x, to, settings)
    : gradc.upsample2d(x, to, settings);
};

const pixelShuffle: Op = (call) =>
  gradc.pixelShuffle(
    image(call, 2),
    call.attrs.number("upscale_factor"),
    call.as,
  );

/** Convolutions, pooling and up-sampling. */
export const convolutionOps: Ops = {
  conv1d: convolution(1, correlations),
  conv2d: convolution(2, correlations),
  conv_transpose1d: convolution(1, transposes),
  conv_transpose2d: convolution(2, transposes),
  max_pool1d: maxPool(1),
  max_pool2d: maxPool(2),
  avg_pool1d: avgPool(1),
  avg_pool2d: avgPool(2),
  adaptive_avg_pool1d: adaptive(1, adaptiveAvg),
  adaptive_avg_pool2d: adaptive(2, adaptiveAvg),
  adaptive_max_pool1d: adaptive(1, adaptiveMax),
  adaptive_max_pool2d: adaptive(2, adaptiveMax),
  upsample,
  pixel_shuffle: pixelShuffle,
};
