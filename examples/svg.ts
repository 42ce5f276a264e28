/** The elements that pictures are made of: the same numbers give the same bytes. */

/** A picture with a title, on white. */
export function svg(
  width: number,
  height: number,
  title: string,
  elements: readonly string[],
): string {
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" font-family="system-ui, sans-serif" font-size="13" fill="#444">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${String(width)}" height="${String(height)}" fill="#fff"/>`,
    ...elements,
    "</svg>",
  ].join("\n")}\n`;
}

/** The title as it stands at the top of a picture. */
export const heading = (x: number, title: string): string =>
  text(x, 32, title, 'font-size="17" fill="#111"');

export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  color: string,
): string {
  return `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" stroke="${color}"/>`;
}

/** A line through points; `attributes` say how it looks. */
export function polyline(
  points: readonly (readonly [number, number])[],
  attributes: string,
): string {
  const list = points.map(([x, y]) => `${fixed(x)},${fixed(y)}`).join(" ");
  return `<polyline points="${list}" fill="none" ${attributes} stroke-linejoin="round"/>`;
}

export function text(
  x: number,
  y: number,
  content: string,
  attributes: string,
): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" ${attributes}>${escaped(content)}</text>`;
}

/** A number with at most two decimals. */
export const fixed = (x: number): string =>
  x
    .toFixed(2)
    .replace(/\.?0+$/, "")
    .replace(/^-0$/, "0");

const escaped = (content: string): string =>
  content.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** Round numbers between the ends of a scale, about so many: multiples of 1, 2 or 5 times a power of ten, `least` or more. */
export function ticks(
  start: number,
  end: number,
  about: number,
  least = 0,
): number[] {
  const gap = gapOf(start, end, about, least);
  const first = Math.ceil(start / gap);
  const count = Math.floor(end / gap) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * gap);
}

/** The same from 0, to the first one that covers `end`. */
export function coveringTicks(end: number, about: number): number[] {
  const gap = gapOf(0, end, about, 0);
  return Array.from({ length: Math.ceil(end / gap) + 1 }, (_, i) => i * gap);
}

function gapOf(
  start: number,
  end: number,
  about: number,
  least: number,
): number {
  const rough = (end - start) / about;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((f) => f * unit >= rough) ?? 10;
  return Math.max(factor * unit, least);
}

/** As many decimals as the gap between ticks needs. */
export function label(value: number, of: readonly number[]): string {
  const gap = (of[1] ?? 1) - (of[0] ?? 0);
  return value.toFixed(Math.max(0, -Math.floor(Math.log10(gap) + 1e-9)));
}
