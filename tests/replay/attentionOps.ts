import type { Node } from "../../dsl/graph.js";
import * as gradc from "../../dsl/index.js";
import { headsNode } from "../../dsl/layers/multiHeadAttention.js";
import { labelNode } from "../../dsl/primitives/leaf.js";
import { asNode, asTensor } from "../../dsl/tensor.js";
import { CrossesExamples, isBatched } from "./batchAxis.js";
import type { Op, Ops } from "./call.js";
import { initOf } from "./recurrentOps.js";

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

const names = [
  "in_proj_weight",
  "in_proj_bias",
  "out_proj.weight",
  "out_proj.bias",
] as const;

const multiHead: Op = (call) => {
  const { x, axes, attrs, as } = call;
  if (isBatched(x(0)) && axes.rankOf(x(0)) < 3)
    throw new CrossesExamples("attention");
  const [heads, causal] = [attrs.number("num_heads"), attrs.flag("causal")];
  const places = [1, 2, 3, 4];
  const own = call.own(...places);
  if (own === undefined) {
    for (const i of places) axes.unbatched(x(i));
    const [inProjWeight, inProjBias, outProjWeight, outProjBias] = places.map(
      (i) => asNode(x(i)),
    ) as [Node, Node, Node, Node];
    const q = asNode(x(0));
    const weights = { inProjWeight, inProjBias, outProjWeight, outProjBias };
    const options = { causal, mask: undefined, dropout: 0 };
    return asTensor<gradc.Tensor>(
      labelNode(headsNode([q, q, q], weights, heads, options), as.name),
    );
  }
  const attend = call.shared(places, () => {
    const features = own.shapes[2]?.[0] as number;
    const made = gradc.multiHeadAttention(features, heads, {
      name: own.name,
      frozen: own.frozen,
      causal,
      init: initOf(names, own.data),
    });
    const parts = [made.inProjWeight, made.inProjBias, made.outProjWeight];
    [...parts, made.outProjBias].forEach((part, i) => {
      call.bind(places[i] as number, part as gradc.Tensor);
    });
    return made;
  });
  return attend(x(0), as);
};

/** Attention. */
export const attentionOps: Ops = {
  scaled_dot_product_attention: scaledDotProduct,
  multi_head_attention: multiHead,
};
