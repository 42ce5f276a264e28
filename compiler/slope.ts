/** The step of central differences. */
export const slopeStep = 1e-5;

/** What a right gradient may differ from central differences by, relative to the slope or to the largest one below 1. */
export const mostError = 1e-3;

/**
 * True where central differences of f are a slope: no kink between left and right, no jump, whose differences grow as the
 * step shrinks, and no rounding that hides it or the step itself.
 *
 * @param least the size below which a slope is nothing beside the others
 */
export function saysSlope(
  f: (x: number) => number,
  x: number,
  least: number,
): boolean {
  const step = slopeStep;
  // A step that is lost in the digits of x is none: the slope would be one of nothing.
  const taken = x + step / 2 - x;
  if (Math.abs(taken - step / 2) > mostError * step) return false;
  const here = f(x);
  const sides = [step, step / 2].flatMap((h) => [
    (here - f(x - h)) / h,
    (f(x + h) - here) / h,
  ]);
  const size = mostError * Math.max(least, ...sides.map(Math.abs));
  return (
    Math.max(...sides) - Math.min(...sides) <= size && roundingOf(here) <= size
  );
}

/** What the rounding of values of this size may add to a slope. */
export const rounding = (value: number): number =>
  (8 * Number.EPSILON * Math.abs(value)) / slopeStep;

/** The same for a loss: one that is next to nothing is what numbers of size 1 leave, with their rounding. */
const roundingOf = (loss: number): number =>
  rounding(Math.max(1, Math.abs(loss)));

/** The size below which a slope is nothing beside these: that of the largest one, at most 1. */
export const leastSlope = (slopes: ArrayLike<number>): number =>
  Math.min(
    1,
    Array.from(slopes)
      .filter(Number.isFinite)
      .reduce((most, d) => Math.max(most, Math.abs(d)), 0),
  );
