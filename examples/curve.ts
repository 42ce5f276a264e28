/** A loss curve as an SVG picture: the same numbers give the same bytes. */

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
  const xs = ticks(losses.length, 8, 1);
  const ys = ticks(
    losses.reduce((a, b) => Math.max(a, b), 0),
    6,
  );
  const [highest = 1] = ys.slice(-1);
  const x = (step: number): number =>
    left + ((right - left) * step) / losses.length;
  const y = (loss: number): number =>
    bottom - ((bottom - top) * loss) / highest;
  const points = losses.map(
    (loss, i) => `${fixed(x(i + 1))},${fixed(y(loss))}`,
  );
  const [last = NaN] = losses.slice(-1);
  /** What the label of the last loss has to stand above. */
  const highestEnd = losses
    .slice(-Math.ceil(losses.length / 6))
    .reduce((a, b) => Math.max(a, b), 0);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" font-family="system-ui, sans-serif" font-size="13" fill="#444">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${String(width)}" height="${String(height)}" fill="#fff"/>`,
    text(left, 32, title, 'font-size="17" fill="#111"'),
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
    `<polyline points="${points.join(" ")}" fill="none" stroke="#1668b8" stroke-width="2" stroke-linejoin="round"/>`,
    text(
      right,
      y(highestEnd) - 12,
      `last: ${last.toFixed(4)}`,
      'text-anchor="end" fill="#1668b8"',
    ),
    "</svg>",
  ].join("\n")}\n`;
}

/** Round numbers from 0: to the last one not above `end`, or for a scale of losses to the first one that covers it. */
function ticks(end: number, about: number, least = 0): number[] {
  const rough = end / about;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((f) => f * unit >= rough) ?? 10;
  const gap = Math.max(factor * unit, least);
  const count = least > 0 ? Math.floor(end / gap) : Math.ceil(end / gap);
  return Array.from({ length: count + 1 }, (_, i) => i * gap);
}

/** As many decimals as the gap between ticks needs. */
function label(value: number, of: readonly number[]): string {
  const gap = of[1] ?? 1;
  return value.toFixed(Math.max(0, -Math.floor(Math.log10(gap) + 1e-9)));
}

const fixed = (x: number): string => x.toFixed(2).replace(/\.?0+$/, "");

function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  color: string,
): string {
  return `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" stroke="${color}"/>`;
}

function text(
  x: number,
  y: number,
  content: string,
  attributes: string,
): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" ${attributes}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}
