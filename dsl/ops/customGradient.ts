import { currentPlace, lastId, makeNode } from "../context.js";
import { CompileTimeError, ofModel } from "../errors.js";
import { found } from "../found.js";
import { gradientNodes } from "../gradient.js";
import type { Mode, Node, Place } from "../graph.js";
import { value } from "../naming.js";
import { broadcast } from "../primitives/expand.js";
import { againNode, customNode } from "../primitives/identity.js";
import { reduceNode } from "../primitives/reduce.js";
import { checkFunction } from "../settings.js";
import { sameShape, shapeError, type Shape } from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import { numbers } from "./elementwise.js";

/**
 * f with a derivative of its own: `vjp` gets dL/dy, y and the arguments, and returns dL/dx for each argument (undefined
 * where there is none), in the language itself. What f reads besides its arguments gets no gradient. PyTorch:
 * torch.autograd.Function.
 *
 * @throws ShapeError where a cotangent does not have the shape of its argument.
 * @example
 * const clipped = customGradient(
 *   (v: typeof x) => v,
 *   (dy) => [clamp(dy, { min: -1, max: 1 })],
 * );
 * const z = clipped(x);
 */
export function customGradient<
  const X extends readonly Tensor[],
  Y extends Shape,
>(
  f: (...xs: X) => Tensor<Y>,
  vjp: (
    dy: Tensor<Y>,
    y: Tensor<Y>,
    ...xs: X
  ) => { readonly [K in keyof X]: X[K] | undefined },
): (...xs: X) => Tensor<Y> {
  const op = "customGradient";
  checkFunction(op, "f", f);
  checkFunction(op, "vjp", vjp);
  const site = new Error(op);
  /** The cotangents that `vjp` returns for the arguments `xs`. */
  const rule = (dy: Node, y: Node, xs: readonly Node[]) => {
    const known = new Set([dy, y, ...xs]);
    const before = lastId();
    const [upstream, result] = [dy, y].map((n) => asTensor<Tensor<Y>>(n));
    const returned: unknown = vjp(
      upstream as Tensor<Y>,
      result as Tensor<Y>,
      ...(xs.map((n) => asTensor<Tensor>(n)) as unknown as X),
    );
    if (!Array.isArray(returned))
      throw new CompileTimeError(
        "GC1118",
        `customGradient: vjp returned ${found(returned)}, expected an array of cotangents, one for each argument`,
      );
    const cotangents: readonly unknown[] = returned;
    if (cotangents.length !== xs.length)
      throw new CompileTimeError(
        "GC1118",
        `customGradient: vjp returned ${String(cotangents.length)} cotangents, expected ${String(xs.length)}, one for each argument`,
      );
    return xs.map((x, i) => {
      if (cotangents[i] === undefined) return undefined;
      const d = numbers(op, cotangents[i]);
      refuseOthers(d, known, before);
      return fitting(d, x, i);
    });
  };
  return (...xs) =>
    value(op, undefined, () => {
      const args = xs.map((x) => numbers(op, x));
      const made = numbers(op, f(...xs));
      return customNode(
        made,
        args,
        (dy, y, now) => ofModel(site, () => rule(dy, y, now)),
        false,
      );
    });
}

/** Throws where a cotangent reads a value from outside of the rule: the graph may have been rebuilt since. */
function refuseOthers(d: Node, known: ReadonlySet<Node>, before: number): void {
  const isForeign = (v: Node): boolean =>
    v.id <= before && between(v, known).some((read) => read.op.kind === "leaf");
  // The last one: what the rule itself named, not what that was made of.
  const foreign = between(d, known).findLast(isForeign);
  if (foreign !== undefined)
    throw new CompileTimeError(
      "GC1115",
      `customGradient: vjp reads ${outsideName(foreign)}, expected only dy, y and the arguments`,
      "make it an argument of the function",
    );
}

/** What a value is called where the model's text has not been read. */
function outsideName({ op }: Node): string {
  if (op.kind === "leaf") return JSON.stringify(op.name);
  if (op.kind !== "label" || op.call === undefined) return "another value";
  const { explicit, callee } = op.call;
  return explicit === undefined
    ? `a result of ${callee}()`
    : JSON.stringify(explicit);
}

/** What `y` is computed from, arguments first, without `ends` and what lies before them. */
function between(y: Node, ends: ReadonlySet<Node>): Node[] {
  const seen = new Set<Node>();
  const open = [y];
  for (let v = open.pop(); v !== undefined; v = open.pop()) {
    if (seen.has(v) || ends.has(v)) continue;
    seen.add(v);
    open.push(...v.args);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** A cotangent as that of `x`: of the same shape, for every example or summed over them. */
function fitting(d: Node, x: Node, i: number): Node {
  if (!sameShape(d.shape, x.shape))
    throw shapeError(
      "argument",
      "customGradient",
      `the cotangent of argument ${String(i)}`,
      x.shape,
      d.shape,
    );
  if (d.batched && !x.batched) return reduceNode("sum", d, [], true);
  return broadcast(d, d.shape, x.batched);
}

/**
 * f, whose intermediate values are computed again for its gradient instead of being kept: less memory for more work. The
 * values and gradients are those of f. PyTorch: torch.utils.checkpoint.
 *
 * @example
 * const block = checkpoint((v: typeof x) => tanh(linear(v, 3)));
 * const h = block(x);
 */
export function checkpoint<const X extends readonly Tensor[], Y extends Shape>(
  f: (...xs: X) => Tensor<Y>,
): (...xs: X) => Tensor<Y> {
  checkFunction("checkpoint", "f", f);
  return (...xs) => {
    const before = lastId();
    const y = numbers("checkpoint", f(...xs));
    const given = xs.map((x) => numbers("checkpoint", x));
    const read = boundary(y, before, new Set(given));
    return asTensor<Tensor<Y>>(customNode(y, [...read], cotangents, true));
  };
}

/** What the nodes that were made after `before` read: arguments, parameters, other values, random numbers. */
function boundary(
  y: Node,
  before: number,
  given: ReadonlySet<Node>,
): ReadonlySet<Node> {
  const outside = (v: Node): boolean =>
    given.has(v) || v.id <= before || isRead(v);
  const ends = new Set<Node>();
  const seen = new Set<Node>();
  const open = [y];
  for (let v = open.pop(); v !== undefined; v = open.pop()) {
    if (seen.has(v)) continue;
    seen.add(v);
    if (!outside(v)) open.push(...v.args);
    else if (v.dtype === "f64" && (v.args.length > 0 || isRead(v))) ends.add(v);
  }
  return ends;
}

/** Cotangents of `ends` by way of a second computation of `y`, in the backward pass. */
function cotangents(
  dy: Node,
  y: Node,
  ends: readonly Node[],
  mode: Mode | undefined,
): readonly (Node | undefined)[] {
  const { phase } = currentPlace();
  const at = phase === "forward" ? currentPlace() : undefined;
  // A mark of its own for each: one of them may be made of another, which is no path of this derivative.
  const again = new Map(ends.map((v) => [v, againNode(v)] as const));
  for (const v of between(y, new Set(ends))) {
    if (v.args.length === 0) continue;
    const place: Place = at ?? { phase: "backward", call: v.place.call };
    const args = v.args.map((a) => again.get(a) ?? a);
    again.set(
      v,
      v.op.kind === "remember"
        ? (args[0] as Node)
        : // A name of its own: what is computed twice is called twice.
          makeNode({ ...v.op }, args, v.shape, v.batched, v.dtype, place),
    );
  }
  return gradientNodes(
    again.get(y) ?? y,
    ends.map((v) => again.get(v) ?? v),
    { at, mode },
    dy,
  );
}

/** True for what a node without arguments reads from outside: a step of a loop also reads what it is given. */
const isRead = (v: Node): boolean =>
  v.op.kind === "leaf" || v.op.kind === "random" || v.op.kind === "bound";
