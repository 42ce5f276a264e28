/** What the statements of a body are, without them. */
import { sizeOf } from "../../dsl/graph.js";
import type { ElementaryCall } from "../kernels/bodies.js";
import { multiplyAdds, unrolledBytes } from "../kernels/cost.js";
import { innerStatements, type Expr, type Statement } from "../kernels/ir.js";
import { isSlice, type Style } from "../kernels/slice.js";

export interface BodyFacts {
  /** Calls of elementary functions, by name: all but those that run over slices. */
  readonly calls: ReadonlyMap<string, ElementaryCall>;
  /** Gradients that are sums from +0, not from -0 as all of `g`. */
  readonly fromZero: readonly {
    readonly offset: number;
    readonly size: number;
  }[];
  /** Of one example. */
  readonly multiplyAdds: number;
  /** Estimated bytecode of its straight-line form. */
  readonly unrolledBytes: number;
}

/** Walks the statements of a body once. */
export function factsOf(
  statements: readonly Statement[],
  style: Style,
): BodyFacts {
  const calls = new Map<string, ElementaryCall>();
  const visit = (e: Expr): void => {
    if (e.kind === "load" && e.picked !== undefined) visit(e.picked.by);
    if (e.kind === "reduce" || e.kind === "guard") visit(e.body);
    if (e.kind !== "apply") return;
    if (e.calls !== undefined) calls.set(e.calls.name, e.calls);
    e.args.forEach(visit);
  };
  const visitAll = (list: readonly Statement[]): void => {
    for (const s of list) {
      // The arguments of a loop over a slice are in memory.
      if (!isSlice(s, style)) visit(s.expr);
      visitAll(innerStatements(s));
    }
  };
  visitAll(statements);
  return {
    calls,
    fromZero: statements.flatMap(({ expr, value, targets }) =>
      targets.flatMap((t) =>
        t.space === "gradient" && expr.kind === "reduce" && expr.from === 0
          ? [{ offset: t.offset, size: sizeOf(value.shape) }]
          : [],
      ),
    ),
    multiplyAdds: multiplyAdds(statements),
    unrolledBytes: unrolledBytes(statements, style.math),
  };
}
