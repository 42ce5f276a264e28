import {
  orderOf,
  sizeOf,
  type Leaf,
  type Node,
  type Program,
} from "../../dsl/graph.js";
import { interpret, type MathMode } from "../interpret.js";
import { elementary } from "../kernels/bodies.js";
import { rebuild } from "../passes/rebuild.js";
import { constantIn, originOf } from "./constants.js";

/** What a value that nothing from outside decides is made of. */
interface Known {
  /** Numbers of the constants below it, each as often as it is read. */
  readonly numbers: number;
  /** The parameter with most numbers among them. */
  readonly of: Leaf | undefined;
  readonly most: number;
}

/**
 * What depends on constants alone becomes the numbers that the interpreter computes, which are those that the module
 * would. What would be more numbers than it is made of stays a formula: copies, a mask made of two indices.
 */
export function folded(program: Program, math: MathMode): Program {
  const known = new Map<Node, Known>();
  const wanted = new Set<Node>();
  const want = (v: Node): void => {
    const own = known.get(v);
    if (own === undefined || v.args.length === 0) return;
    if (v.op.kind === "expand" || sizeOf(v.shape) > own.numbers)
      v.args.forEach(want);
    else wanted.add(v);
  };
  for (const v of orderOf(program)) {
    const own = knownOf(v, known, math);
    if (own !== undefined) known.set(v, own);
    else v.args.forEach(want);
  }
  // An output keeps its name.
  for (const v of program.outputs.values())
    if (v.op.kind === "label") v.args.forEach(want);
    else want(v);
  const values = interpret([...wanted], new Map());
  return rebuild(program, (now, old) => {
    const data = wanted.has(old) ? values.get(old) : undefined;
    return data === undefined
      ? now
      : constantIn(old, Array.from(data), known.get(old)?.of);
  });
}

function knownOf(
  v: Node,
  known: ReadonlyMap<Node, Known>,
  math: MathMode,
): Known | undefined {
  const { op, args } = v;
  if (op.kind === "constant") {
    const of = originOf(v);
    const numbers = sizeOf(v.shape);
    return { numbers, of, most: of === undefined ? 0 : numbers };
  }
  if (op.kind === "iota") return { numbers: 1, of: undefined, most: 0 };
  if (v.batched || args.length === 0 || isRun(v, math)) return undefined;
  let all: Known = { numbers: 0, of: undefined, most: 0 };
  for (const a of args) {
    const own = known.get(a);
    if (own === undefined) return undefined;
    const { of, most } = own.most > all.most ? own : all;
    all = { numbers: all.numbers + own.numbers, of, most };
  }
  return all;
}

/** What is left to the module whatever it reads: loops over steps, and functions of the host, which differ. */
const isRun = ({ op }: Node, math: MathMode): boolean =>
  op.kind === "scan" ||
  op.kind === "result" ||
  (math === "host" &&
    (op.kind === "softmax" ||
      op.kind === "logsumexp" ||
      (op.kind === "scalar" && elementary(op.name, "exact") !== undefined)));
