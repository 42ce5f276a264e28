/** Points and lines in a plane with axes, as an SVG picture. */
import {
  fixed,
  heading,
  label,
  line,
  polyline,
  svg,
  text,
  ticks,
} from "./svg.js";

export type Point = readonly [x: number, y: number];

/** Points of one colour: a line through them, or a dot at each. */
export interface Series {
  readonly as: "line" | "dashes" | "dots";
  readonly color: string;
  readonly points: readonly Point[];
  /** What the legend calls it; nothing for a series that has none of its own. */
  readonly name?: string;
}

export interface Plot {
  readonly title: string;
  /** What the axes are called. */
  readonly axes: readonly [x: string, y: string];
  /** The numbers at the ends of each axis. */
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
  readonly series: readonly Series[];
}

/** Colours that are easy to tell apart. */
export const colors = [
  "#1668b8",
  "#d1495b",
  "#2e933c",
  "#edae49",
  "#7b4fa3",
  "#00798c",
  "#8d6a4f",
  "#e377c2",
  "#888888",
  "#111111",
] as const;

const width = 720;
const height = 480;
/** Where the axes end. */
const left = 64;
const right = width - 150;
const bottom = height - 56;
const top = 56;

/** Draws series over each other, the first lowest, with a legend at the right. */
export function plotSvg({ title, axes, x, y, series }: Plot): string {
  const across = (value: number): number =>
    left + ((right - left) * (value - x[0])) / (x[1] - x[0]);
  const up = (value: number): number =>
    bottom - ((bottom - top) * (value - y[0])) / (y[1] - y[0]);
  const xs = ticks(...x, 6);
  const ys = ticks(...y, 6);
  const named = series.filter(({ name }) => name !== undefined);
  return svg(width, height, title, [
    heading(left, title),
    ...ys.flatMap((value) => [
      line(left, up(value), right, up(value), "#e4e4e4"),
      text(left - 10, up(value) + 4, label(value, ys), 'text-anchor="end"'),
    ]),
    ...xs.flatMap((value) => [
      line(across(value), top, across(value), bottom, "#e4e4e4"),
      text(
        across(value),
        bottom + 21,
        label(value, xs),
        'text-anchor="middle"',
      ),
    ]),
    text((left + right) / 2, height - 12, axes[0], 'text-anchor="middle"'),
    `<text transform="translate(18 ${fixed((top + bottom) / 2)}) rotate(-90)" text-anchor="middle">${axes[1]}</text>`,
    ...series.map(({ as, color, points }) => {
      const places = points.map(([a, b]) => [across(a), up(b)] as const);
      return as === "dots" ? dots(places, color) : stroke(places, as, color);
    }),
    ...named.flatMap(({ as, color, name = "" }, i) => {
      const at = top + 12 + 22 * i;
      const sample = [
        [right + 16, at - 4],
        [right + 40, at - 4],
      ] as const;
      return [
        as === "dots"
          ? dots(sample.slice(1), color)
          : stroke(sample, as, color),
        text(right + 48, at, name, ""),
      ];
    }),
  ]);
}

const stroke = (
  points: readonly Point[],
  as: Series["as"],
  color: string,
): string =>
  polyline(
    points,
    `stroke="${color}" stroke-width="2"${as === "dashes" ? ' stroke-dasharray="6 5"' : ""}`,
  );

/** Dots are strokes without length that have round ends. */
function dots(points: readonly Point[], color: string): string {
  const path = points.map(([x, y]) => `M${fixed(x)} ${fixed(y)}h0`).join("");
  return `<path d="${path}" stroke="${color}" stroke-width="5" stroke-linecap="round" stroke-opacity="0.7"/>`;
}
