import { layer } from "../context.js";
import { CompileTimeError } from "../errors.js";
import { gradientNodes } from "../gradient.js";
import { topological, withSteps, type Node, type Place } from "../graph.js";
import { labelled, type NameOptions } from "../naming.js";
import { broadcast } from "../primitives/expand.js";
import { modeNode } from "../primitives/identity.js";
import { applyScalar, constant } from "../primitives/scalar.js";
import { checkList } from "../settings.js";
import {
  checkScalar,
  type Guard,
  type ScalarError,
  type Shape,
} from "../shape/rules.js";
import { asTensor, type Tensor } from "../tensor.js";
import { numbers, unary, type Unary } from "./elementwise.js";

/**
 * dy/dx for each x of a list, as values that may be used further: in a loss, or in another gradient. `y` is a scalar,
 * `xs` are inputs, parameters or values on the way to it. Where y is one value for each example, the result is too for
 * an x that each example has its own of, and is the sum over the examples for any other x. PyTorch: torch.autograd.grad
 * with create_graph.
 *
 * @throws CompileTimeError where y does not depend on an x.
 * @example const [slope] = gradient(y, [x]);
 */
export function gradient<S extends Shape, const X extends readonly Tensor[]>(
  y: Guard<Tensor<S>, ScalarError<"gradient", S>>,
  xs: X,
  options?: Pick<NameOptions, "name">,
): { -readonly [K in keyof X]: X[K] } {
  const results = layer("gradient", { name: options?.name }, (call) => {
    const of = numbers("gradient", y);
    checkScalar("gradient", of.shape);
    checkList("gradient", "xs", xs, "a list such as [x]");
    const by = xs.map((x) => numbers("gradient", x));
    const used = new Set(topological([of]));
    by.forEach((x, i) => {
      if (!used.has(x)) throw independent(x, i);
    });
    const found = inEachMode(of, by, { phase: "forward", call });
    return by.map((x, i) => {
      // A value that y depends on only through steps: its derivative is 0 everywhere.
      const dx = found[i] ?? broadcast(constant(0), x.shape, x.batched);
      return by.length === 1 ? labelled(call, dx, undefined) : dx;
    });
  });
  return results.map((dx) => asTensor<Tensor>(dx)) as unknown as {
    -readonly [K in keyof X]: X[K];
  };
}

/** Cotangents of `xs`; those of the graph that trains and of the one that predicts, where they are not the same graph. */
function inEachMode(
  y: Node,
  xs: readonly Node[],
  at: Place,
): readonly (Node | undefined)[] {
  const differs = withSteps(topological([y])).some((v) => v.op.kind === "mode");
  if (!differs) return gradientNodes(y, xs, { at });
  const [train, predict] = (["train", "predict"] as const).map((mode) =>
    gradientNodes(y, xs, { at, mode }),
  );
  return xs.map((x, i) => {
    const [t, p] = [train?.[i], predict?.[i]];
    if (t === undefined && p === undefined) return undefined;
    const none = broadcast(constant(0), x.shape, x.batched);
    return modeNode(t ?? none, p ?? none);
  });
}

function independent(x: Node, i: number): CompileTimeError {
  const name =
    x.op.kind === "leaf" || x.op.kind === "label" ? ` "${x.op.name}"` : "";
  return new CompileTimeError(
    "GC1113",
    `gradient: y does not depend on xs[${String(i)}]${name}, expected a value that it is computed from`,
  );
}

/**
 * y = x, as a constant of the derivation: no gradient passes. PyTorch: Tensor.detach.
 *
 * @example const target = stopGradient(prediction);
 */
export const stopGradient: Unary = unary("stopGradient", (x) =>
  applyScalar("stopGradient", x),
);
