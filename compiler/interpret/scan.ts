import { sizeOf, type Loop, type Node, type Op } from "../../dsl/graph.js";
import { startOfSum } from "../../dsl/primitives/gather.js";
import { unlabelled } from "../../dsl/primitives/leaf.js";
import { baseOf, neutral, type Evaluation, type Values } from "./evaluation.js";

/** What the results of a scan hold; a batched one has an entry for each example, outermost. */
export interface ScanValues {
  readonly carry: readonly Float64Array[];
  readonly output: readonly Float64Array[];
  readonly sum: readonly Float64Array[];
}

/** Runs the step of a loop for one example. */
export interface Stepper {
  readonly run: (
    loop: Loop,
    given: ReadonlyMap<Node, Values>,
  ) => ReadonlyMap<Node, Values>;
  /** A sum of the step whose terms are added to what it is so far. */
  readonly continued: (
    sum: Node,
    values: ReadonlyMap<Node, Values>,
    from: Values,
  ) => Values;
}

export const resultOf = (
  op: Extract<Op, { kind: "result" }>,
  values: ScanValues | undefined,
): Values => values?.[op.of][op.index] ?? [];

/** One example after the other, each from the first step to the last: sums go over the examples, then the steps. */
export function evaluateScan(
  v: Evaluation,
  loop: Loop,
  stepper: Stepper,
): ScanValues {
  const examples = v.node.batched ? v.n : 1;
  const room = (x: Node, times: number): Float64Array =>
    new Float64Array(sizeOf(x.shape) * times * (x.batched ? examples : 1));
  const values: ScanValues = {
    carry: loop.next.map((x) => room(x, 1)),
    output: loop.outputs.map((x) => room(x, loop.length)),
    sum: loop.sums.map((s) =>
      room(s.node, 1).fill(startOfSum(s.node) ?? neutral.sum),
    ),
  };
  const { carries, entries, captures } = loop;
  for (let e = 0; e < examples; e++) {
    const part = (arg: number, size: number, at = 0): Values => {
      const from = baseOf(v, arg, e) + at * size;
      return Array.prototype.slice.call(
        v.data[arg],
        from,
        from + size,
      ) as number[];
    };
    const size = (x: Node): number => sizeOf(x.shape);
    const fixed = captures.map((x, i) => {
      const arg = carries.length + entries.length + i;
      return [x, part(arg, size(x))] as const;
    });
    let carry = carries.map((x, i) => part(i, size(x)));
    for (let k = 0; k < loop.length; k++) {
      const t = loop.reverse ? loop.length - 1 - k : k;
      const given = new Map<Node, Values>([
        ...carries.map((x, i) => [x, carry[i] as Values] as const),
        ...entries.map((x, i) => {
          return [x, part(carries.length + i, size(x), t)] as const;
        }),
        ...fixed,
      ]);
      const step = stepper.run(loop, given);
      loop.outputs.forEach((x, i) => {
        const place = (x.batched ? e * loop.length : 0) + t;
        values.output[i]?.set(step.get(x) as Values, place * size(x));
      });
      loop.sums.forEach(({ node, merged }, i) => {
        const all = values.sum[i] as Float64Array;
        const base = node.batched ? e * size(node) : 0;
        const so = all.slice(base, base + size(node));
        const root = unlabelled(node);
        const next = merged
          ? stepper.continued(root, step, so)
          : so.map((s, j) => {
              const next = s + ((step.get(node) as Values)[j] as number);
              return v.round === undefined ? next : v.round(next);
            });
        all.set(next, base);
      });
      carry = loop.next.map((x) => step.get(x) as Values);
    }
    carry.forEach((x, i) => {
      const next = loop.next[i] as Node;
      values.carry[i]?.set(x, next.batched ? e * size(next) : 0);
    });
  }
  return values;
}
