/** What the tape of the fuzzer says of rounding: as much as doubles err, and no more. */
import { expect, it } from "vitest";
import { Tape, type Id } from "./oracles/tape.js";
import { Random } from "./support/random.js";

const u = 2 ** -53;

/** The standard deviation of numbers, and its slopes, as numbers. */
function spreadOf(xs: readonly number[]): {
  readonly std: number;
  readonly slopes: readonly number[];
} {
  const mean = (of: readonly number[]): number =>
    of.reduce((s, x) => s + x) / of.length;
  const center = mean(xs);
  const off = xs.map((x) => x - center);
  const std = Math.sqrt(mean(off.map((e) => e * e)));
  const each = off.map((e) => (std === 0 ? 0 : e / (std * xs.length)));
  const shift = mean(each);
  return { std, slopes: each.map((d) => d - shift) };
}

/** The same on a tape. */
function recorded(tape: Tape, xs: readonly Id[]): Id {
  const count = tape.constant(xs.length);
  const center = tape.div(tape.sum(xs), count);
  const squares = xs.map((x) => {
    const e = tape.sub(x, center);
    return tape.mul(e, e);
  });
  return tape.apply("root", tape.div(tape.sum(squares), count));
}

it("what is 0 because it cancels may be as far from 0 as its terms are rounded: std of equal values", () => {
  const random = new Random(1);
  const up = (): boolean => random.bits() % 2 === 0;
  const tape = new Tape();
  // Nine times 0.375 is a double, so that this mean is exact; those of its neighbours are rounded.
  const leaves = Array.from({ length: 9 }, () => tape.leaf(Math.log(0.375)));
  const xs = leaves.map((x) => tape.apply("exp", x));
  const root = recorded(tape, xs);
  const slopes = tape.derive(root, xs).map((d) => d ?? tape.constant(0));
  const at = tape.value(xs[0] as Id);
  const ids = [root, ...slopes];
  const [room = NaN, ...rooms] = tape.condition(ids, 24, up);
  let rounded = 0;
  for (let k = -2; k <= 2; k++) {
    const near = spreadOf(
      Array.from({ length: 9 }, () => at * (1 + 2 * k * u)),
    );
    if (near.std !== 0) rounded += 1;
    expect(Math.abs(near.std - tape.value(root))).toBeLessThan(2 * room);
    near.slopes.forEach((d, i) => {
      const want = tape.value(slopes[i] as Id);
      expect(Math.abs(d - want)).toBeLessThanOrEqual(2 * (rooms[i] as number));
    });
  }
  expect(tape.value(root)).toBe(0);
  expect(rounded).toBeGreaterThan(0);
  expect(room).toBeLessThan(20 * u * at);
});

it("a choice is what rounding leaves of it: a value that is continuous there is no freer for it", () => {
  const random = new Random(1);
  const up = (): boolean => random.bits() % 2 === 0;
  const tape = new Tape();
  const [a, b] = [tape.leaf(0.1), tape.leaf(0.3)];
  const same = tape.sub(tape.mul(a, b), tape.mul(b, a));
  const zero = tape.constant(0);
  const positive = tape.select(tape.apply("less", zero, same), same, zero);
  const [room = NaN] = tape.condition([positive], 24, up);
  expect(room).toBeGreaterThan(0.03 * u);
  expect(room).toBeLessThan(0.1 * u);
});
