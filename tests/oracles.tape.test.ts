/** What the tape of the fuzzer says of rounding: as much as doubles err, and no more. */
import { describe, expect, it } from "vitest";
import { centralDifference, u } from "./fuzz/differences.js";
import { simulated, Tape, type Id } from "./oracles/tape.js";
import { Random } from "./support/random.js";

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

it("what is equal but for rounding is not decided; what is computed alike is", () => {
  const random = new Random(1);
  const up = (): boolean => random.bits() % 2 === 0;
  const tape = new Tape();
  const [a, b] = [tape.leaf(0.1), tape.leaf(0.3)];
  const [square, one] = [tape.mul(a, a), tape.constant(1)];
  const unit = tape.div(square, tape.mul(tape.apply("sqrt", square), a));
  const products = [tape.mul(a, b), tape.mul(a, b)] as const;
  const rounded = tape.apply("equal", unit, one);
  tape.apply("equal", ...products);
  tape.apply("less", a, b);
  tape.apply("lessEqual", tape.mul(a, b), tape.constant(0.03 + 1e-15));
  expect([...tape.undecided(2 * u, 24, up)]).toEqual([rounded]);
});

it("what is too large for a double is told from a pole, and from what was infinite before", () => {
  const tape = new Tape();
  const [large, none] = [tape.leaf(1e300), tape.leaf(0)];
  const square = tape.mul(large, large);
  const pole = tape.div(large, none);
  const given = tape.mul(tape.leaf(Infinity), large);
  const after = tape.sub(square, pole);
  expect([square, pole, given, after].map((y) => tape.overflows(y))).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

it("errors of a few last bits show what the logarithm of some last bits may be off by", () => {
  const random = new Random(1);
  const up = (): boolean => random.bits() % 2 === 0;
  const tape = new Tape();
  const near = tape.apply("sigmoid", tape.leaf(30));
  const y = tape.apply("log", tape.sub(tape.constant(1), near));
  const [small = 0] = tape.condition([y], 24, up, simulated.small);
  // One last bit of 1 - 1e-13, of 1e-13.
  expect(small).toBeGreaterThan(u / 1e-13 / 4);
  expect(small).toBeLessThan((4 * u) / 1e-13);
});

it("ln cosh x keeps its digits near 0 and does not overflow", () => {
  const tape = new Tape();
  const of = (x: number): number =>
    tape.value(tape.apply("logCosh", tape.leaf(x)));
  const x = 0.019;
  const series = x ** 2 / 2 - x ** 4 / 12 + x ** 6 / 45 - (17 * x ** 8) / 2520;
  expect(Math.abs(of(x) / series - 1)).toBeLessThan(8 * u);
  expect(of(-1e300)).toBe(1e300);
});

/** What rounding explains of dy/dx, y being the difference of x times each number, the first less all others. */
function roomOf(factors: readonly number[], twice: boolean): number {
  const random = new Random(1);
  const up = (): boolean => random.bits() % 2 === 0;
  const tape = new Tape();
  const x = tape.leaf(1);
  const one = tape.constant(1);
  // What one value passes on is a sum of its own where it is read twice.
  const via = twice ? tape.select(one, x, one) : x;
  const [first = x, ...others] = factors.map((f, i) =>
    tape.mul(i === 0 ? x : via, tape.constant(f)),
  );
  const y = others.reduce(tape.sub, first);
  const [dx = NaN] = tape.derive(y, [x]);
  return tape.condition([dx], 400, up)[0] ?? NaN;
}

it("two cotangents are added in one order, three in any: what cancels is rounded away in another", () => {
  // Each product is rounded once. 1 - 1 is exact; (1 - 0.5) + 0.5 is not where it is 1 + (0.5 - 0.5) that is exact.
  expect(roomOf([1, 1], false)).toBeCloseTo(2 * u, 20);
  expect(roomOf([1, 1], true)).toBeCloseTo(2 * u, 20);
  expect(roomOf([1, 0.5, -0.5], false)).toBeCloseTo(3.5 * u, 20);
  expect(roomOf([1, 0.5, -0.5], true)).toBeCloseTo(3.5 * u, 20);
});

describe("central differences", () => {
  const of = (
    record: (tape: Tape, x: Id) => Id,
    at: number,
    gradient: number,
  ): ReturnType<typeof centralDifference> => {
    const random = new Random(1);
    const tape = new Tape();
    const x = tape.leaf(at);
    const loss = record(tape, x);
    const [noise = NaN] = tape.condition(
      [loss],
      24,
      () => random.bits() % 2 === 0,
    );
    return centralDifference(tape, loss, new Map([[x, 1]]), [gradient], noise);
  };

  it.each([
    ["a smooth loss", 0, 1e-10],
    ["a loss with a large part that has no slope", 1e3, 1e-7],
  ] as const)("of %s are off by less than they say", (_, part, most) => {
    const want = Math.exp(0.7);
    const found = of(
      (t, x) => t.add(t.apply("exp", x), t.constant(part)),
      0.7,
      want,
    );
    const { slope = NaN, doubt = NaN } = found ?? {};
    expect(Math.abs(slope - want)).toBeLessThan(doubt);
    expect(doubt).toBeLessThan(most);
  });

  it("know that they are far off where a loss turns within their width", () => {
    const fast = 5e3;
    const found = of(
      (t, x) => t.apply("sin", t.mul(t.constant(fast), x)),
      0.3,
      fast,
    );
    const { slope = NaN, doubt = NaN } = found ?? {};
    expect(Math.abs(slope - fast * Math.cos(0.3 * fast))).toBeLessThan(doubt);
    expect(doubt).toBeGreaterThan(1e-3 * fast);
  });

  it("say nothing across a kink", () => {
    const found = of(
      (t, x) => t.select(t.apply("less", t.constant(0), x), x, t.constant(0)),
      1e-5,
      1,
    );
    expect(found).toBeUndefined();
  });
});
