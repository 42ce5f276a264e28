/** Random programs of the functions whose windows move over the last axes. */
import {
  axisOf,
  chance,
  near,
  shapeOf,
  show,
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
  batchNorm: channelNorm("batchNorm", () => ""),
  groupNorm: channelNorm("groupNorm", groupsOf),
  instanceNorm: channelNorm("instanceNorm", () => ""),
  sharedBatchNorm,
  dropout,
};
