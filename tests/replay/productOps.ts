import { range } from "../../dsl/graph.js";
import * as gradc from "../../dsl/index.js";
import type { Tensor } from "../../dsl/index.js";
import { CrossesExamples, isBatched, type BatchAxis } from "./batchAxis.js";
import type { Op, Ops } from "./call.js";
import { startingAt } from "./structureOps.js";

/** An equation for one example: without the letter that is the first axis of every batched operand and of the output. */
function ofOneExample(
  equation: string,
  operands: readonly Tensor[],
  axes: BatchAxis,
): string {
  if (axes.n === undefined || !operands.some(isBatched)) return equation;
  const [input = "", output] = equation.replaceAll(" ", "").split("->");
  const terms = input.split(",");
  const firsts = new Set(
    terms.flatMap((t, i) =>
      isBatched(operands[i] as Tensor) ? [t.charAt(0)] : [],
    ),
  );
  const [letter = ""] = firsts;
  const own = terms.map((t, i) =>
    isBatched(operands[i] as Tensor) ? t.slice(1) : t,
  );
  const isList =
    firsts.size === 1 &&
    /[a-z]/i.test(letter) &&
    output?.startsWith(letter) === true &&
    !own.some((t) => t.includes(letter));
  if (!isList) throw new CrossesExamples("einsum");
  return `${own.join(",")}->${output.slice(1)}`;
}

const einsum: Op = ({ x, axes, attrs, count }) => {
  const operands = range(count).map(x);
  const equation = ofOneExample(attrs.text("equation", ""), operands, axes);
  return gradc.einsum(equation, ...operands);
};

/** A layer where the parameters are its own, else a sum of products. */
const bilinear: Op = (call) => {
  const { x, axes, as, count } = call;
  const [a, b] = [x(0), x(1)];
  axes.together(a, b);
  if (isBatched(a) && axes.rankOf(a) < 2) throw new CrossesExamples("bilinear");
  const own = call.own(...(count > 3 ? [2, 3] : [2]));
  if (own === undefined) {
    axes.unbatched(x(2));
    const y = gradc.einsum("...i,oij,...j->...o", a, x(2), b);
    return count > 3 ? gradc.add(y, x(3), as) : y;
  }
  const [weight, bias] = own.data;
  const y = gradc.bilinear(a, b, own.shapes[0]?.[0] ?? 1, {
    ...as,
    frozen: own.frozen,
    bias: bias !== undefined,
    init: {
      weight: startingAt(weight ?? []),
      ...(bias !== undefined && { bias: startingAt(bias) }),
    },
  });
  call.bind(2, `${as.name}.weight`);
  if (bias !== undefined) call.bind(3, `${as.name}.bias`);
  return y;
};

const cosineSimilarity: Op = ({ x, axes, attrs, as }) => {
  const [a, b] = axes.aligned(x(0), x(1)) as [Tensor, Tensor];
  const larger = axes.rankOf(a) < axes.rankOf(b) ? b : a;
  const axis = axes.axis(larger, attrs.number("dim", 1));
  return gradc.cosineSimilarity(a, b, axis, {
    ...as,
    eps: attrs.number("eps", 1e-8),
  });
};

/** Sums of products, and what is divided by its norm. */
export const productOps: Ops = {
  einsum,
  bilinear,
  cosine_similarity: cosineSimilarity,
  normalize: ({ x, axes, attrs, as }) =>
    gradc.normalize(x(0), axes.axis(x(0), attrs.number("dim", 1)), {
      ...as,
      p: attrs.number("p", 2),
      eps: attrs.number("eps", 1e-12),
    }),
};
