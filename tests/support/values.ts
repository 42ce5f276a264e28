import { interpret } from "../../compiler/interpret.js";
import { gradientNodes } from "../../dsl/gradient.js";
import { sizeOf, topological, type Node } from "../../dsl/graph.js";
import { constant, mul } from "../../dsl/primitives/scalar.js";
import { reduceNode } from "../../dsl/primitives/reduce.js";
import { asNode, type AnyTensor } from "../../dsl/tensor.js";

/** Contents of leaves by name; batched ones with the examples outermost. */
export type Contents = Readonly<Record<string, readonly number[]>>;

const leavesOf = (
  roots: readonly Node[],
  contents: Contents,
): Map<Node, readonly number[]> =>
  new Map(
    topological(roots).flatMap((v) => {
      if (v.op.kind !== "leaf") return [];
      const given = contents[v.op.name];
      if (given === undefined) throw new Error(`no value for ${v.op.name}`);
      return [[v, given] as const];
    }),
  );

/** Values of `roots` for `n` examples. */
export function valuesOf(
  roots: readonly Node[],
  contents: Contents,
  n = 1,
): number[][] {
  const values = interpret(roots, leavesOf(roots, contents), n);
  return roots.map((r) => Array.from(values.get(r) ?? []));
}

/** A tensor's value: of all examples, one after the other. */
export const valueOf = (x: AnyTensor, contents: Contents, n = 1): number[] =>
  valuesOf([asNode(x)], contents, n)[0] ?? [];

/**
 * What a model's loss is (the mean over the examples where it is batched), and its derivative by each of `xs`; zeros
 * where there is none.
 */
export function lossAndGradients(
  loss: AnyTensor,
  xs: readonly AnyTensor[],
  contents: Contents,
  n = 1,
): { readonly loss: number; readonly gradients: readonly number[][] } {
  const y = asNode(loss);
  const scale = y.batched ? 1 / n : 1;
  const found = gradientNodes(y, xs.map(asNode));
  const total = y.batched
    ? mul(constant(scale), reduceNode("sum", y, [], true))
    : y;
  const present = found.filter((d) => d !== undefined);
  const [value, ...rest] = valuesOf([total, ...present], contents, n);
  const by = new Map(present.map((d, i) => [d, rest[i] ?? []]));
  return {
    loss: value?.[0] ?? NaN,
    gradients: found.map((d, i) => {
      const x = asNode(xs[i] as AnyTensor);
      const examples = x.batched ? n : 1;
      if (d === undefined)
        return Array.from({ length: sizeOf(x.shape) * examples }, () => 0);
      return (by.get(d) ?? []).map((g) => g * scale);
    }),
  };
}

/** The largest |got - want| / max(1, |want|); Infinity for lists of different lengths. */
export function worstError(
  got: readonly number[],
  want: readonly number[],
): number {
  if (got.length !== want.length) return Infinity;
  return want.reduce((worst, w, i) => {
    const g = got[i] ?? NaN;
    if (Object.is(g, w) || g === w) return worst;
    const error = Math.abs(g - w) / Math.max(1, Math.abs(w));
    return Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }, 0);
}

/** Numbers between -1 and 1 that a seed decides. */
export function drawn(seed: number, count: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32) * 2 - 1;
  });
}
