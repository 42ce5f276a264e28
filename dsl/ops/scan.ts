import { lastId, layer, within } from "../context.js";
import { CompileTimeError } from "../errors.js";
import { topological, type Node } from "../graph.js";
import { labelled } from "../naming.js";
import {
  boundNode,
  closeOver,
  forExamples,
  scanNode,
} from "../primitives/scan.js";
import { randomNode } from "../primitives/scalar.js";
import { checkFunction } from "../settings.js";
import {
  checkCarry,
  checkMinimumRank,
  type CarryError,
  type EntryShape,
  type Guard,
  type Length,
  type MinimumRankError,
  type Shape,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import { numbers } from "./elementwise.js";
import {
  formOf,
  part,
  stepped,
  type Carry,
  type Looped,
  type Stepped,
} from "./unroll.js";

/**
 * carry, y[t] = step(carry, xs[t]) for t = 0, 1, ..., as a loop of the module: each step gets the carry that the one before
 * returned, the first one `init`. The code does not grow with the length, the memory by the carries of each step and the
 * random numbers that it draws. PyTorch: a Python loop over the sequence.
 *
 * @throws ShapeError where a step returns a carry of another shape.
 * @throws CompileTimeError where a step has a loop of its own, keeps running statistics, or uses several examples.
 * @example
 * const cell = gruCell(8, 16);
 * const run = scan(sequence, h, (before, entry) => {
 *   const next = cell(entry, before);
 *   return { carry: next, output: next };
 * });
 * const [last, all] = [run.carry, run.outputs];
 */
export function scan<
  S extends Shape,
  const C extends Carry<C>,
  const N extends Carry<N>,
  Y extends Shape,
>(
  xs: Guard<Tensor<S>, MinimumRankError<"scan", S, 1>>,
  init: C,
  step: (
    carry: C,
    x: Tensor<EntryShape<S>>,
  ) => Stepped<Guard<N, CarryError<"scan", C, N>>, Y>,
): Looped<C, [Length<S>, ...Y]> {
  return layer("scan", {}, (call) => {
    const node = numbers("scan", xs);
    checkFunction("scan", "step", step);
    checkMinimumRank("scan", node.shape, 1);
    const form = formOf("scan", init);
    // `h` of carry.h, `carry0` of the first part of a list.
    const names = form.names.map((name) =>
      name.replace(/^carry\.(?!\d)/, "").replace(".", ""),
    );
    const { state, outputs } = scanNodes(
      "scan",
      [node],
      form.read(init),
      names,
      (before, [x]) => {
        const next = stepped(
          "scan",
          step(form.write(before) as C, asTensor(x as Node)),
        );
        const carry = form.read(next.carry);
        checkCarry("scan", form.names, before, carry);
        return { state: carry, outputs: [part("scan", "output", next.output)] };
      },
    );
    return {
      carry: form.write(state) as C,
      outputs: asTensor(labelled(call, outputs[0] as Node, undefined)),
    };
  });
}

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
  const before = lastId();
  const made = step(carries, entries);
  const results = [...made.state, ...made.outputs];
  // What a step draws, every step draws anew: it is the entry of a sequence of random numbers.
  const sources = topological(results).filter(
    (v) => v.op.kind === "random" && v.id > before,
  );
  const drawn = new Map(
    sources.map((v) => [v, boundNode("random", v.shape, v.batched)]),
  );
  const { to, captured, captures } = closeOver(
    [...carries, ...entries],
    results,
    drawn,
  );
  checkStep(op, results.map(to), batched);
  const give = (v: Node): Node => forExamples(to(v), batched);
  const length = (sequences[0] as Node).shape[0] as number;
  const numbersOf = (v: Node): Node =>
    within(v.place, () => randomNode([length, ...v.shape], v.batched));
  const { carries: last, outputs } = scanNode(
    {
      length,
      reverse: false,
      carries,
      entries: [...entries, ...drawn.values()],
      captures,
      next: made.state.map(give),
      outputs: made.outputs.map(give),
      sums: [],
    },
    [...starts, ...sequences, ...sources.map(numbersOf), ...captured],
  );
  return { state: last, outputs: outputs.slice(0, made.outputs.length) };
}

/** A step is computed for one example at a time, and the same way every time; it keeps nothing but its carries. */
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
  for (const v of topological(results)) {
    if (v.op.kind === "scan")
      throw new CompileTimeError(
        "GC1133",
        `${op}: a step has a loop of its own, expected a step without scan() and recurrent layers`,
        'use unroll() for the inner loop, and form: "unroll" for a recurrent layer',
      );
    if (!v.batched && v.args.some((x) => x.batched))
      throw new CompileTimeError(
        "GC1131",
        `${op}: a step uses a value made from several examples, expected one example at a time`,
        "compute it before or after the loop",
      );
    if (v.op.kind === "remember")
      throw new CompileTimeError(
        "GC1132",
        `${op}: a step keeps running statistics, expected a step that keeps nothing but its carry`,
        "use unroll(), or a layer without running statistics, such as layerNorm()",
      );
  }
}
