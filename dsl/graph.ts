import type { ScalarName } from "./primitives/scalarName.js";

/** What a program reads from outside. */
export type Space =
  /** Parameters, their gradients, the optimizer's state: flat vectors, addressed by offset. */
  | "param"
  | "gradient"
  | "state"
  /** Arrays given for every call. */
  | "input"
  /** Single numbers: the base rate `lr`, the number of updates made `steps`, the seed of `init`. */
  | "number";

export interface Leaf {
  readonly kind: "leaf";
  readonly space: Space;
  readonly name: string;
  /** First element in the flat vector of the space (param, gradient, state). */
  readonly offset: number;
  /** Names of the entries, row-major. */
  readonly symbols?: readonly string[];
  /** The call whose name comes before `name`: `hidden` of `hidden.weight`. */
  readonly call?: Call;
  /** Where `input`, `indices` or `param` was called. */
  readonly site?: Error;
  /** Parameters only: false where it is frozen, and how it starts. */
  readonly trainable?: boolean;
  readonly initializer?: Initializer;
  /** Parameters only: where in the seed's stream its random numbers are, if that is not `offset`. */
  readonly draw?: number;
  /** State only: its contents before the first update. */
  readonly initial?: number;
  /** Index inputs only: the number of classes, entries are 0 .. classes - 1. */
  readonly classes?: number;
}

/** How a parameter starts, as nodes; random numbers come from the stream of the seed. */
export type Initializer = (draw: Draw) => Node;

export interface Draw {
  readonly shape: readonly number[];
  /** Uniform in [0, 1), one number an entry; each `stream` (0, 1, ...) is independent. */
  readonly uniform: (stream?: number) => Node;
}

/**
 * Identity that carries a name. Names are nodes, so that no rewrite can lose or misplace one. A cotangent refers to
 * what it belongs to by that node's `op` object, which every pass carries over unchanged.
 */
export interface Label {
  readonly kind: "label";
  readonly name: string;
  /** Names of the entries, row-major. */
  readonly symbols?: readonly string[];
  /** The call whose place in the model's text names this value, where `name` is only its fallback. */
  readonly call?: Call;
  readonly cotangentOf?: Leaf | Label;
  /** How the rule wrote it before any rewrite: `2/2` times the value of `factorOf`. */
  readonly factor?: string;
  readonly factorOf?: Label;
}

export type ReduceBy = "sum" | "prod" | "max" | "min";

/**
 * How two letters of a contraction walk along one axis: the entry of `letter` is
 * stride * at + dilation * tap + start or, where `inverse`, the entry e with at = stride * e + dilation * tap + start.
 * A term whose entry lies outside of the axis, or between its entries, is absent from the sum.
 */
export interface Window {
  /** Letter of the axis that is walked along; neither a result's nor summed by itself. */
  readonly letter: string;
  readonly length: number;
  readonly at: string;
  readonly atLength: number;
  readonly tap: string;
  readonly tapLength: number;
  readonly stride: number;
  readonly dilation: number;
  readonly start: number;
  readonly inverse: boolean;
}

/**
 * The step of a scan: nodes over placeholders (`bound`), and nothing else from outside. A sum has one accumulator,
 * examples outermost, then the steps; where `merged`, the terms of the node's own sum are added one by one.
 */
export interface Loop {
  readonly length: number;
  /** True where the steps go from the last entry to the first. */
  readonly reverse: boolean;
  readonly carries: readonly Node[];
  readonly entries: readonly Node[];
  readonly captures: readonly Node[];
  /** The carries of the next step. */
  readonly next: readonly Node[];
  readonly outputs: readonly Node[];
  readonly sums: readonly { readonly node: Node; readonly merged: boolean }[];
}

/**
 * Derives the cotangents of a custom node's arguments `xs`. The rule may read these nodes only: whoever derives may have
 * rebuilt the graph since the node was made.
 */
export type CustomRule = (
  dy: Node,
  y: Node,
  xs: readonly Node[],
  mode: Mode | undefined,
) => readonly (Node | undefined)[];

/** The graph that trains and the one that predicts, over the same parameters. */
export type Mode = "train" | "predict";

/** What a node computes from its arguments; shapes are those of one example where a node is batched. */
export type Op =
  | Leaf
  | Label
  /** One number (shape []) or a whole array, row-major; `of` is the parameter that it was before its value was known. */
  | {
      readonly kind: "constant";
      readonly data: readonly number[];
      readonly of?: Leaf;
    }
  /** start, start + 1, start + 2, ... along its only axis. */
  | { readonly kind: "iota"; readonly start: number }
  /** The number of examples, as a value; training takes no fewer than `least`. */
  | { readonly kind: "batchSize"; readonly least: number }
  /** Which example it is: 0, 1, ..., n - 1. */
  | { readonly kind: "exampleIndex" }
  /** Uniform in [0, 1), other numbers at every step, for every example and at every entry. */
  | { readonly kind: "random" }
  | { readonly kind: "scalar"; readonly name: ScalarName }
  /**
   * Einstein sum of two tensors: axes are letters; those absent from `out` are summed, in the order of `over`. With
   * `windows` it is a correlation, its transpose, or the sum over windows.
   */
  | {
      readonly kind: "contract";
      readonly left: string;
      readonly right: string;
      readonly out: string;
      readonly over: string;
      readonly batch: boolean;
      readonly windows: readonly Window[];
    }
  /**
   * Over `axes` (ascending), and over the examples too where `batch`, examples outermost. Ties of a maximum or minimum
   * share its cotangent evenly, or the first one takes all.
   */
  | {
      readonly kind: "reduce";
      readonly by: ReduceBy;
      readonly axes: readonly number[];
      readonly batch: boolean;
      readonly ties: "share" | "first";
    }
  | { readonly kind: "softmax"; readonly axis: number }
  | { readonly kind: "logsumexp"; readonly axis: number }
  /** Axis i of the argument becomes axis axes[i]; the others, and the examples where `batch`, repeat it. */
  | {
      readonly kind: "expand";
      readonly axes: readonly number[];
      readonly batch: boolean;
    }
  /** Axis i of the result is axis order[i] of the argument. */
  | { readonly kind: "permute"; readonly order: readonly number[] }
  | { readonly kind: "reshape" }
  /** Entries start, start + step, ... along one axis; `fill` where there is none. */
  | {
      readonly kind: "slice";
      readonly axis: number;
      readonly start: number;
      readonly step: number;
      readonly fill: number;
    }
  /** One axis becomes two: entry stride * i + dilation * k + start at [i, k]; `fill` where there is none. */
  | {
      readonly kind: "window";
      readonly axis: number;
      readonly stride: number;
      readonly dilation: number;
      readonly start: number;
      readonly fill: number;
    }
  | { readonly kind: "concat"; readonly axis: number }
  /** Entries of the first argument, at the second one's indices along `along`; axes are letters. */
  | {
      readonly kind: "gather";
      readonly source: string;
      readonly index: string;
      readonly out: string;
      readonly along: string;
    }
  /**
   * The transpose of gather: the sum of the first argument's entries (letters `from`) whose index is that of the
   * result (letters `out`) along `along`, examples outermost where `batch`. Where `fromZero`, an index may choose none of
   * the entries of a place, and sums start at +0, not at -0.
   */
  | {
      readonly kind: "scatter";
      readonly from: string;
      readonly index: string;
      readonly out: string;
      readonly along: string;
      readonly batch: boolean;
      readonly fromZero: boolean;
    }
  /** The first argument in the graph that trains, the second in the one that predicts. */
  | { readonly kind: "mode" }
  /** The first argument; training also writes the third one to the second, a parameter that is not trained. */
  | { readonly kind: "remember" }
  /** The first argument, with a derivative of its own for the others; `exact` where that is the function's own. */
  | {
      readonly kind: "custom";
      readonly vjp: CustomRule;
      readonly exact: boolean;
    }
  /** What a step of a scan is given: its carries, the entries of its sequences, values from outside. */
  | { readonly kind: "bound"; readonly name: string }
  /**
   * The same step again and again. Arguments: initial carries, sequences (entries along axis 0), values from outside.
   * Its results are nodes of their own.
   */
  | { readonly kind: "scan"; readonly loop: Loop }
  /** A result of a scan: the last carry, one output of each step along axis 0, a sum over the steps. */
  | {
      readonly kind: "result";
      readonly of: "carry" | "output" | "sum";
      readonly index: number;
    }
  /** The argument; what is computed from it is not shared with what is computed elsewhere. */
  | { readonly kind: "again" };

/** One call of the language in the model's text: a layer of the derivation, and what names it. */
export interface Call {
  readonly callee: string;
  /** Prefix given by `scope`, "" outside. */
  readonly scope: string;
  /** The name given in the call, which nothing overrides. */
  readonly explicit?: string;
  /** True where the call's own name is its heading (it has parameters), false where its callee is. */
  readonly named: boolean;
  /** The callable layer that is used: its name is the heading. */
  readonly owner?: Call;
  /** Position in the model, 1-based: declaration order. */
  readonly order: number;
  /** Where: an error made at the call; its stack is formatted only when somebody reads it. */
  readonly site: Error;
}

export type Phase = "init" | "forward" | "backward" | "update";

/** Where a value stands in the derivation: decides headings and statement order. */
export interface Place {
  readonly phase: Phase;
  readonly call: Call | undefined;
  readonly called?: Called;
}

/** What a value without a label is called where it has to be stored: it decides nothing else. */
export interface Called {
  /** "exp": the exponentials of `of`, or of the call where `of` is absent. */
  readonly word: string;
  /** The named value that the word belongs to. */
  readonly of?: Leaf | Label;
  /** True where the value is the cotangent of `of`. */
  readonly cotangent?: boolean;
}

/** One tensor of a program: single assignment. */
export interface Node {
  /** Creation order: arguments have smaller ids. */
  readonly id: number;
  readonly op: Op;
  readonly args: readonly Node[];
  /** Shape of one example where `batched`, else of the whole. */
  readonly shape: readonly number[];
  /** True where every example has its own. */
  readonly batched: boolean;
  /** "i32" for indices: they have no gradient and take part in comparisons only. */
  readonly dtype: "f64" | "i32";
  readonly place: Place;
}

/** Results of a program, and what is written where. */
export interface Program {
  readonly outputs: ReadonlyMap<string, Node>;
  readonly loss: Node | undefined;
  /** dL/dp for each parameter leaf: the sum over the examples. */
  readonly gradients: ReadonlyMap<Node, Node>;
  /** New contents of parameters, gradients or state. */
  readonly updates: ReadonlyMap<Node, Node>;
}

export const emptyProgram: Program = Object.freeze({
  outputs: new Map<string, Node>(),
  loss: undefined,
  gradients: new Map<Node, Node>(),
  updates: new Map<Node, Node>(),
});

export function rootsOf(p: Program): Node[] {
  return [
    ...p.outputs.values(),
    ...(p.loss === undefined ? [] : [p.loss]),
    ...p.gradients.values(),
    ...p.updates.values(),
  ];
}

/** What a step of a scan computes. */
export const resultsOf = (loop: Loop): Node[] => [
  ...loop.next,
  ...loop.outputs,
  ...loop.sums.map((s) => s.node),
];

/** What a step of a scan is given, in the order of the scan's arguments. */
export const boundsOf = (loop: Loop): Node[] => [
  ...loop.carries,
  ...loop.entries,
  ...loop.captures,
];

/** The same loop over other nodes. */
export const mapLoop = (loop: Loop, to: (v: Node) => Node): Loop => ({
  ...loop,
  carries: loop.carries.map(to),
  entries: loop.entries.map(to),
  captures: loop.captures.map(to),
  next: loop.next.map(to),
  outputs: loop.outputs.map(to),
  sums: loop.sums.map((s) => ({ ...s, node: to(s.node) })),
});

/** Number of entries of a shape. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((n, d) => n * d, 1);

export const range = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => i);

export const isLeaf = (n: Node): n is Node & { readonly op: Leaf } =>
  n.op.kind === "leaf";

/** A slice that reaches beyond the ends of what it is taken from. */
export function isPadding({ op, args, shape }: Node): boolean {
  if (op.kind !== "slice") return false;
  const last = op.start + op.step * ((shape[op.axis] as number) - 1);
  const length = args[0]?.shape[op.axis] as number;
  return Math.min(op.start, last) < 0 || Math.max(op.start, last) >= length;
}

/** True for an array that was a parameter, or is made of some: it lies in memory of the module. */
export const isFrozen = ({ op }: Node): boolean =>
  op.kind === "constant" && op.of !== undefined && op.data.length > 1;

/** The nodes of an order and those of the steps in it, at every depth; a step before its scan. */
export function withSteps(order: readonly Node[]): Node[] {
  const all = new Set<Node>();
  for (const v of order) {
    if (v.op.kind === "scan")
      for (const inner of withSteps(topological(loopNodes(v.op.loop))))
        all.add(inner);
    all.add(v);
  }
  return [...all];
}
const loopNodes = (loop: Loop): Node[] => [
  ...boundsOf(loop),
  ...resultsOf(loop),
];

/**
 * What is known of nodes, by their ids: in pages, as those of one graph lie together, however many there were before. A
 * `Map` takes several times as long, and most of a pass is this.
 */
export class NodeTable<T> {
  readonly #pages: (T | undefined)[][] = [];

  get(v: Node): T | undefined {
    return this.#pages[v.id >>> pageBits]?.[v.id & pageMask];
  }

  set(v: Node, known: T): void {
    const page = (this.#pages[v.id >>> pageBits] ??= new Array<T | undefined>(
      pageMask + 1,
    ));
    page[v.id & pageMask] = known;
  }
}
const pageBits = 8;
const pageMask = (1 << pageBits) - 1;

/** Every node that `roots` need, arguments first. Iterative: depth is no limit. */
export function topological(roots: readonly Node[]): Node[] {
  const done = new NodeTable<true>();
  const order: Node[] = [];
  // Nodes on the path from a root, and which argument of each comes next.
  const path: Node[] = [];
  const next: number[] = [];
  for (const root of roots) {
    if (done.get(root) === true) continue;
    path.push(root);
    next.push(0);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const top = path.length - 1;
      const arg = node.args[next[top] as number];
      next[top] = (next[top] as number) + 1;
      if (arg !== undefined) {
        if (done.get(arg) === true) continue;
        path.push(arg);
        next.push(0);
        continue;
      }
      path.pop();
      next.pop();
      if (done.get(node) === true) continue;
      done.set(node, true);
      order.push(node);
    }
  }
  return order;
}

const orders = new WeakMap<Program, readonly Node[]>();

/** Every node of a program, arguments first; found once, as a program never changes. */
export function orderOf(program: Program): readonly Node[] {
  const known = orders.get(program);
  if (known !== undefined) return known;
  const order = topological(rootsOf(program));
  orders.set(program, order);
  return order;
}
