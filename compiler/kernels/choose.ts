import {
  isFrozen,
  isPadding,
  NodeTable,
  rootsOf,
  type Node,
  type Program,
} from "../../dsl/graph.js";
import type { Scalar } from "../../dsl/math/scalar.js";
import type { ScalarName } from "../../dsl/primitives/scalarName.js";
import type { MathMode } from "../interpret.js";
import { constantOf } from "../passes/rebuild.js";
import {
  argumentNames,
  bodyOf,
  elementary,
  readsArgument,
  type ElementaryCall,
} from "./bodies.js";
import type { Style } from "./slice.js";

/** The function of dsl/math that makes a node, where one does. */
const callOf = (v: Node, math: MathMode): ElementaryCall | undefined =>
  v.op.kind === "scalar"
    ? elementary(v.op.name, math, v.args.map(constantOf))
    : undefined;

/** How often the text of each argument stands in the body. */
function usesOf(name: ScalarName, math: MathMode): number[] {
  const count = new Map<string, number>();
  const visit = (s: Scalar): void => {
    switch (s.kind) {
      case "variable":
        count.set(s.name, (count.get(s.name) ?? 0) + 1);
        break;
      case "apply":
      case "call":
      case "host":
        s.args.forEach(visit);
        break;
      case "select":
        [s.when, s.then, s.otherwise].forEach(visit);
        break;
      case "let":
        [s.value, s.body].forEach(visit);
        break;
      case "scale":
        [s.x, s.k].forEach(visit);
        break;
      case "table":
        visit(s.index);
        break;
      case "number":
        break;
    }
  };
  visit(bodyOf(name, math));
  return argumentNames.map((letter) => count.get(letter) ?? 0);
}

/** Reads memory in another order, computes nothing. */
export const isView = (v: Node): boolean =>
  v.op.kind === "expand" ||
  v.op.kind === "permute" ||
  v.op.kind === "reshape" ||
  v.op.kind === "slice" ||
  v.op.kind === "window";

const comparisons: ReadonlySet<ScalarName> = new Set([
  "less",
  "lessEqual",
  "equal",
]);

/** What a view is taken of. */
function viewed(v: Node): Node {
  let x = v;
  while (isView(x)) x = x.args[0] as Node;
  return x;
}

const isComparison = ({ op }: Node): boolean =>
  op.kind === "scalar" && comparisons.has(op.name);

/** Costs nothing to write twice. */
function isFree(v: Node): boolean {
  const x = viewed(v);
  const { kind } = x.op;
  return (
    kind === "leaf" ||
    kind === "bound" ||
    kind === "batchSize" ||
    kind === "exampleIndex" ||
    kind === "iota" ||
    kind === "constant"
  );
}

const isBatchReduction = (v: Node): boolean =>
  (v.op.kind === "reduce" || v.op.kind === "contract") && v.op.batch;

const isInMemory = (v: Node): boolean =>
  v.op.kind === "leaf" ||
  v.op.kind === "bound" ||
  v.op.kind === "iota" ||
  isFrozen(v);

const withoutOnes = (shape: readonly number[]): string =>
  shape.filter((d) => d !== 1).join();

/** Engines and readers alike get lost in deeper expressions, and in longer ones. */
const deepest = 24;
const longest = 100;

/**
 * The values that become statements; everything else is part of an expression. The only materialisation decision:
 * one rule a line, each with its reason.
 */
export function chooseStatements(
  program: Program,
  order: readonly Node[],
  style: Style,
  carries: readonly Node[] = [],
): Set<Node> {
  const roots = new Set(rootsOf(program));
  const chosen = new Set<Node>(roots);
  const uses = new NodeTable<number>();
  const textUses = new Map<ScalarName, readonly number[]>();
  const compared = new Set<Node>();
  const choose = (v: Node): void => {
    const x = viewed(v);
    if (isComparison(x)) compared.add(x);
    else if (!isFree(x)) chosen.add(x);
  };
  const store = (v: Node): void => {
    if (v.op.kind !== "leaf" && !isFrozen(v) && !carries.includes(v))
      chosen.add(v);
  };
  for (const v of order) {
    for (const a of v.args) uses.set(a, (uses.get(a) ?? 0) + 1);
    const { op } = v;
    if (op.kind === "label") chosen.add(v); // a name is kept
    if (op.kind === "concat") chosen.add(v); // has a statement for each part
    if (op.kind === "scatter") chosen.add(v); // adds to where indices say
    if (op.kind === "scan" || op.kind === "result") chosen.add(v); // a loop of its own, and what it leaves
    if (op.kind === "scan") {
      const { length } = op.loop.carries;
      v.args.slice(length).forEach(store); // read at every step
      v.args
        .slice(0, length)
        .filter((a) => !isFree(a))
        .forEach(store); // read once, where a carry starts
    }
    if (op.kind === "gather" && v.args[0]?.op.kind !== "bound")
      store(v.args[0] as Node); // read where indices say
    if (op.kind === "window" || op.kind === "scatter")
      choose(v.args[0] as Node); // read more than once
    if (isPadding(v)) choose(v.args[0] as Node); // guarded: reads memory, computes nothing
    if (isBatchReduction(v)) chosen.add(v); // ends a loop over the examples
    if (op.kind === "expand" || op.kind === "contract") v.args.forEach(choose); // would be computed again for every copy
    if (op.kind === "contract" && style.lanes !== undefined)
      for (const a of v.args) if (isPadding(a)) chosen.add(a); // a test for each entry leaves no vectors
    if (op.kind === "reshape") {
      const x = v.args[0] as Node;
      const same = withoutOnes(v.shape) === withoutOnes(x.shape);
      if (!same && !isInMemory(x)) chosen.add(x); // only memory can be read in another shape
    }
    if (op.kind === "scalar") {
      const { name } = op;
      if (!textUses.has(name)) textUses.set(name, usesOf(name, style.math));
      v.args.forEach((a, i) => {
        const twice =
          ((textUses.get(name) as readonly number[])[i] as number) > 1;
        if (twice || (v.batched && !a.batched)) choose(a); // its text would stand twice, or once an example
      });
      const call = style.slices ? callOf(v, style.math) : undefined;
      if (call !== undefined) {
        chosen.add(v); // written by a loop over memory
        v.args.filter((_, i) => readsArgument(call, i)).forEach(store); // and read there
      }
    }
  }
  for (const v of order) if ((uses.get(v) ?? 0) > 1) choose(v); // used twice
  const isAtHand = (v: Node): boolean => {
    const x = viewed(v);
    return (
      isFree(x) || chosen.has(x) || (isComparison(x) && x.args.every(isAtHand))
    );
  };
  for (const v of compared) if (!v.args.every(isAtHand)) chosen.add(v); // of what is at hand it is as short as its result's name
  // A label over a lone batch reduction is that reduction's name.
  for (const v of order) {
    const x = v.args[0];
    if (
      v.op.kind === "label" &&
      x !== undefined &&
      uses.get(x) === 1 &&
      (isBatchReduction(x) ||
        (x.op.kind === "result" && !roots.has(v)) ||
        x.op.kind === "concat" ||
        x.op.kind === "scatter" ||
        (style.slices && callOf(x, style.math) !== undefined))
    )
      chosen.delete(x);
  }
  limitText(order, chosen);
  return chosen;
}

function limitText(order: readonly Node[], chosen: Set<Node>): void {
  const depth = new NodeTable<number>();
  const length = new NodeTable<number>();
  const of = (known: NodeTable<number>, v: Node): number =>
    chosen.has(v) ? 0 : (known.get(v) ?? 0);
  for (const v of order) {
    const view = isView(v);
    let [deep, long] = [0, 0];
    for (const a of v.args) {
      deep = Math.max(deep, of(depth, a));
      long += of(length, a);
    }
    depth.set(v, deep + (view ? 0 : 1));
    length.set(v, long + (view ? 0 : 1));
    if (!view && (deep >= deepest || long >= longest)) chosen.add(v); // longer text helps nobody
  }
}
