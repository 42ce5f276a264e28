/** The memory that loops in lanes have beside that of the handle. */
import type { InLanes } from "./exampleLoops.js";
import { laneName } from "./examples.js";
import { laneSumsName } from "./exampleTotals.js";
import type { ArraySpec } from "./layout.js";

/** Arrays that are in the memory of a handle for its loops in lanes. */
export function laneArrays(
  { loops, arrays }: InLanes,
  width: number,
): ArraySpec[] {
  const sums = Math.max(0, ...[...loops.values()].map((l) => l.sums.length));
  const made = (id: string, size: number): ArraySpec => ({
    name: id,
    type: "f32",
    size: width * size,
    perExample: false,
  });
  return [
    ...(sums > 0 ? [made(laneSumsName, sums)] : []),
    ...[...arrays.values()]
      .filter((a) => !a.perExample)
      .map((a) => made(laneName(a.name), a.size)),
  ];
}
