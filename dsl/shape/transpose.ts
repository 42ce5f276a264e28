/** Two axes that change places. */
import type { NormalAxis } from "./axes.js";
import type { TransposeShape } from "./reshape.js";
import type { At, Dynamic, Shape } from "./shape.js";

/**
 * The shape of `transpose(x, a, b)`; decided for the last two axes even where dimensions are type parameters. `NoInfer`
 * keeps the context of a call from deciding which axes were left out; around a shape it would stay visible.
 */
export type SwapShape<
  S extends Shape,
  A extends number = -2,
  B extends number = -1,
> = SwapAxes<S, NoInfer<A>, NoInfer<B>>;

type SwapAxes<S extends Shape, A extends number, B extends number> = [
  A,
  B,
] extends [-2, -1]
  ? TransposeShape<S>
  : Dynamic<S> extends true
    ? number[]
    : number extends A | B
      ? number[]
      : Swapped<S, NormalAxis<S, A>, NormalAxis<S, B>>;

type Swapped<S extends Shape, A extends number, B extends number> = {
  -readonly [K in keyof S]: K extends `${A}`
    ? At<S, B>
    : K extends `${B}`
      ? At<S, A>
      : S[K];
};

/** The order of axes that `permute` needs to swap two of them, both counted from the front. */
export function swapOrder(rank: number, a: number, b: number): number[] {
  return Array.from({ length: rank }, (_, i) =>
    i === a ? b : i === b ? a : i,
  );
}
