/** Times of one call of a contestant, among what was measured. */
import type { Element } from "../measure/job.js";
import type { Result } from "../measure/race.js";
import type { Ours } from "../targets.js";
import type { Task } from "../workloads/table.js";

/** A tier's contestant and type: exact JavaScript is float64. */
export const tiers = {
  wasm: { name: "gradc wasm", element: "f32" },
  javascript: { name: "gradc", element: "f64" },
} as const satisfies Readonly<
  Record<Ours, { readonly name: string; readonly element: Element }>
>;

/** The same call of two workloads. */
export const isSame = (a: Task, b: Task): boolean =>
  a.kind === b.kind && a.batch === b.batch;

/** The last engine is the newest; "C" is its fastest program. */
export function timeOf(
  results: readonly Result[],
  name: string,
  element?: Element,
): Result | undefined {
  const own = results.filter(
    (r) =>
      (name === "C" ? r.contestant.startsWith("C ") : r.contestant === name) &&
      (element === undefined || r.element === element),
  );
  const there = own.filter((r) => r.time !== undefined);
  if (there.length === 0) return own[0];
  if (name !== "C") return there.at(-1);
  return there.reduce((a, b) =>
    (a.time?.median ?? 0) <= (b.time?.median ?? 0) ? a : b,
  );
}
