import type { Window } from "../../dsl/graph.js";
import {
  combine,
  variableOf,
  type Affine,
  type Axis,
  type Expr,
  type Test,
} from "./ir.js";

/** Smallest and largest value of an index; undefined where it depends on the example. */
function boundsOf(index: Affine): readonly [number, number] | undefined {
  let [low, high] = [index.constant, index.constant];
  for (const [axis, k] of index.terms) {
    if (axis.extent === "batch") return undefined;
    const far = k * (axis.extent - 1);
    low += Math.min(0, far);
    high += Math.max(0, far);
  }
  return [low, high];
}

/** True where the entry is there at every point. */
function alwaysHolds({ index, divisor, length }: Test): boolean {
  const bounds = boundsOf(index);
  return (
    divisor === 1 &&
    bounds !== undefined &&
    bounds[0] >= 0 &&
    bounds[1] < length
  );
}

/** `body` where the entries are there, else `otherwise`; without the tests that never fail. */
export function guarded(
  tests: readonly Test[],
  body: Expr,
  otherwise: number,
): Expr {
  const needed = tests.filter((t) => !alwaysHolds(t));
  return needed.length === 0
    ? body
    : { kind: "guard", tests: needed, body, otherwise };
}

/** Where windows walk: what has to hold, and the entry of each letter that is walked along. */
export function windowTests(
  windows: readonly Window[],
  letter: (c: string) => Affine,
): {
  readonly tests: readonly Test[];
  readonly entries: ReadonlyMap<string, Affine>;
} {
  const entries = new Map<string, Affine>();
  const tests = windows.map((w): Test => {
    const [at, tap] = [letter(w.at), letter(w.tap)];
    if (!w.inverse) {
      const steps = [
        [at, w.stride],
        [tap, w.dilation],
      ] as const;
      const index = combine(steps, w.start);
      entries.set(w.letter, index);
      return { index, divisor: 1, length: w.length };
    }
    // at = stride * entry + dilation * tap + start
    const sign = Math.sign(w.stride);
    const steps = [
      [at, sign],
      [tap, -sign * w.dilation],
    ] as const;
    const index = combine(steps, -sign * w.start);
    const divisor = Math.abs(w.stride);
    if (divisor === 1) {
      entries.set(w.letter, index);
      return { index, divisor, length: w.length };
    }
    const entry: Axis = { name: w.letter, extent: w.length };
    entries.set(w.letter, variableOf(entry));
    return { index, divisor, length: w.length, entry };
  });
  return { tests, entries };
}
