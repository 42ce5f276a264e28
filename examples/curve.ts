/** A loss curve as an SVG picture. */
import {
  coveringTicks,
  fixed,
  heading,
  label,
  line,
  polyline,
  svg,
  text,
  ticks,
} from "./svg.js";

export interface Curve {
  readonly title: string;
  /** The loss of each step, counted from 1. */
  readonly losses: readonly number[];
}

const width = 720;
const height = 400;
/** Where the axes cross, and where they end. */
const left = 64;
const right = width - 24;
const bottom = height - 56;
const top = 56;

/** Draws a loss curve with its axes. */
export function curveSvg({ title, losses }: Curve): string {
  const largest = losses.reduce((a, b) => Math.max(a, b), 0);
  const xs = ticks(0, losses.length, 8, 1);
  const ys = coveringTicks(largest, 6);
  const [highest = 1] = ys.slice(-1);
  const x = (step: number): number =>
    left + ((right - left) * step) / losses.length;
  const y = (loss: number): number =>
    bottom - ((bottom - top) * loss) / highest;
  const [last = NaN] = losses.slice(-1);
  /** What the label of the last loss has to stand above. */
  const highestEnd = losses
    .slice(-Math.ceil(losses.length / 6))
    .reduce((a, b) => Math.max(a, b), 0);
  return svg(width, height, title, [
    heading(left, title),
    ...ys.flatMap((value) => [
      line(left, y(value), right, y(value), value === 0 ? "#444" : "#e4e4e4"),
      text(left - 10, y(value) + 4, label(value, ys), 'text-anchor="end"'),
    ]),
    ...xs.flatMap((value) => [
      line(x(value), bottom, x(value), bottom + 5, "#444"),
      text(x(value), bottom + 21, label(value, xs), 'text-anchor="middle"'),
    ]),
    text((left + right) / 2, height - 12, "step", 'text-anchor="middle"'),
    `<text transform="translate(18 ${fixed((top + bottom) / 2)}) rotate(-90)" text-anchor="middle">loss</text>`,
    polyline(
      losses.map((loss, i) => [x(i + 1), y(loss)]),
      'stroke="#1668b8" stroke-width="2"',
    ),
    text(
      right,
      y(highestEnd) - 12,
      `last: ${last.toFixed(4)}`,
      'text-anchor="end" fill="#1668b8"',
    ),
  ]);
}
