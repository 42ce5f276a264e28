/** Random numbers without state: a hash of (seed, index), from + and * of exact integers below 2^53 and shifts of 32 bits. */
import {
  add,
  bitAnd,
  define,
  defineRounds,
  mul,
  shiftRightZero,
} from "./build.js";
import type { Term } from "./build.js";
import { call, num } from "./scalar.js";
import type { Scalar, ScalarFunction } from "./scalar.js";

const half = 65536;
const word = 4294967296;

const mixWords = define(
  {
    name: "mixWords",
    doc: "(a + bits 16..47 of b^2 + key) mod 2^32 for integers 0 <= a, b < 2^32 and 0 <= key < 2^36; b^2 = (h^2 2^16 + 2 h l) 2^16 + l^2 by halves.",
    params: ["a", "b", "key"],
  },
  (s, a, b, key) => {
    const h = s.let("h", shiftRightZero(b, 16));
    const l = s.let("l", bitAnd(b, half - 1));
    const upper = add(mul(h, h, half), mul(2, h, l));
    const square = add(upper, shiftRightZero(mul(l, l), 16));
    // below 2^49
    return shiftRightZero(add(square, a, key), 0);
  },
);

/** 2^32 over the golden ratio: the keys of the rounds are its multiples (Weyl's sequence). */
const increment = 0x9e3779b9;

/** mixWords takes it mod 2^32, so that a loop need not. */
const keyOf = (round: Term): Scalar =>
  typeof round === "number"
    ? num((increment * round) % word)
    : mul(increment, round);

const uniform = defineRounds(
  {
    name: "uniform",
    doc: "A number in [0, 1), a multiple of 2^-53, from integers 0 <= seed, index < 2^32: a Feistel network (Luby & Rackoff 1988) with the middle of a square as its round function (von Neumann; Widynski 2020), so that (seed, index) and its 64 bits correspond one to one.",
    params: ["seed", "index"],
  },
  {
    // Statistics are clean from 5 rounds on.
    count: 8,
    carried: ["left", "right"],
    next: (left, right, round) => [
      right,
      call("mixWords", left, right, keyOf(round)),
    ],
    value: (left, right) => {
      const low = shiftRightZero(left, 11);
      return mul(add(mul(right, 2 ** 21), low), 2 ** -53);
    },
  },
);

/** uniform and its parts, callees first. */
export const random: readonly ScalarFunction[] = [mixWords, uniform];
