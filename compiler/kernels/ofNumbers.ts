import {
  boundsOf,
  orderOf,
  resultsOf,
  topological,
  type Node,
  type Program,
} from "../../dsl/graph.js";
import type { Access } from "./accesses.js";
import { valuesIn } from "./memoryPlan.js";

/**
 * The values, in topological order, that are made of single numbers (rate, steps, seed) and constants alone, those of its loops
 * included. They keep float64 in every module: a step's number and the words of the random generator need more digits
 * than float32 has, and `1 - 0.999^t` leaves few of them.
 *
 * @param isOther values that are none, and neither is what is made of them
 */
export function ofNumbers(
  order: readonly Node[],
  isOther: (v: Node) => boolean = () => false,
): ReadonlySet<Node> {
  const found = new Set<Node>();
  const visit = (list: readonly Node[]): void => {
    for (const v of list) {
      const { op } = v;
      if (op.kind === "scan") {
        // What a step leaves to the next one may be made of anything.
        boundsOf(op.loop).forEach((bound, i) => {
          const arg = v.args[i];
          const isCarried = i < op.loop.carries.length;
          if (!isCarried && arg !== undefined && found.has(arg))
            found.add(bound);
        });
        visit(topological(resultsOf(op.loop)));
      } else if (op.kind === "leaf") {
        if (op.space === "number") found.add(v);
      } else if (op.kind !== "bound" && op.kind !== "result")
        if (v.args.every((arg) => found.has(arg)) && !isOther(v)) found.add(v);
    }
  };
  visit(order);
  return found;
}

/** Those of them that lie in memory. */
export function storedOfNumbers(
  program: Program,
  accesses: readonly Access[],
): ReadonlySet<Node> {
  const found = ofNumbers(orderOf(program));
  return new Set(valuesIn(accesses).filter((v) => found.has(v)));
}
