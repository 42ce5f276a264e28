/** The step of central differences. */
export const slopeStep = 1e-5;

/** The largest error of central differences that say anything, relative to the slope. */
export const mostError = 1e-3;

/** What differences show of a wrong derivative, relative to the slope. */
const visible = 1e-5;

/**
 * Whether differences may show an error of a derivative.
 *
 * @param least the size below which a slope is nothing beside the others
 */
export const isVisible = (
  error: number,
  slope: number,
  least: number,
): boolean => error > visible * Math.max(least, Math.abs(slope));

/** Steps at which a derivative that looks wrong is looked at again, relative to the first one: rounding is alike at none. */
const steps = [1, 0.87, 0.73, 0.61, 0.5] as const;

/**
 * True where central differences of f show that `derived` is not its slope at x: it differs from all of them by more than
 * they leave in doubt. A curve, noise and a jump beside x make them differ among each other; at a kink the two sides differ
 * by the same, however small the step.
 *
 * @param least the size below which a slope is nothing beside the others
 */
export function refutes(
  f: (x: number) => number,
  x: number,
  derived: number,
  least: number,
): boolean {
  // A step that is lost in the digits of x is none: the slope would be one of nothing.
  const taken = x + slopeStep / 2 - x;
  if (Math.abs(taken - slopeStep / 2) > mostError * slopeStep) return false;
  const here = f(x);
  const slopes: number[] = [];
  let [whole, uneven] = [0, 0];
  for (const part of steps) {
    const [low, high] = [x - part * slopeStep, x + part * slopeStep];
    const [below, above] = [f(low), f(high)];
    const left = (here - below) / (x - low);
    const right = (above - here) / (high - x);
    slopes.push((above - below) / (high - low));
    // A curve bends half as much in half the step.
    if (part === 1) whole = right - left;
    uneven = Math.max(uneven, Math.abs(right - left - part * whole));
    const spread = Math.max(...slopes) - Math.min(...slopes);
    const doubt = 2 * uneven + 4 * (spread + roundingOf(here));
    const isOff = (slope: number): boolean => {
      const error = Math.abs(slope - derived);
      return error > doubt && isVisible(error, slope, least);
    };
    // Further steps only add to the doubt.
    if (!slopes.every(isOff)) return false;
  }
  return true;
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
