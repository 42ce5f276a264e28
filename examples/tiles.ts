/** Small grey pictures beside each other, as an SVG picture. */
import { heading, svg, text } from "./svg.js";

/** A row of pictures, and what stands before it. */
export interface Row {
  readonly name: string;
  /** Pixels from 0 (white) to 1 (black), row-major, one picture after the other. */
  readonly pixels: ArrayLike<number>;
}

export interface Tiles {
  readonly title: string;
  /** Pixels of one picture along each side. */
  readonly side: number;
  /** Pictures of a row. */
  readonly columns: number;
  readonly rows: readonly Row[];
}

/** Shades of grey that are told apart. */
const shades = 16;
const left = 120;
const top = 56;
/** Width of a pixel, and of the gap between pictures in pixels. */
const unit = 4;
const gap = 2;

/** Draws each shade as one path of horizontal strokes: runs of equal pixels. */
export function tilesSvg({ title, side, columns, rows }: Tiles): string {
  const paths = Array.from({ length: shades }, () => "");
  const pitch = side + gap;
  rows.forEach(({ pixels }, row) => {
    for (let tile = 0; tile < columns; tile++)
      for (let y = 0; y < side; y++) {
        const line = tile * side * side + y * side;
        for (let x = 0, end = 0; x < side; x = end) {
          const shade = shadeOf(pixels[line + x] ?? 0);
          while (end < side && shadeOf(pixels[line + end] ?? 0) === shade)
            end++;
          const start = `M${String(tile * pitch + x)} ${String(row * pitch + y)}`;
          paths[shade] = `${paths[shade] ?? ""}${start}h${String(end - x)}`;
        }
      }
  });
  const width = left + columns * pitch * unit + 24;
  const height = top + rows.length * pitch * unit + 16;
  return svg(width, height, title, [
    heading(24, title),
    ...rows.map(({ name }, row) =>
      text(24, top + (row * pitch + side / 2) * unit + 5, name, ""),
    ),
    `<g transform="translate(${String(left)} ${String(top)}) scale(${String(unit)}) translate(0 0.5)">`,
    ...paths.flatMap((path, shade) => {
      const grey = String(Math.round(255 * (1 - shade / (shades - 1))));
      return path === ""
        ? []
        : [`<path d="${path}" stroke="rgb(${grey},${grey},${grey})"/>`];
    }),
    "</g>",
  ]);
}

const shadeOf = (pixel: number): number =>
  Math.round(Math.min(1, Math.max(0, pixel)) * (shades - 1));
