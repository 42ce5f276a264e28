import { CompileTimeError } from "../errors.js";
import { topological, type Node } from "../graph.js";
import {
  boundNode,
  closeOver,
  forExamples,
  scanNode,
} from "../primitives/scan.js";

/** What a step of a scan returns: the next carries, and its outputs. */
export interface Step {
  readonly state: readonly Node[];
  readonly outputs: readonly Node[];
}

/**
 * `step` on each entry of the leading axis of every sequence, first to last, as a loop: each step gets the carries that
 * the one before returned, the first one `init`.
 *
 * @param names what the carries are called
 */
export function scanNodes(
  op: string,
  xs: readonly Node[],
  init: readonly Node[],
  names: readonly string[],
  step: (state: readonly Node[], x: readonly Node[]) => Step,
): Step {
  const batched = [...xs, ...init].some((v) => v.batched);
  const sequences = xs.map((x) => forExamples(x, batched));
  const starts = init.map((x) => forExamples(x, batched));
  const carries = starts.map((x, i) =>
    boundNode(names[i] ?? "carry", x.shape, batched),
  );
  const entries = sequences.map((x) =>
    boundNode("x", x.shape.slice(1), batched, x.dtype),
  );
  const made = step(carries, entries);
  const results = [...made.state, ...made.outputs];
  const { to, captured, captures } = closeOver(
    [...carries, ...entries],
    results,
  );
  checkStep(op, results.map(to), batched);
  const give = (v: Node): Node => forExamples(to(v), batched);
  const { carries: last, outputs } = scanNode(
    {
      length: (sequences[0] as Node).shape[0] as number,
      reverse: false,
      carries,
      entries,
      captures,
      next: made.state.map(give),
      outputs: made.outputs.map(give),
      sums: [],
    },
    [...starts, ...sequences, ...captured],
  );
  return { state: last, outputs: outputs.slice(0, made.outputs.length) };
}

/** A step is computed for one example at a time, and the same way every time. */
function checkStep(
  op: string,
  results: readonly Node[],
  batched: boolean,
): void {
  if (!batched && results.some((v) => v.batched))
    throw new CompileTimeError(
      "GC1130",
      `${op}: a step computes a value of each example from a carry that is the same for all, expected a carry of each example`,
      "start from a value that depends on a batched input, such as mul(0, x)",
    );
  for (const v of topological(results))
    if (
      (v.op.kind === "reduce" || v.op.kind === "contract") &&
      v.op.batch &&
      batched
    )
      throw new CompileTimeError(
        "GC1131",
        `${op}: a step uses a value made from several examples, expected one example at a time`,
        "compute it before or after the loop",
      );
}
