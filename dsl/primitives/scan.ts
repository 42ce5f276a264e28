import { makeNode } from "../context.js";
import {
  boundsOf,
  topological,
  type Loop,
  type Node,
  type Op,
} from "../graph.js";
import { broadcast } from "./expand.js";
import type { Rule, Signature } from "./rule.js";

/** A value that a step is given. */
export const boundNode = (
  name: string,
  shape: readonly number[],
  batched: boolean,
  dtype: Node["dtype"] = "f64",
): Node => makeNode({ kind: "bound", name }, [], shape, batched, dtype);

/** A sum, whose terms a sum over steps takes one by one. */
export const isSum = ({ op }: Node): boolean =>
  op.kind === "contract" ||
  op.kind === "scatter" ||
  (op.kind === "reduce" && op.by === "sum");

/** The results of a scan. */
export interface ScanResults {
  readonly carries: readonly Node[];
  /** One entry a step along axis 0: the outputs, then the carries as each step found them. */
  readonly outputs: readonly Node[];
  readonly sums: readonly Node[];
}

/**
 * A scan whose step is closed: it reads nothing but its placeholders. The carries that each step found are outputs too,
 * after the others: the derivative starts from them.
 */
export function scanNode(loop: Loop, args: readonly Node[]): ScanResults {
  const all: Loop = { ...loop, outputs: [...loop.outputs, ...loop.carries] };
  const scan = makeNode(
    { kind: "scan", loop: all },
    args,
    [],
    args.some((a) => a.batched),
  );
  const result = (
    of: Extract<Op, { kind: "result" }>["of"],
    index: number,
  ): Node => {
    const op = { kind: "result", of, index } as const;
    const { shape, batched } = resultSignature(op, scan);
    return makeNode(op, [scan], shape, batched);
  };
  return {
    carries: all.next.map((_, i) => result("carry", i)),
    outputs: all.outputs.map((_, i) => result("output", i)),
    sums: all.sums.map((_, i) => result("sum", i)),
  };
}

/**
 * The first node of an order for each of its results that several nodes stand for: every derivative of a scan reads the
 * carries that its steps found through nodes of its own.
 */
export function firstOfResults(
  order: readonly Node[],
): ReadonlyMap<Node, Node> {
  const first = new Map<Node, Map<string, Node>>();
  const others = new Map<Node, Node>();
  for (const v of order) {
    if (v.op.kind !== "result") continue;
    const scan = v.args[0] as Node;
    const known = first.get(scan) ?? new Map<string, Node>();
    first.set(scan, known);
    const key = `${v.op.of} ${String(v.op.index)}`;
    const one = known.get(key);
    if (one === undefined) known.set(key, v);
    else others.set(v, one);
  }
  return others;
}

/**
 * Closes a step over what it reads from outside: each such value that does not change from step to step becomes a
 * placeholder, and is computed once.
 *
 * @param given the step's own placeholders
 * @param drawn the placeholders that stand for random numbers: each step has its own
 */
export function closeOver(
  given: readonly Node[],
  results: readonly Node[],
  drawn: ReadonlyMap<Node, Node>,
): {
  readonly to: (v: Node) => Node;
  readonly captured: readonly Node[];
  readonly captures: readonly Node[];
} {
  const order = topological(results);
  const varying = new Set([...given, ...drawn.keys()]);
  /** Numbers alone: a copy inside of the step costs nothing. */
  const constant = new Set<Node>();
  for (const v of order) {
    if (v.args.some((a) => varying.has(a))) varying.add(v);
    else if (isNumber(v) && v.args.every((a) => constant.has(a)))
      constant.add(v);
  }
  const captures = new Map<Node, Node>();
  const now = new Map(drawn);
  const inside = (v: Node): Node => {
    if (constant.has(v) || given.includes(v)) return v;
    const known = now.get(v) ?? captures.get(v);
    if (known !== undefined) return known;
    // A copy for each example is made where it is read.
    if (v.op.kind === "expand" && v.op.batch) {
      const x = inside(v.args[0] as Node);
      const copy = makeNode(v.op, [x], v.shape, v.batched, v.dtype, v.place);
      now.set(v, copy);
      return copy;
    }
    const name =
      v.op.kind === "leaf" || v.op.kind === "label" || v.op.kind === "bound"
        ? v.op.name
        : "outer";
    const made = boundNode(name, v.shape, v.batched, v.dtype);
    captures.set(v, made);
    return made;
  };
  for (const v of order) {
    if (!varying.has(v) || given.includes(v) || drawn.has(v)) continue;
    const args = v.args.map(inside);
    // A derivative that is the function's own goes by all that the function reads now: what is computed once, too.
    if (v.op.kind === "custom" && v.op.exact) {
      const [y, ...ends] = args as [Node, ...Node[]];
      const closed = new Set([...ends, ...captures.values()]);
      args.push(...readsOf(y, closed).filter((x) => !ends.includes(x)));
    }
    const same =
      args.length === v.args.length && args.every((a, i) => a === v.args[i]);
    now.set(
      v,
      same ? v : makeNode(v.op, args, v.shape, v.batched, v.dtype, v.place),
    );
  }
  const to = (v: Node): Node =>
    varying.has(v) ? (now.get(v) ?? v) : inside(v);
  results.forEach(to);
  return {
    to,
    captured: [...captures.keys()],
    captures: [...captures.values()],
  };
}

/** Those of `ends` that `y` is computed from, without what lies before them. */
function readsOf(y: Node, ends: ReadonlySet<Node>): Node[] {
  const seen = new Set<Node>();
  const open = [y];
  for (let v = open.pop(); v !== undefined; v = open.pop()) {
    if (seen.has(v)) continue;
    seen.add(v);
    if (!ends.has(v)) open.push(...v.args);
  }
  return [...seen].filter((v) => ends.has(v) && v.dtype === "f64");
}

const isNumber = ({ op }: Node): boolean =>
  op.kind === "constant" ||
  op.kind === "iota" ||
  op.kind === "scalar" ||
  op.kind === "reshape" ||
  (op.kind === "expand" && !op.batch);

/** One example's value of something that is the same for all. */
export const forExamples = (v: Node, batched: boolean): Node =>
  broadcast(v, v.shape, batched);

function resultSignature(
  op: Extract<Op, { kind: "result" }>,
  scan: Node,
): Signature {
  if (scan.op.kind !== "scan") return scan;
  const { loop } = scan.op;
  switch (op.of) {
    case "carry":
      return loop.carries[op.index] as Node;
    case "output": {
      const { shape, batched } = loop.outputs[op.index] as Node;
      return { shape: [loop.length, ...shape], batched };
    }
    case "sum": {
      const sum = loop.sums[op.index] as Loop["sums"][number];
      return sum.node;
    }
  }
}

export const scanRules: {
  readonly [K in "bound" | "scan" | "result"]: Rule<K>;
} = {
  bound: {
    doc: "what a step of a scan is given",
    text: (op) => `bound ${op.name}`,
    signature: (_op, _args, { shape, batched }) => ({ shape, batched }),
    vjp: () => [],
  },
  scan: {
    doc: "the same step again and again, each from what the one before left; its derivative is a scan the other way (scanGradient.ts)",
    text: ({ loop }) =>
      `scan ${loop.reverse ? "backward " : ""}over ${String(loop.length)} steps, ${String(loop.carries.length)} carries`,
    signature: (op, args) => {
      const bounds = boundsOf(op.loop);
      const fits = args.every((a, i) => {
        const bound = bounds[i] as Node;
        const isEntry = op.loop.entries.includes(bound);
        const shape = isEntry ? a.shape.slice(1) : a.shape;
        return shape.join() === bound.shape.join();
      });
      return {
        shape: fits && args.length === bounds.length ? [] : [NaN],
        batched: args.some((a) => a.batched),
      };
    },
    vjp: () => [],
  },
  result: {
    doc: "a result of a scan",
    text: (op) => `${op.of} ${String(op.index)}`,
    signature: (op, [scan]) => {
      const { shape, batched } = resultSignature(op, scan as Node);
      return { shape, batched };
    },
    vjp: () => [],
  },
};
