import { within } from "./context.js";
import {
  topological,
  type Call,
  type Label,
  type Mode,
  type Node,
  type Place,
} from "./graph.js";
import { vjpOf } from "./primitives/index.js";
import { orZero } from "./primitives/absent.js";
import { labelNode } from "./primitives/leaf.js";
import { concatNode } from "./primitives/movement.js";
import { broadcast } from "./primitives/expand.js";
import { add, constant } from "./primitives/scalar.js";
import { firstOfResults } from "./primitives/scan.js";
import { Readers } from "./readers.js";
import { scanCotangents, type ResultCotangents } from "./scanGradient.js";

/** How a derivative is made. */
export interface Derivation {
  /**
   * Where the nodes stand when the derivative is itself a value of the forward pass: its cotangents then have no names,
   * those belong to the derivation of the loss.
   */
  readonly at?: Place | undefined;
  /** The graph that is derived, where it differs between training and prediction: nothing is made for the other. */
  readonly mode?: Mode | undefined;
}

/**
 * Reverse-mode differentiation by source transformation: dy/dx for each x, as nodes of the same language. The
 * cotangent of a batched scalar is 1 for every example, so each result is the derivative of the sum over examples.
 * Only cotangents on a path from an x to y are derived. `undefined` where y does not depend on x.
 *
 * @param upstream the cotangent of y, where it is not 1.
 */
export function gradientNodes(
  y: Node,
  xs: readonly Node[],
  how: Derivation = {},
  upstream?: Node,
): readonly (Node | undefined)[] {
  const { at } = how;
  const one = (): Node => broadcast(constant(1), y.shape, y.batched);
  const seed = upstream ?? (at === undefined ? one() : within(at, one));
  const { cotangents } = propagate([[y, seed]], xs, how, (v) => v !== y);
  return xs.map((x) => cotangents.get(x));
}

/** Cotangents of everything between `xs` and the roots, and what each use of an x adds to its own. */
export interface Propagated {
  readonly cotangents: ReadonlyMap<Node, Node>;
  readonly uses: ReadonlyMap<Node, readonly Node[]>;
}

/** Pulls cotangents of `seeds` back to `xs`, in reverse order; `isNamed` says whose cotangent has a name. */
export function propagate(
  seeds: readonly (readonly [root: Node, cotangent: Node])[],
  xs: readonly Node[],
  how: Derivation,
  isNamed: (v: Node) => boolean,
): Propagated {
  const { at, mode } = how;
  const order = topological(seeds.map(([root]) => root));
  const firstOf = firstOfResults(order);
  /** The node that has the cotangent of a value. */
  const one = (v: Node): Node => firstOf.get(v) ?? v;
  const active = new Set(xs.map(one));
  for (const v of order)
    if (v.args.some((a) => active.has(one(a)))) active.add(v);

  const parts = new Map<Node, Contribution[]>();
  const give = (to: Node, c: Contribution): void => {
    const v = one(to);
    if (!active.has(v)) return;
    const list = parts.get(v);
    if (list === undefined) parts.set(v, [c]);
    else list.push(c);
  };
  for (const [root, cotangent] of seeds)
    give(root, { cotangent, call: root.place.call });
  const cotangents = new Map<Node, Node>();
  const products = new Map<Node, Product>();
  const results = new Map<Node, ResultCotangents>();
  const isReached = (v: Node): boolean => parts.has(v) || results.has(v);
  const roots = new Set(seeds.map(([root]) => root));
  let readers: Readers | undefined;
  /** Values of which no part is read on the way to a root: their derivative is 0, and nothing is made of it. */
  const unread = new Set<Node>();
  for (const v of [...order].reverse()) {
    const place: Place = at ?? { phase: "backward", call: v.place.call };
    if (unread.has(v) && !isReached(v)) for (const a of v.args) unread.add(a);
    if (v.op.kind === "scan") {
      const dy = results.get(v);
      if (dy === undefined) continue;
      const isActive = v.args.map((a) => active.has(a));
      within(place, () => {
        scanCotangents(v, dy, isActive, how).forEach((list, i) => {
          for (const cotangent of list)
            give(v.args[i] as Node, { cotangent, call: place.call });
        });
      });
      continue;
    }
    const own = parts.get(v);
    if (own === undefined) continue;
    const home = at ?? placeOf(own);
    const sum = within(home, () => total(v, own));
    const dy =
      at === undefined && isNamed(v) ? named(v, sum, home, products) : sum;
    cotangents.set(v, dy);
    if (v.op.kind === "result") {
      const scan = v.args[0] as Node;
      const all = results.get(scan) ?? { carry: [], output: [], sum: [] };
      all[v.op.of][v.op.index] = dy;
      results.set(scan, all);
      continue;
    }
    const isRead =
      v.op.kind === "concat"
        ? (readers ??= new Readers(order, roots, isReached)).ofConcat(
            v,
            v.op.axis,
          )
        : undefined;
    within(place, () => {
      vjpOf(v, dy, mode).forEach((cotangent, i) => {
        const x = v.args[i] as Node;
        if (isRead?.[i] === false) unread.add(x);
        else if (cotangent !== undefined)
          give(x, { cotangent, call: place.call, ...windowOf(v, i, dy) });
      });
    });
  }
  const home: Place = at ?? { phase: "backward", call: undefined };
  for (const x of xs) {
    const known = cotangents.get(one(x));
    if (known !== undefined) cotangents.set(x, known);
    if (known !== undefined || !unread.has(x)) continue;
    const none = within(home, () => broadcast(constant(0), x.shape, x.batched));
    parts.set(x, [{ cotangent: none, call: undefined }]);
    const isNameless = at !== undefined || !isNamed(x);
    cotangents.set(x, isNameless ? none : named(x, none, home, products));
  }
  return {
    cotangents,
    uses: new Map(
      xs.map((x) => [x, (parts.get(one(x)) ?? []).map((c) => c.cotangent)]),
    ),
  };
}

/** A cotangent stands with the last function whose derivative is part of it: in mirror order, its first use. */
function placeOf(parts: readonly Contribution[]): Place {
  const calls = parts.flatMap(({ call }) => (call === undefined ? [] : [call]));
  const [first] = calls.sort((a, b) => a.order - b.order);
  return { phase: "backward", call: first };
}

/** What one use of a value adds to its cotangent; `window` where the use was a slice of it. */
interface Contribution {
  readonly cotangent: Node;
  /** The function that uses it. */
  readonly call: Call | undefined;
  readonly window?: {
    readonly axis: number;
    readonly start: number;
    readonly length: number;
    /** The cotangent of the slice. */
    readonly inner: Node;
  };
}

function windowOf(
  user: Node,
  arg: number,
  inner: Node,
): Pick<Contribution, "window"> {
  if (user.op.kind !== "slice" || user.op.step !== 1 || arg !== 0) return {};
  return {
    window: {
      axis: user.op.axis,
      start: user.op.start,
      length: user.shape[user.op.axis] as number,
      inner,
    },
  };
}

/** Contributions in order of use; windows that do not overlap are put side by side, not added. */
function total(v: Node, parts: readonly Contribution[]): Node {
  const terms = parts.map((p) => p.cotangent);
  return (
    sideBySide(v, parts) ??
    orZero(
      terms.reduceRight((s, d) => add(s, d)),
      terms,
    )
  );
}

/** Disjoint windows along one axis; what lies between them has no cotangent: +0. */
function sideBySide(v: Node, parts: readonly Contribution[]): Node | undefined {
  const axis = parts[0]?.window?.axis;
  if (axis === undefined || parts.length === 1) return undefined;
  const windows = parts.flatMap((p) =>
    p.window?.axis === axis ? [p.window] : [],
  );
  if (windows.length !== parts.length) return undefined;
  windows.sort((a, b) => a.start - b.start);
  const length = v.shape[axis] as number;
  const pieces: Node[] = [];
  let at = 0;
  const fillUpTo = (end: number): void => {
    const shape = v.shape.map((d, i) => (i === axis ? end - at : d));
    if (end > at) pieces.push(broadcast(constant(0), shape));
  };
  for (const w of windows) {
    if (w.start < at) return undefined;
    fillUpTo(w.start);
    pieces.push(w.inner);
    at = w.start + w.length;
  }
  if (at > length) return undefined; // a window beyond the end
  fillUpTo(length);
  return concatNode(pieces, axis);
}

/** A cotangent has the name of what it belongs to; it stands where its rule does. */
function named(
  v: Node,
  d: Node,
  place: Place,
  products: Map<Node, Product>,
): Node {
  if (v.op.kind !== "label" && v.op.kind !== "leaf") return d;
  const of = v.op;
  return within(place, () =>
    labelNode(d, `d${of.name}`, {
      cotangentOf: of,
      ...factorOf(productOf(d, products)),
    }),
  );
}

/** A value as a fraction of constants times at most one other value; undefined for more than a reader multiplies. */
type Product =
  | {
      readonly above: readonly string[];
      readonly below: readonly string[];
      readonly core: Node | undefined;
    }
  | undefined;

const mostFactors = 16;

/**
 * Reads `2/2 e` off mul(mul(1 / 2, 2), e): the constants as the rules wrote them, before anything is folded. What is known
 * of a node is read once: cotangents are made of each other, back to the loss.
 */
function productOf(n: Node, known: Map<Node, Product>): Product {
  if (known.has(n)) return known.get(n);
  const product = readProduct(n, known);
  known.set(n, product);
  return product;
}

function readProduct(n: Node, known: Map<Node, Product>): Product {
  const { op } = n;
  const [first, second] = n.args as [Node, Node];
  const isView =
    op.kind === "expand" ||
    op.kind === "reshape" ||
    (op.kind === "label" && op.cotangentOf !== undefined);
  if (isView) return productOf(first, known);
  if (op.kind === "constant" && op.data.length === 1)
    return { above: [String(op.data[0])], below: [], core: undefined };
  if (op.kind !== "scalar" || (op.name !== "mul" && op.name !== "div"))
    return { above: [], below: [], core: n };
  const left = productOf(first, known);
  const right = left && productOf(second, known);
  if (left === undefined || right === undefined) return undefined;
  if (left.core !== undefined && right.core !== undefined) return undefined;
  const isDivision = op.name === "div";
  const above = [...left.above, ...(isDivision ? right.below : right.above)];
  const below = [...left.below, ...(isDivision ? right.above : right.below)];
  return above.length + below.length > mostFactors
    ? undefined
    : { above, below, core: left.core ?? right.core };
}

/** The constants that a named value of the forward pass is multiplied by. */
function factorOf(product: Product): Pick<Label, "factor" | "factorOf"> {
  if (product === undefined || product.below.length === 0) return {};
  const { core, above, below } = product;
  if (core?.op.kind !== "label" || core.op.cotangentOf !== undefined) return {};
  const terms = above.filter((t) => t !== "1");
  return {
    factor: `${terms.join(" ") || "1"}/${below.join(" ")}`,
    factorOf: core.op,
  };
}
