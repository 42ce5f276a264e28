import * as gradc from "../../dsl/index.js";
import { CrossesExamples, isBatched } from "./batchAxis.js";
import type { Op, Ops } from "./call.js";

const scaledDotProduct: Op = ({ x, axes, attrs, as, count }) => {
  const [q, k, v] = [x(0), x(1), x(2)];
  axes.together(q, k, v);
  if (isBatched(q) && axes.rankOf(q) < 3)
    throw new CrossesExamples("attention");
  const options = {
    ...as,
    causal: attrs.flag("causal"),
    ...(attrs.has("scale") && { scale: attrs.number("scale") }),
  };
  if (count < 4) return gradc.scaledDotProductAttention(q, k, v, options);
  const [, mask] = axes.aligned(q, x(3)) as [gradc.Tensor, gradc.Tensor];
  return gradc.scaledDotProductAttention(q, k, v, { ...options, mask });
};

/** Attention. */
export const attentionOps: Ops = {
  scaled_dot_product_attention: scaledDotProduct,
};
