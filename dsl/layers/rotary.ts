import type { Node } from "../graph.js";
import { call, evaluate, num } from "../math/index.js";
import { value, type NameOptions } from "../naming.js";
import { numbers } from "../ops/elementwise.js";
import { concatNode, reshapeNode, sliceNode } from "../primitives/movement.js";
import { add, constantArray, mul, sub } from "../primitives/scalar.js";
import { checkSetting } from "../settings.js";
import {
  checkRotary,
  type Guard,
  type RotaryError,
  type Shape,
} from "../shape/rules.js";
import type { Tensor } from "../tensor.js";

export interface RotaryOptions extends NameOptions {
  /** The wave length of pair i is 2 pi base^(2 i / features); 10000 by default. */
  readonly base?: number;
  /** Position of the first entry; 0 by default. */
  readonly start?: number;
}

/**
 * y = (a cos - b sin, b cos + a sin) of the angle t base^(-2 i / features) radians for each pair (a, b) of features, i of
 * position t, of x [..., L, features], so that products of queries and keys depend on their distance (Su et al. 2021).
 * Pairs are neighbours. The sines and cosines are constants of
 * the module, the same on every machine. PyTorch: torchtune.modules.RotaryPositionalEmbeddings.
 *
 * @example const y = scaledDotProductAttention(rotaryEmbedding(q), rotaryEmbedding(k), v);
 */
export function rotaryEmbedding<S extends Shape>(
  x: Guard<Tensor<S>, RotaryError<S>>,
  options: RotaryOptions = {},
): Tensor<S> {
  const { base = 10000, start = 0 } = options;
  checkSetting("rotaryEmbedding", "base", base, "positive");
  checkSetting("rotaryEmbedding", "start", start, "finite");
  return value("rotaryEmbedding", options, () => {
    const node = numbers("rotaryEmbedding", x);
    checkRotary(node.shape);
    return rotated(node, base, start);
  });
}

function rotated(x: Node, base: number, start: number): Node {
  const [length, features] = x.shape.slice(-2) as [number, number];
  const pairs = reshapeNode(x, [...x.shape.slice(0, -1), features / 2, 2]);
  const axis = pairs.shape.length - 1;
  const [a, b] = [0, 1].map((k) =>
    reshapeNode(sliceNode(pairs, axis, k, 1), pairs.shape.slice(0, -1)),
  ) as [Node, Node];
  const table = (f: "sin" | "cos"): Node =>
    constantArray(
      anglesOf(length, features, base, start).map((angle) => exactly(f, angle)),
      [length, features / 2],
    );
  const [sin, cos] = [table("sin"), table("cos")];
  const turned = [
    sub(mul(a, cos), mul(b, sin)),
    add(mul(b, cos), mul(a, sin)),
  ].map((part) => reshapeNode(part, [...part.shape, 1]));
  return reshapeNode(concatNode(turned, axis), x.shape);
}

/** t base^(-2 i / features) for each position t and pair i. */
function anglesOf(
  length: number,
  features: number,
  base: number,
  start: number,
): number[] {
  const rates = Array.from({ length: features / 2 }, (_, i) =>
    exactly("pow", base, (-2 * i) / features),
  );
  return Array.from({ length }, (_, t) => t + start).flatMap((t) =>
    rates.map((rate) => t * rate),
  );
}

/** A function of dsl/math, whose bits do not depend on the machine. */
const exactly = (name: string, ...args: readonly number[]): number =>
  evaluate(call(name, ...args.map(num)), {});
