/** Steps in the wrong direction between neighbouring doubles, where a function is monotone. */
import { argumentsOf, generator } from "../mathArguments.js";
import type { FunctionName, Printed } from "./functions.js";

/** An interval on which a function of one argument, or of one of its two, is monotone. */
export interface Stretch {
  readonly title: string;
  readonly of: (f: Printed) => (x: number) => number;
  readonly from: number;
  readonly to: number;
  readonly falls?: boolean;
  /** Where methods or entries of tables change. */
  readonly switches: readonly number[];
}

export interface WrongSteps {
  readonly count: number;
  /** The upper argument of the first one. */
  readonly at: number | undefined;
  /** Pairs of neighbours that were compared. */
  readonly pairs: number;
}

const view = new DataView(new ArrayBuffer(8));
/** Where x stands among the doubles: 0 is +0 and -0. */
const placeOf = (x: number): bigint => {
  view.setFloat64(0, Math.abs(x));
  const place = view.getBigInt64(0);
  return x < 0 ? -place : place;
};
const atPlace = (place: bigint): number => {
  view.setBigInt64(0, place < 0n ? -place : place);
  return place < 0n ? -view.getFloat64(0) : view.getFloat64(0);
};

/**
 * Walks about `total` pairs: equally many around each switch, each end, 0, and `places` random arguments, half of them
 * drawn as for the errors and half evenly among the doubles.
 */
export function wrongSteps(
  name: FunctionName,
  f: Printed,
  stretch: Stretch,
  total: number,
  places: number,
): WrongSteps {
  const { from, to, switches, falls = false } = stretch;
  const value = stretch.of(f);
  const [low, high] = [placeOf(from), placeOf(to)];
  const isInside = (x: number): boolean => from <= x && x <= to;
  const next = generator(31415926);
  const even = Array.from({ length: places >> 1 }, () =>
    atPlace(low + BigInt(Math.floor(next() * Number(high - low)))),
  );
  const drawn = argumentsOf(name, 20 * places).map(([x = 0]) => x);
  const centres = [
    ...[from, to, 0, ...switches],
    ...even,
    ...drawn.filter(isInside).slice(0, places - even.length),
  ].filter(isInside);
  const length = Math.ceil(total / centres.length);
  let found: WrongSteps = { count: 0, at: undefined, pairs: 0 };
  for (const centre of centres) {
    const wanted = placeOf(centre) - BigInt(length >> 1);
    const last = high - BigInt(length);
    let place = wanted < low ? low : wanted > last ? last : wanted;
    let before = value(atPlace(place));
    for (let i = 0; i < length; i++) {
      place += 1n;
      const x = atPlace(place);
      const y = value(x);
      if (!(falls ? y <= before : y >= before))
        found = { ...found, count: found.count + 1, at: found.at ?? x };
      before = y;
    }
    found = { ...found, pairs: found.pairs + length };
  }
  return found;
}
