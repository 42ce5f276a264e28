/** Wrong programs of the functions that move entries, pad, and look entries up; the values are those of wrong.ts. */
import type { WrongProgram } from "./wrong.js";

export const wrongArrangements: readonly WrongProgram[] = [
  {
    code: "GC2049",
    source: "pad(seq, «[1, -1]»)",
    sentence:
      "pad: -1 entries cannot be added, expected an integer of at least 0",
  },
  {
    code: "GC2050",
    source: "pad(seq, «[1, 1, 2]»)",
    sentence:
      "pad: expects a pair for each of the last axes of [32, 64], the last axis first, got [1, 1, 2]",
  },
  {
    code: "GC2050",
    source: "pad(x, «[1, 1, 2, 2]»)",
    sentence:
      "pad: expects a pair for each of the last axes of [32], the last axis first, got [1, 1, 2, 2]",
  },
  {
    code: "GC2051",
    source: 'pad(deep, «[1, 1, 2, 3]», { mode: "reflect" })',
    sentence:
      "pad: mode reflect finds 2 entries beyond axis 1 of [2, 3, 4], got 3",
  },
  {
    code: "GC2051",
    source: 'pad(deep, «[5, 0]», { mode: "circular" })',
    sentence:
      "pad: mode circular finds 4 entries beyond axis 2 of [2, 3, 4], got 5",
  },
  {
    code: "GC2020",
    source: "flip(seq, «[0, 2]»)",
    sentence: "flip: axis 2 is out of range for rank 2 (shape [32, 64])",
  },
  {
    code: "GC2020",
    source: "roll(x, 3, «1»)",
    sentence: "roll: axis 1 is out of range for rank 1 (shape [32])",
  },
  {
    code: "GC2005",
    source: "tril(«x»)",
    sentence: "tril: expects 2 or more axes, got 1 (shape [32])",
  },
  {
    code: "GC2005",
    source: "triu(«scalar», 1)",
    sentence: "triu: expects 2 or more axes, got 0 (shape [])",
  },
  {
    code: "GC2052",
    source: "diagonal(deep, 0, 1, «-2»)",
    sentence: "diagonal: 1 and -2 are the same axis of [2, 3, 4]",
  },
  {
    code: "GC2053",
    source: "diagonal(seq, «-32»)",
    sentence: "diagonal: there is no diagonal -32 in 32 rows of 64 entries",
  },
  {
    code: "GC2020",
    source: "cumsum(seq, «2»)",
    sentence: "cumsum: axis 2 is out of range for rank 2 (shape [32, 64])",
  },
  {
    code: "GC2020",
    source: "maxDim(seq, «-3»)",
    sentence: "maxDim: axis -3 is out of range for rank 2 (shape [32, 64])",
  },
  {
    code: "GC2020",
    source: "argmax(seq, «2»)",
    sentence: "argmax: axis 2 is out of range for rank 2 (shape [32, 64])",
  },
  {
    code: "GC2083",
    source: 'einsum("ii", «seq»)',
    sentence: 'einsum: index "i" has 32 entries in one place and 64 in another',
  },
  {
    code: "GC2054",
    source: 'gather(seq, 1, «indices("i", [33, 2], 64)»)',
    sentence: "gather: indices of shape [33, 2] do not fit [32, 64] on axis 1",
  },
  {
    code: "GC2054",
    source: "gather(seq, 0, «token»)",
    sentence: "gather: indices of shape [32] do not fit [32, 64] on axis 0",
  },
  {
    code: "GC2009",
    source: "gather(x, 0, «x»)",
    sentence: "gather: expects indices (i32), got numbers of shape [32]",
  },
  {
    code: "GC2055",
    source: 'indexSelect(seq, 1, «indices("i", [2, 2], 64)»)',
    sentence: "indexSelect: expects a list of indices, got shape [2, 2]",
  },
  {
    code: "GC2020",
    source: "indexSelect(seq, «2», token)",
    sentence: "indexSelect: axis 2 is out of range for rank 2 (shape [32, 64])",
  },
  {
    code: "GC2005",
    source: "lookup(«scalar», token)",
    sentence: "lookup: expects 1 or more axes, got 0 (shape [])",
  },
  {
    code: "GC2011",
    source: "embedding(token, 64, «0»)",
    sentence: "embedding: features 0 is not a positive integer",
  },
  {
    code: "GC2011",
    source: "oneHot(token, «-1»)",
    sentence: "oneHot: count -1 is not a positive integer",
  },
  {
    code: "GC2005",
    source: "loraLinear(«scalar», 4)",
    sentence: "loraLinear: expects 1 or more axes, got 0 (shape [])",
  },
  {
    code: "GC2011",
    source: "loraLinear(x, «0»)",
    sentence: "loraLinear: features 0 is not a positive integer",
  },
  {
    code: "GC2011",
    source: "dense(«0», 2)",
    sentence: "dense: inFeatures 0 is not a positive integer",
  },
  {
    code: "GC2036",
    source: "bilinear(seq, «deep», 4)",
    sentence: "bilinear: [32, 64] and [2, 3, 4] differ before their last axes",
  },
  {
    code: "GC2030",
    source: "cosineSimilarity(seq, «x»)",
    sentence:
      "cosineSimilarity: shapes [32, 64] and [32] do not broadcast: 64 and 32 meet on axis -1",
  },
  {
    code: "GC2020",
    source: "normalize(x, «1»)",
    sentence: "normalize: axis 1 is out of range for rank 1 (shape [32])",
  },
  {
    code: "GC2071",
    source: "multiMargin(seq, «token», { classAxis: 0 })",
    sentence:
      "multiMargin: class indices for [32, 64] with classAxis 0 must have shape [64], got [32]",
  },
];
