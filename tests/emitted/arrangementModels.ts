/** Networks of entries that are moved, chosen by indices, and contracted. */
import * as g from "../../dsl/index.js";
import type { Model } from "../../dsl/index.js";

/** Padding in every mode, turned, rolled and cut, with windows that overlap and windows with gaps. */
const moving = (): Model => {
  const x = g.input("x", [1, 3]);
  const w = g.param("w", [1, 3], { init: [1, 2, 3] });
  const v = g.mul(x, w);
  const wide = g.concat(
    [
      g.pad(v, [1, 2], { mode: "reflect" }),
      g.pad(v, [2, 1], { mode: "circular" }),
      g.pad(v, [0, 3, 1, 0], { mode: "replicate" }),
      g.pad(v, [1, 2, 0, 1], { value: 0.5 }),
    ],
    0,
    { name: "wide" },
  );
  const turned = g.roll(g.flip(wide, [0, 1]), 2, -1, { name: "turned" });
  const both = g.add(g.tril(turned, 1), g.triu(g.cumsum(turned, 1), -1));
  const parts = g.mul(g.slice(both, 0, 0, 2), g.slice(both, 0, 3, 6, 2));
  const y = g.diagonal(parts, 1, 0, 1, { name: "y" });
  const top = g.maxDim(g.tile(both, [1, 2]), 0, { name: "top" });
  const loss = g.add(g.mean(g.square(y)), g.mean(g.mul(top, g.prod(y))));
  return g.model({
    inputs: { x },
    outputs: { y, top },
    loss,
    optimizer: g.sgd(0.01),
  });
};

/** Tokens, tied weights, the rows of the best, and scores of pairs. */
const choosing = (): Model => {
  const token = g.indices("token", [2], 4);
  const next = g.indices("next", [2], 4);
  const words = g.embeddingTable(4, 2, { name: "words" });
  const h = words(token, { name: "h" });
  const mixed = g.einsum("ti,tj,ij->t", h, h, g.param("pairs", [2, 2]));
  const logits = g.einsum("td,vd->tv", h, words.weight);
  const best = g.argmax(logits, -1, { indices: true, name: "best" });
  const picked = g.lookup(words.weight, best, { paddingIndex: 0 });
  const sorted = g.indexSelect(h, 0, g.constantIndices([2], [1, 0]));
  const alike = g.cosineSimilarity(picked, sorted, -1, { name: "alike" });
  const column = g.indices("column", [2, 1], 4);
  const own = g.gather(logits, 1, column);
  const loss = g.add(
    g.add(g.crossEntropy(logits, next, { classAxis: -1 }), g.mean(alike)),
    g.add(
      g.mean(g.square(mixed)),
      g.add(g.multiMargin(logits, next, { classAxis: -1 }), g.mean(own)),
    ),
  );
  return g.model({
    inputs: { token, next, column },
    outputs: { logits, alike },
    loss,
    optimizer: g.adam(0.01),
  });
};

export const arrangementModels: Readonly<Record<string, () => Model>> = {
  moving,
  choosing,
};
