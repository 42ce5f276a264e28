/** The largest error of a function against series of 256 bits. */
import { argumentsOf, worst, type Arguments } from "../mathArguments.js";
import { edges } from "../mathBits.js";
import { exactly, references, ulps } from "../mathReference.js";
import type { FunctionName, Printed } from "./functions.js";
import { hardArgumentsOf } from "./hard.js";

export interface LargestError {
  /** In units of the last place; infinite where a result is NaN. */
  readonly error: number;
  readonly at: Arguments;
  /** Arguments that were tried. */
  readonly count: number;
}

const domains: Readonly<
  Partial<Record<FunctionName, (x: number, y: number) => boolean>>
> = {
  log: (x) => x > 0,
  log2: (x) => x > 0,
  log1p: (x) => x > -1,
  pow: (x) => x > 0,
  // the sign of 0 decides there: tests/math.values.test.ts has all pairs
  atan2: (y) => y !== 0,
};

/** Each of the worst, of the edges (or of their pairs), of the hard and of the drawn arguments in the domain. */
function argumentLists(
  name: FunctionName,
  drawn: number,
  hard: number,
): readonly Arguments[] {
  const isPair = name === "pow" || name === "atan2";
  const isInside = domains[name] ?? ((): boolean => true);
  return [
    ...(worst[name] ?? []),
    ...edges.flatMap((x) => (isPair ? edges.map((y) => [x, y]) : [[x]])),
    ...hardArgumentsOf(name, hard),
    ...argumentsOf(name, drawn),
  ].filter(
    ([x = 0, y = 0]) =>
      Number.isFinite(x) && Number.isFinite(y) && isInside(x, y),
  );
}

export function largestError(
  name: FunctionName,
  f: Printed,
  drawn: number,
  hard: number,
): LargestError {
  const reference = references[name];
  if (reference === undefined) throw new Error(`no reference of ${name}`);
  const lists = argumentLists(name, drawn, hard);
  let largest = { error: 0, at: [0] as Arguments };
  for (const at of lists) {
    const [x = 0, y = 0] = at;
    const error = ulps(f(x, y), reference(exactly(x), exactly(y)));
    if (error > largest.error) largest = { error, at };
  }
  return { ...largest, count: lists.length };
}
