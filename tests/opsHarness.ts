/** Evaluates small graphs of the language with the interpreter. */
import { interpret, type Values } from "../compiler/interpret.js";
import { gradient, input, sum, type Tensor } from "../dsl/index.js";
import { asNode, type AnyTensor } from "../dsl/tensor.js";

export type Feeds = readonly (readonly [AnyTensor, Values])[];

/** Values of `outputs`, row-major, the examples outermost. */
export function evaluate(
  outputs: readonly AnyTensor[],
  feeds: Feeds,
  n = 1,
): number[][] {
  const roots = outputs.map(asNode);
  const leaves = new Map(feeds.map(([t, data]) => [asNode(t), data]));
  const values = interpret(roots, leaves, n);
  return roots.map((r) => Array.from(values.get(r) ?? []));
}

/** y and d(sum y) / dx of a function of one vector. */
export function valueAndSlope(
  f: (x: Tensor<[number]>) => Tensor,
  data: Values,
): { readonly y: number[]; readonly slope: number[] } {
  const x = input("x", [data.length], { batched: false });
  const y = f(x);
  const [slope] = gradient(sum(y), [x]);
  const [values, slopes] = evaluate([y, slope], [[x, data]]);
  return { y: values ?? [], slope: slopes ?? [] };
}

/** Why two numbers differ by more than `tolerance` of max(1, |want|), or undefined; NaN equals NaN. */
export function difference(
  got: number | undefined,
  want: number,
  tolerance: number,
): string | undefined {
  if (got === undefined) return "nothing";
  if (Object.is(got, want) || got === want) return undefined;
  const off = Math.abs(got - want) / Math.max(1, Math.abs(want));
  return off <= tolerance
    ? undefined
    : `got ${String(got)}, want ${String(want)}`;
}

/** As `difference`, relative to the wanted number itself however small it is. */
export function relativeDifference(
  got: number | undefined,
  want: number,
  tolerance: number,
): string | undefined {
  if (got === undefined) return "nothing";
  if (Object.is(got, want) || got === want) return undefined;
  const off = Math.abs(got - want) / Math.abs(want);
  return off <= tolerance
    ? undefined
    : `got ${String(got)}, want ${String(want)}`;
}
