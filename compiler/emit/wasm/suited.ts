/** Lines in the order and the form that suit vectors. */
import type { Loop, Statement } from "../code.js";
import type { Dtype } from "../dtype.js";
import { dotsInLanes } from "./dots.js";
import { floatNames } from "./floats.js";
import { withShortLoops } from "./shortLoops.js";
import { storesLast } from "./storesLast.js";
import { shapes } from "./vector.js";

/**
 * @param isFloat whether an array holds numbers of float32
 * @param isWritten whether the lines of a loop are written in another way
 */
export function suited(
  body: readonly Statement[],
  computes: Dtype,
  isFloat: (array: string) => boolean,
  isWritten: (s: Loop) => boolean,
): readonly Statement[] {
  const lines = storesLast(body);
  // Lanes of two pay less: in float64 loops that are written out were not measured.
  if (computes === "f64") return lines;
  const { width } = shapes.f32;
  const floats = floatNames(lines, isFloat);
  return dotsInLanes(
    withShortLoops(lines, width, (id) => floats.has(id), isWritten),
    width,
  );
}
