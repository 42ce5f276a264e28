import { expect } from "vitest";
import type { Tensor } from "../../dsl/tensor.js";
import {
  lossAndGradients,
  valueOf,
  worstError,
  type Contents,
} from "./values.js";

export const sum = (xs: readonly number[]): number =>
  xs.reduce((s, x) => s + x, 0);

/** Derivatives by central differences of fourth order, of every entry of the inputs `names`. */
function differences(
  loss: Tensor,
  names: readonly string[],
  contents: Contents,
): number[][] {
  const h = 1e-4;
  return names.map((name) =>
    (contents[name] ?? []).map((_, i) => {
      const moved = (by: number): number => {
        const entries = [...(contents[name] ?? [])];
        entries[i] = (entries[i] ?? NaN) + by;
        return valueOf(loss, { ...contents, [name]: entries })[0] ?? NaN;
      };
      const [near, far] = [moved(h) - moved(-h), moved(2 * h) - moved(-2 * h)];
      return (8 * near - far) / (12 * h);
    }),
  );
}

/** The loss is `want`, and its gradients by `names` are what central differences say. */
export function checkLoss(
  loss: Tensor,
  xs: readonly Tensor[],
  names: readonly string[],
  contents: Contents,
  want: number,
): void {
  const found = lossAndGradients(loss, xs, contents);
  expect(worstError([found.loss], [want])).toBeLessThan(1e-13);
  differences(loss, names, contents).forEach((d, i) => {
    expect(worstError(found.gradients[i] ?? [], d)).toBeLessThan(1e-9);
  });
}
