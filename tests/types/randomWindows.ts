/** Random programs of the functions whose windows move over the last axes. */
import {
  axisOf,
  chance,
  near,
  shapeOf,
  show,
  sizeOf,
  tensor,
  type Draw,
} from "./draw.js";

type Generate = (draw: Draw) => string;

/** An image or a sequence, now and then with too few axes. */
const imageOf = (draw: Draw, spatial: number): number[] => {
  const lead = shapeOf(draw, draw(2));
  const short = chance(draw, 6) ? 1 : 0;
  const channels = [1, 2, 3, 4, 6][draw(5)] as number;
  const lengths = Array.from(
    { length: spatial - short },
    () => 1 + draw(draw(4) === 0 ? 300 : 12),
  );
  return short === 1 ? lengths : [...lead, channels, ...lengths];
};

/** One number, or a list of one for each axis; now and then one too many, or a wrong number. */
function perAxis(draw: Draw, spatial: number, one: () => number): string {
  const number = (): number =>
    chance(draw, 4) ? ([0, -1, 1.5, -0.5][draw(4)] as number) : one();
  if (chance(draw, 55)) return String(number());
  const count = spatial + (chance(draw, 5) ? 1 : 0);
  return show(Array.from({ length: count }, number));
}

const options = (list: readonly (string | undefined)[]): string => {
  const given = list.filter((text) => text !== undefined);
  return given.length === 0 ? "" : `, { ${given.join(", ")} }`;
};
const sometimes = (
  draw: Draw,
  percent: number,
  text: () => string,
): string | undefined => (chance(draw, percent) ? text() : undefined);

const kernelOf = (draw: Draw, spatial: number): string =>
  perAxis(draw, spatial, () => 1 + draw(4));

function convOptions(draw: Draw, spatial: number): string {
  const padding = (): string =>
    chance(draw, 30)
      ? (['"same"', '"valid"'][draw(2)] as string)
      : perAxis(draw, spatial, () => draw(4));
  const few = (): number => 1 + draw(3);
  return options([
    sometimes(draw, 40, () => `stride: ${perAxis(draw, spatial, few)}`),
    sometimes(draw, 50, () => `padding: ${padding()}`),
    sometimes(draw, 30, () => `dilation: ${perAxis(draw, spatial, few)}`),
    sometimes(draw, 30, () => `groups: ${String(draw(4))}`),
  ]);
}

const channelsOf = (draw: Draw): string => String(draw(7));

const conv =
  (name: string, spatial: number): Generate =>
  (draw) =>
    `${name}(${tensor(imageOf(draw, spatial))}, ${channelsOf(draw)}, ${kernelOf(draw, spatial)}${convOptions(draw, spatial)})`;

const sharedConv =
  (name: string, spatial: number): Generate =>
  (draw) => {
    const shape = imageOf(draw, spatial);
    const own = shape.at(-1 - spatial) ?? 2;
    const channels = chance(draw, 85) ? String(own) : channelsOf(draw);
    return `${name}(${channels}, ${channelsOf(draw)}, ${kernelOf(draw, spatial)}${convOptions(draw, spatial)})(${tensor(shape)})`;
  };

const pool =
  (name: string, spatial: number): Generate =>
  (draw) => {
    const few = (): number => 1 + draw(3);
    const given = options([
      sometimes(draw, 50, () => `stride: ${perAxis(draw, spatial, few)}`),
      sometimes(
        draw,
        40,
        () => `padding: ${perAxis(draw, spatial, () => draw(3))}`,
      ),
      sometimes(
        draw,
        name.startsWith("max") ? 30 : 0,
        () => `dilation: ${perAxis(draw, spatial, few)}`,
      ),
      sometimes(draw, 40, () => `ceilMode: ${String(chance(draw, 70))}`),
    ]);
    return `${name}(${tensor(imageOf(draw, spatial))}, ${kernelOf(draw, spatial)}${given})`;
  };

function transposeOptions(
  draw: Draw,
  spatial: number,
  bias?: () => string,
): string {
  const few = (): number => 1 + draw(3);
  const some = (): number => draw(3);
  return options([
    sometimes(draw, 60, () => `stride: ${perAxis(draw, spatial, few)}`),
    sometimes(draw, 40, () => `padding: ${perAxis(draw, spatial, some)}`),
    sometimes(draw, 30, () => `outputPadding: ${perAxis(draw, spatial, some)}`),
    sometimes(draw, 30, () => `dilation: ${perAxis(draw, spatial, few)}`),
    sometimes(draw, 30, () => `groups: ${String(draw(4))}`),
    bias === undefined ? undefined : sometimes(draw, 30, bias),
  ]);
}

const convTranspose =
  (name: string, spatial: number): Generate =>
  (draw) =>
    `${name}(${tensor(imageOf(draw, spatial))}, ${channelsOf(draw)}, ${kernelOf(draw, spatial)}${transposeOptions(draw, spatial)})`;

const sharedConvTranspose =
  (name: string, spatial: number): Generate =>
  (draw) => {
    const shape = imageOf(draw, spatial);
    const own = shape.at(-1 - spatial) ?? 2;
    const channels = chance(draw, 85) ? String(own) : channelsOf(draw);
    return `${name}(${channels}, ${channelsOf(draw)}, ${kernelOf(draw, spatial)}${transposeOptions(draw, spatial)})(${tensor(shape)})`;
  };

/** A convolution with a weight of mostly the right channels. */
const withWeight =
  (name: string, spatial: number): Generate =>
  (draw) => {
    const shape = imageOf(draw, spatial);
    const own = shape.at(-1 - spatial) ?? 2;
    const into = chance(draw, 80) ? own : sizeOf(draw);
    const out = sizeOf(draw);
    const first = name.includes("Transpose") ? [into, out] : [out, into];
    const kernel = Array.from({ length: spatial }, () => 1 + draw(4));
    const weight = [...first, ...kernel];
    if (chance(draw, 5)) weight.pop();
    const bias = (): string => {
      const length = chance(draw, 70) ? out : sizeOf(draw);
      return `bias: param("b", ${show([length])})`;
    };
    const given = name.includes("Transpose")
      ? transposeOptions(draw, spatial, bias)
      : chance(draw, 30)
        ? `, { ${bias()} }`
        : convOptions(draw, spatial);
    return `${name}(${tensor(shape)}, param("w", ${show(weight)})${given})`;
  };

/** A function of an image, or a sequence, and one more argument. */
const withSize =
  (name: string, spatial: number, one: (draw: Draw) => number): Generate =>
  (draw) => {
    const size = perAxis(draw, spatial, () => one(draw));
    return `${name}(${tensor(imageOf(draw, spatial))}, ${size})`;
  };

/** Scales that are integers: what others give is known to the graph alone. */
const upsample =
  (name: string, spatial: number): Generate =>
  (draw) => {
    const scale = [1, 2, 3, 10, 0, -1][draw(6)] as number;
    const list = Array.from({ length: spatial }, () => scale);
    const text = chance(draw, 50) ? String(scale) : show(list);
    return `${name}(${tensor(imageOf(draw, spatial))}, ${text})`;
  };

const global =
  (name: string, spatial: number): Generate =>
  (draw) =>
    `${name}(${tensor(imageOf(draw, spatial))})`;

const pixelShuffle: Generate = (draw) => {
  const shape = imageOf(draw, 2);
  const factor = draw(4);
  const channels = shape.length - 3;
  const squared = shape.map((d, i) => (i === channels ? d * factor ** 2 : d));
  const from = factor > 0 && chance(draw, 80) ? squared : shape;
  return `pixelShuffle(${tensor(from)}, ${String(factor)})`;
};

/** A layer that normalises channels, on a random axis of them. */
const channelNorm =
  (name: string, more: (draw: Draw, channels: number) => string): Generate =>
  (draw) => {
    const shape = shapeOf(draw, 1 + draw(3));
    const axis = axisOf(draw, shape.length);
    const channels = shape[axis < 0 ? shape.length + axis : axis] ?? 2;
    return `${name}(${tensor(shape)}${more(draw, channels)}, { channelAxis: ${String(axis)} })`;
  };

const groupsOf = (draw: Draw, channels: number): string =>
  `, ${String(chance(draw, 50) ? channels : draw(5))}`;

const sharedBatchNorm: Generate = (draw) => {
  const shape = shapeOf(draw, 1 + draw(3));
  const axis = axisOf(draw, shape.length);
  const own = shape[axis < 0 ? shape.length + axis : axis] ?? 2;
  const channels = chance(draw, 80) ? own : draw(4);
  return `sharedBatchNorm(${String(channels)}, { channelAxis: ${String(axis)} })(${tensor(shape)})`;
};

const dropout: Generate = (draw) => {
  const shape = shapeOf(draw, draw(4));
  const p = [0, 0.1, 0.5, 0.999, 1, 1.5, -0.25, 2, 1e-7, 10][
    draw(10)
  ] as number;
  const mask = (): string =>
    tensor(chance(draw, 70) ? shape : near(draw, shape));
  const masked = chance(draw, 50) ? `, { mask: ${mask()} }` : "";
  return `dropout(${tensor(shape)}, ${String(p)}${masked})`;
};

/** A generator for each function. */
export const windowPrograms: Readonly<Record<string, Generate>> = {
  conv1d: conv("conv1d", 1),
  conv2d: conv("conv2d", 2),
  sharedConv1d: sharedConv("sharedConv1d", 1),
  sharedConv2d: sharedConv("sharedConv2d", 2),
  maxPool1d: pool("maxPool1d", 1),
  maxPool2d: pool("maxPool2d", 2),
  avgPool1d: pool("avgPool1d", 1),
  avgPool2d: pool("avgPool2d", 2),
  convTranspose1d: convTranspose("convTranspose1d", 1),
  convTranspose2d: convTranspose("convTranspose2d", 2),
  sharedConvTranspose1d: sharedConvTranspose("sharedConvTranspose1d", 1),
  sharedConvTranspose2d: sharedConvTranspose("sharedConvTranspose2d", 2),
  convolve1d: withWeight("convolve1d", 1),
  convolve2d: withWeight("convolve2d", 2),
  convolveTranspose1d: withWeight("convolveTranspose1d", 1),
  convolveTranspose2d: withWeight("convolveTranspose2d", 2),
  adaptiveAvgPool1d: withSize("adaptiveAvgPool1d", 1, (draw) => 1 + draw(9)),
  adaptiveAvgPool2d: withSize("adaptiveAvgPool2d", 2, (draw) => 1 + draw(9)),
  adaptiveMaxPool1d: withSize("adaptiveMaxPool1d", 1, (draw) => 1 + draw(9)),
  adaptiveMaxPool2d: withSize("adaptiveMaxPool2d", 2, (draw) => 1 + draw(9)),
  globalAvgPool1d: global("globalAvgPool1d", 1),
  globalAvgPool2d: global("globalAvgPool2d", 2),
  resize1d: withSize("resize1d", 1, (draw) => 1 + draw(20)),
  resize2d: withSize("resize2d", 2, (draw) => 1 + draw(20)),
  upsample1d: upsample("upsample1d", 1),
  upsample2d: upsample("upsample2d", 2),
  pixelShuffle,
  batchNorm: channelNorm("batchNorm", () => ""),
  groupNorm: channelNorm("groupNorm", groupsOf),
  instanceNorm: channelNorm("instanceNorm", () => ""),
  sharedBatchNorm,
  dropout,
};
