import type { Node, Window } from "../graph.js";
import { orZero } from "../primitives/absent.js";
import { contract } from "../primitives/contract.js";
import { expandNode } from "../primitives/expand.js";
import { reshapeNode } from "../primitives/movement.js";
import { add } from "../primitives/scalar.js";
import { checkDims, type Convolution, type Movement } from "../shape/rules.js";

/** Letters of the axes before the channels, and of the axes that the kernel moves over. */
const leading = "abdefijklm";
const axes = { input: ["p", "q"], output: ["y", "x"], kernel: ["h", "w"] };

/** One window an axis; `inverse` where the places are on the input, as in a transposed convolution. */
export function windowsOf(
  lengths: readonly number[],
  outLengths: readonly number[],
  moves: readonly Movement[],
  inverse = false,
): Window[] {
  const from = 2 - moves.length;
  return moves.map((m, i): Window => ({
    letter: axes.input[from + i] as string,
    length: lengths[i] as number,
    at: axes.output[from + i] as string,
    atLength: outLengths[i] as number,
    tap: axes.kernel[from + i] as string,
    tapLength: m.kernel,
    stride: m.stride,
    dilation: m.dilation,
    start: -m.before,
    inverse,
  }));
}

/** The letters of axes before the channels, and of each kind of axis that the kernel moves over. */
export function lettersFor(
  lead: number,
  spatial: number,
): {
  readonly lead: string;
  readonly input: string;
  readonly output: string;
  readonly kernel: string;
} {
  const last = (list: readonly string[]): string =>
    list.slice(2 - spatial).join("");
  return {
    lead: leading.slice(0, lead),
    input: last(axes.input),
    output: last(axes.output),
    kernel: last(axes.kernel),
  };
}

/**
 * The sum of products of both kinds of convolution: `order` is "oc" where the weight is [out, in, ...] and "co" where
 * it is [in, out, ...], as that of a transposed one.
 */
export function correlate(
  x: Node,
  weight: Node,
  bias: Node | undefined,
  c: Convolution,
  outLengths: readonly number[],
  order: "oc" | "co",
  inverse: boolean,
): Node {
  const { groups, spatial, outChannels } = c;
  const lead = x.shape.slice(0, -1 - spatial);
  const lengths = x.shape.slice(-spatial);
  const shape = checkDims([...lead, outChannels, ...outLengths]);
  const { lead: n, input, output, kernel } = lettersFor(lead.length, spatial);
  const g = groups === 1 ? "" : "g";
  const split = (v: Node, axis: number): Node => {
    if (groups === 1) return v;
    const of = v.shape[axis] as number;
    return reshapeNode(v, [
      ...v.shape.slice(0, axis),
      groups,
      of / groups,
      ...v.shape.slice(axis + 1),
    ]);
  };
  const products = contract(
    `${g}${order}${kernel}`,
    `${n}${g}c${input}`,
    `${n}${g}o${output}`,
    split(weight, 0),
    split(x, lead.length),
    { windows: windowsOf(lengths, outLengths, c.moves, inverse) },
  );
  const sum = orZero(products);
  const y = groups === 1 ? sum : reshapeNode(sum, shape);
  return bias === undefined
    ? y
    : add(y, expandNode(bias, [lead.length], shape, false));
}
