import * as gradc from "../../dsl/index.js";
import type { Tensor } from "../../dsl/index.js";
import { CrossesExamples, isBatched } from "./batchAxis.js";
import type { Call, Op, Ops } from "./call.js";
import { Unsupported } from "./caseFile.js";
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

const settingsOf = (
  call: Call,
  spatial: number,
): {
  readonly stride: number | readonly number[];
  readonly padding: number | readonly number[] | "same" | "valid";
  readonly dilation: number | readonly number[];
  readonly groups: number;
} => {
  const named = call.attrs.text("padding", "");
  return {
    stride: perAxis(call, "stride", spatial, 1),
    padding:
      named === "same" || named === "valid"
        ? named
        : perAxis(call, "padding", spatial, 0),
    dilation: perAxis(call, "dilation", spatial, 1),
    groups: call.attrs.number("groups", 1),
  };
};

type ConvLayer = ((x: Tensor, as: { readonly name: string }) => Tensor) & {
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
};

/** A layer where the parameters are its own. */
const convolution =
  (spatial: 1 | 2): Op =>
  (call) => {
    const x = image(call, spatial);
    const places = call.count > 2 ? [1, 2] : [1];
    const own = call.own(...places);
    if (own === undefined)
      throw new Unsupported(`${call.node.op} of a computed weight`);
    const [weight, bias] = own.data;
    const [out, inPerGroup, ...kernel] = own.shapes[0] as readonly number[] &
      readonly [number, number];
    const settings = settingsOf(call, spatial);
    const f = call.shared(places, (): ConvLayer => {
      const make: (
        inChannels: number,
        outChannels: number,
        kernel: readonly number[],
        options: gradc.ConvOptions,
      ) => unknown = spatial === 1 ? gradc.sharedConv1d : gradc.sharedConv2d;
      const made = make(inPerGroup * settings.groups, out, kernel, {
        ...settings,
        name: own.name,
        frozen: own.frozen,
        bias: bias !== undefined,
        init: startingAt(weight ?? []),
        ...(bias !== undefined && { biasInit: startingAt(bias) }),
      }) as ConvLayer;
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

/** Convolutions and pooling. */
export const convolutionOps: Ops = {
  conv1d: convolution(1),
  conv2d: convolution(2),
  max_pool1d: maxPool(1),
  max_pool2d: maxPool(2),
  avg_pool1d: avgPool(1),
  avg_pool2d: avgPool(2),
};
