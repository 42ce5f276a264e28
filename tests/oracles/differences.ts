/** What differences say of a function at a point. */
export interface Slope {
  readonly value: number;
  /** How far two step widths differ: what `value` may be wrong by. */
  readonly spread: number;
}

/**
 * Slope of f at x by central differences with Richardson's extrapolation; undefined at a kink, a jump or the edge of the
 * domain, where the slopes to the left and to the right do not come together.
 */
export function slopeAt(
  f: (x: number) => number,
  x: number,
): Slope | undefined {
  const h = 1e-3 * Math.max(1, Math.abs(x));
  const central = (step: number): number =>
    (f(x + step) - f(x - step)) / (2 * step);
  const oneSided = (step: number): number => (f(x + step) - f(x)) / step;
  const extrapolated = (step: number): number =>
    (4 * central(step / 2) - central(step)) / 3;
  const [wide, narrow] = [extrapolated(h), extrapolated(h / 4)];
  const near = 1e-6 * Math.max(1, Math.abs(x));
  const [left, right] = [oneSided(-near), oneSided(near)];
  const size = Math.max(1, Math.abs(left), Math.abs(right));
  if (!Number.isFinite(wide + narrow + left + right)) return undefined;
  if (Math.abs(left - right) > 1e-3 * size) return undefined;
  const spread = Math.abs(wide - narrow);
  return spread > 1e-5 * size ? undefined : { value: narrow, spread };
}
