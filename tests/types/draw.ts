/** What random programs are drawn with. */

/** Numbers 0 .. n - 1 from a seed (mulberry32). */
export type Draw = (n: number) => number;
export function drawer(seed: number): Draw {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

export type Shape = readonly number[];

export const sizes = [1, 2, 3, 4, 5, 6, 8, 12] as const;
export const sizeOf = (draw: Draw): number =>
  sizes[draw(sizes.length)] as number;
export const shapeOf = (draw: Draw, rank: number): number[] =>
  Array.from({ length: rank }, () => sizeOf(draw));
export const show = (shape: Shape): string => JSON.stringify(shape);
export const tensor = (shape: Shape): string => `input("x", ${show(shape)})`;
export const classes = (shape: Shape, count: number): string =>
  `indices("i", ${show(shape)}, ${String(count)})`;
/** An axis, now and then one too far on either side. */
export const axisOf = (draw: Draw, rank: number): number =>
  draw(2 * rank + 2) - rank - 1;
export const chance = (draw: Draw, percent: number): boolean =>
  draw(100) < percent;

/** `shape` as it is, or with one dimension, or its rank, changed. */
export function near(draw: Draw, shape: Shape): number[] {
  switch (draw(5)) {
    case 0:
      return shapeOf(draw, draw(4));
    case 1:
      return shape.map((d, i) => (i === draw(shape.length) ? sizeOf(draw) : d));
    case 2:
      return shape.slice(draw(shape.length + 1));
    case 3:
      return shape.map((d) => (chance(draw, 40) ? 1 : d));
    default:
      return [...shape];
  }
}
