/** Values that are no number whatever the network is given. */
import type { Call, Node } from "../../dsl/graph.js";
import type { Diagnostic } from "../diagnostics.js";
import { constantOf } from "../passes/rebuild.js";
import { positionOf, type Site } from "./site.js";

/** True for a warning about a division by 0. */
export const isZeroDivisor = ({ code }: Diagnostic): boolean =>
  code === "GC1314";

/** A warning for each call that divides by a constant 0, as the variance of one entry does. */
export function zeroDivisors(
  order: readonly Node[],
  siteOf: (call: Call) => Site,
): Diagnostic[] {
  const calls = new Set<Call>();
  for (const { op, args, place } of order) {
    const [, divisor] = args;
    if (op.kind !== "scalar" || op.name !== "div" || divisor === undefined)
      continue;
    if (constantOf(divisor) === 0 && place.call !== undefined)
      calls.add(place.call);
  }
  return [...calls].map((call) => ({
    severity: "warning",
    code: "GC1314",
    message: `${call.callee}: divides by 0 whatever the network is given, the result is NaN or infinite`,
    ...positionOf(siteOf(call)),
    remedy: /^(?:std|variance)$/.test(call.callee)
      ? "give it 2 or more entries, or { correction: 0 }"
      : "divide by another number",
  }));
}
