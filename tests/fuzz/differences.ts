/** The slope of a recorded loss by central differences, and how far they can be off. */
import type { Id, Tape } from "../oracles/tape.js";

/** A result may be off by this many times what rounding explains (measured: 0.97 at most over 6,666 gradients). */
export const K = 2;
/** What a double is rounded by, relative to it. */
export const u = 2 ** -53;

/** The smallest width; two and four times it are tried too. */
const h = 1e-4;

export interface Difference {
  readonly slope: number;
  /** The slope is off by no more. */
  readonly doubt: number;
}

/**
 * The slope of `loss` in a direction by central differences with three widths; undefined across a kink or a jump.
 *
 * With c(h) = (L(x + h d) - L(x - h d)) / 2h, the extrapolated (4 c(h) - c(2h)) / 3 is off by e = O(h^4), and that of twice
 * the widths by 16 e: they differ by 15 e, which is taken for e as a whole, so that terms of higher order have room as well.
 * Where each L is off by r, c(h) is off by r / h, c(2h) by half of that, and the slope by (4 + 1/2) / 3 r / h = 1.5 r / h. L is off by
 * its own rounding, and by that of x + h d, which moves it along the gradient.
 *
 * @param gradient dL/dx of each of `directions`, in their order
 * @param noise how much rounding changes the loss: the tape's condition of it
 */
export function centralDifference(
  tape: Tape,
  loss: Id,
  directions: ReadonlyMap<Id, number>,
  gradient: ArrayLike<number>,
  noise: number,
): Difference | undefined {
  const moved = (by: number): number | undefined => {
    const changed = new Map(
      [...directions].map(([id, d]) => [id, tape.value(id) + by * d]),
    );
    const { values, sameChoices } = tape.at(changed);
    return sameChoices ? values[loss] : undefined;
  };
  const central = (width: number): number => {
    const [above = NaN, below = NaN] = [moved(width), moved(-width)];
    return (above - below) / (2 * width);
  };
  const [wide, middle, narrow] = [central(4 * h), central(2 * h), central(h)];
  const slope = (4 * narrow - middle) / 3;
  const wider = (4 * middle - wide) / 3;
  const places = [...directions].reduce((s, [id, d], i) => {
    const place = Math.abs(tape.value(id)) + 4 * h * Math.abs(d);
    return s + Math.abs(gradient[i] as number) * u * place;
  }, 0);
  const rounding = (1.5 * (K * noise + places)) / h;
  const doubt = Math.abs(wider - slope) + rounding;
  return Number.isFinite(doubt) ? { slope, doubt } : undefined;
}
