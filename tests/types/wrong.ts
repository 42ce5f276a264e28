/** Wrong programs, one call each: the sentence, its code, and (between the marks) the argument that is underlined. */
import type { MessageCode } from "../../dsl/shape/messages.js";
import { wrongSequences } from "./wrongSequences.js";
import { wrongArrangements } from "./wrongArrangements.js";
import { wrongDeclarations } from "./wrongDeclarations.js";
import { wrongWindows } from "./wrongWindows.js";

export interface WrongProgram {
  readonly code: MessageCode;
  /** The expression; « and » mark the argument the error stands at. */
  readonly source: string;
  readonly sentence: string;
}

/** Values that the programs use. */
export const declarations = [
  'const scalar = input("scalar", [])',
  'const x = input("x", [32])',
  'const w = param("w", [64])',
  'const seq = input("seq", [32, 64])',
  'const img = input("img", [1, 28, 28])',
  'const deep = input("deep", [2, 3, 4])',
  'const token = indices("token", [32], 64)',
  'const x2 = input("x2", [2, 5])',
].join("; ");

const long = "[100, 200, 300, 1, 1, 1]";
const wide = "[1024, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1";

export const wrongPrograms: readonly WrongProgram[] = [
  ...wrongSequences,
  ...wrongArrangements,
  ...wrongDeclarations,
  {
    code: "GC2033",
    source: 'matmul(x, «param("w", [64, 10])»)',
    sentence:
      "matmul: inner dimensions differ: left [32] has 32 columns, right [64, 10] has 64 rows",
  },
  {
    code: "GC2033",
    source: "matmul(seq, «x»)",
    sentence:
      "matmul: inner dimensions differ: left [32, 64] has 64 columns, right [32] has 32 rows",
  },
  {
    code: "GC2034",
    source: 'matmul(deep, «input("y", [5, 4, 6])»)',
    sentence:
      "matmul: batch axes of [2, 3, 4] and [5, 4, 6] do not broadcast: 2 and 5 meet on axis -3",
  },
  {
    code: "GC2005",
    source: "matmul(scalar, «x»)",
    sentence: "matmul: expects 1 or more axes, got 0 (shape [])",
  },
  {
    code: "GC2005",
    source: "matmul(x, «scalar»)",
    sentence: "matmul: expects 1 or more axes, got 0 (shape [])",
  },
  {
    code: "GC2035",
    source: "dense(64, 32)(«x»)",
    sentence: "linear: expects 64 input features, got 32 (input shape [32])",
  },
  {
    code: "GC2035",
    source: "dense(10, 5)(«seq»)",
    sentence:
      "linear: expects 10 input features, got 64 (input shape [32, 64])",
  },
  {
    code: "GC2005",
    source: "dense(64, 32)(«scalar»)",
    sentence: "linear: expects 1 or more axes, got 0 (shape [])",
  },
  {
    code: "GC2030",
    source: "add(seq, «x»)",
    sentence:
      "add: shapes [32, 64] and [32] do not broadcast: 64 and 32 meet on axis -1",
  },
  {
    code: "GC2030",
    source: `sub(input("a", ${long}), «input("b", [100, 200, 301, 1, 1, 1])»)`,
    sentence: `sub: shapes ${long} and [100, 200, 301, 1, 1, 1] do not broadcast: 300 and 301 meet on axis -4`,
  },
  {
    code: "GC2030",
    source: 'mul(input("a", [4, 3, 1]), «input("b", [4, 2, 5])»)',
    sentence:
      "mul: shapes [4, 3, 1] and [4, 2, 5] do not broadcast: 3 and 2 meet on axis -2",
  },
  {
    code: "GC2030",
    source: 'mul(sub(1, x), «input("b", [33])»)',
    sentence:
      "mul: shapes [32] and [33] do not broadcast: 32 and 33 meet on axis -1",
  },
  {
    code: "GC2030",
    source: 'where(seq, «input("a", [3])», 0)',
    sentence:
      "where: shapes [32, 64] and [3] do not broadcast: 64 and 3 meet on axis -1",
  },
  {
    code: "GC2031",
    source: 'where(seq, w, «input("b", [2, 1])»)',
    sentence:
      "where: shapes [32, 64], [64] and [2, 1] do not broadcast: 32 and 2 meet on axis -2",
  },
  {
    code: "GC2031",
    source: 'where(scalar, w, «input("b", [2])»)',
    sentence:
      "where: shapes [], [64] and [2] do not broadcast: 64 and 2 meet on axis -1",
  },
  {
    code: "GC2005",
    source: "transpose(«x»)",
    sentence: "transpose: expects 2 or more axes, got 1 (shape [32])",
  },
  {
    code: "GC2023",
    source: "permute(img, «[0, 2, 2]»)",
    sentence:
      "permute: [0, 2, 2] is not a permutation of the 3 axes of [1, 28, 28]",
  },
  {
    code: "GC2023",
    source: "permute(img, «[1, 0]»)",
    sentence:
      "permute: [1, 0] is not a permutation of the 3 axes of [1, 28, 28]",
  },
  {
    code: "GC2023",
    source: "permute(seq, «[1, 2]»)",
    sentence: "permute: [1, 2] is not a permutation of the 2 axes of [32, 64]",
  },
  {
    code: "GC2040",
    source: "reshape(img, «[28, 27]»)",
    sentence: "reshape: [1, 28, 28] has 784 elements, [28, 27] has 756",
  },
  {
    code: "GC2001",
    source: "reshape(x, «[-1, 4]»)",
    sentence: "shape [-1, 4]: dimension -1 is not a positive integer",
  },
  {
    code: "GC2001",
    source: "reshape(x, «[2.5, 4]»)",
    sentence: "shape [2.5, 4]: dimension 2.5 is not a positive integer",
  },
  {
    code: "GC2020",
    source: "flatten(img, «3»)",
    sentence: "flatten: axis 3 is out of range for rank 3 (shape [1, 28, 28])",
  },
  {
    code: "GC2024",
    source: "squeeze(img, «1»)",
    sentence: "squeeze: axis 1 of [1, 28, 28] has 28 entries, expected 1",
  },
  {
    code: "GC2020",
    source: "squeeze(img, «5»)",
    sentence: "squeeze: axis 5 is out of range for rank 3 (shape [1, 28, 28])",
  },
  {
    code: "GC2026",
    source: "unsqueeze(seq, «4»)",
    sentence: "unsqueeze: a new axis cannot stand at 4 in shape [32, 64]",
  },
  {
    code: "GC2032",
    source: "expand(seq, «[32, 32]»)",
    sentence: "expand: [32, 64] does not broadcast to [32, 32]",
  },
  {
    code: "GC2032",
    source: "expand(seq, «[64]»)",
    sentence: "expand: [32, 64] does not broadcast to [64]",
  },
  {
    code: "GC2001",
    source: "expand(seq, «[-1, 64]»)",
    sentence: "shape [-1, 64]: dimension -1 is not a positive integer",
  },
  {
    code: "GC2011",
    source: "tile(seq, «[2, 0]»)",
    sentence: "tile: repeat 0 is not a positive integer",
  },
  {
    code: "GC2011",
    source: "split(seq, «[36, -4]»)",
    sentence: "split: size -4 is not a positive integer",
  },
  {
    code: "GC2011",
    source: "slice(seq, 0, 0, 4, «0»)",
    sentence: "slice: step 0 is not a positive integer",
  },
  {
    code: "GC2048",
    source: "tile(seq, «[2]»)",
    sentence:
      "tile: expects one repeat for each of the 2 axes of [32, 64], got [2]",
  },
  {
    code: "GC2043",
    source: 'concat([seq, «input("y", [16, 63])»], 0)',
    sentence: "concat: shapes [32, 64] and [16, 63] differ outside axis 0",
  },
  {
    code: "GC2043",
    source: 'concat([seq, input("y", [16, 64]), «input("z", [8, 63])»], 0)',
    sentence: "concat: shapes [32, 64] and [8, 63] differ outside axis 0",
  },
  {
    code: "GC2043",
    source: `concat([input("p", ${wide}, 1024]), «input("q", ${wide}, 1025])»], 0)`,
    sentence: `concat: shapes ${wide}, 1024] and ${wide}, 1025] differ outside axis 0`,
  },
  {
    code: "GC2042",
    source: "concat([seq, «x»], 0)",
    sentence: "concat: ranks differ: [32, 64] and [32]",
  },
  {
    code: "GC2020",
    source: "concat([seq, seq], «2»)",
    sentence: "concat: axis 2 is out of range for rank 2 (shape [32, 64])",
  },
  {
    code: "GC2044",
    source: "stack([x, «w»])",
    sentence: "stack: shapes [32] and [64] differ",
  },
  {
    code: "GC2026",
    source: "stack([x, x], «3»)",
    sentence: "stack: a new axis cannot stand at 3 in shape [32]",
  },
  {
    code: "GC2045",
    source: "slice(seq, 0, 30, «40»)",
    sentence:
      "slice: [30, 40) is not a range of integers in 0..32 (axis 0 of [32, 64])",
  },
  {
    code: "GC2045",
    source: "slice(seq, -1, 5, «5»)",
    sentence:
      "slice: [5, 5) is not a range of integers in 0..64 (axis -1 of [32, 64])",
  },
  {
    code: "GC2045",
    source: "slice(seq, 0, -4, «4»)",
    sentence:
      "slice: [-4, 4) is not a range of integers in 0..32 (axis 0 of [32, 64])",
  },
  {
    code: "GC2045",
    source: "slice(seq, 0, 0.5, «4»)",
    sentence:
      "slice: [0.5, 4) is not a range of integers in 0..32 (axis 0 of [32, 64])",
  },
  {
    code: "GC2020",
    source: "slice(seq, «2», 0, 4)",
    sentence: "slice: axis 2 is out of range for rank 2 (shape [32, 64])",
  },
  {
    code: "GC2046",
    source: "select(seq, 0, «32»)",
    sentence: "select: index 32 is outside 0..31 (axis 0 of [32, 64])",
  },
  {
    code: "GC2046",
    source: "select(seq, 1, «-65»)",
    sentence: "select: index -65 is outside 0..63 (axis 1 of [32, 64])",
  },
  {
    code: "GC2020",
    source: "select(seq, «-3», 0)",
    sentence: "select: axis -3 is out of range for rank 2 (shape [32, 64])",
  },
  {
    code: "GC2047",
    source: "split(seq, «[10, 20]», 0)",
    sentence: "split: sizes [10, 20] add up to 30, axis 0 of [32, 64] has 32",
  },
  {
    code: "GC2020",
    source: "split(seq, [16, 16], «2»)",
    sentence: "split: axis 2 is out of range for rank 2 (shape [32, 64])",
  },
  {
    code: "GC2020",
    source: "sum(seq, «2»)",
    sentence: "sum: axis 2 is out of range for rank 2 (shape [32, 64])",
  },
  {
    code: "GC2020",
    source: "mean(seq, «-3», { keepdims: true })",
    sentence: "mean: axis -3 is out of range for rank 2 (shape [32, 64])",
  },
  {
    code: "GC2020",
    source: "sum(deep, «[0, 3]»)",
    sentence: "sum: axis 3 is out of range for rank 3 (shape [2, 3, 4])",
  },
  {
    code: "GC2021",
    source: "sum(deep, «[0, 1, -3]»)",
    sentence: "sum: axis -3 occurs twice in [0, 1, -3]",
  },
  {
    code: "GC2020",
    source: "softmax(x, «1»)",
    sentence: "softmax: axis 1 is out of range for rank 1 (shape [32])",
  },
  {
    code: "GC2020",
    source: "logsumexp(x, «-2»)",
    sentence: "logsumexp: axis -2 is out of range for rank 1 (shape [32])",
  },
  {
    code: "GC2025",
    source: "glu(deep, «1»)",
    sentence:
      "glu: axis 1 of [2, 3, 4] has 3 entries, which do not split into two halves",
  },
  {
    code: "GC2020",
    source: "glu(deep, «4»)",
    sentence: "glu: axis 4 is out of range for rank 3 (shape [2, 3, 4])",
  },
  {
    code: "GC2060",
    source: "layerNorm(deep, { «normalizedShape»: [4, 3] })",
    sentence:
      "layerNorm: the last axes of [2, 3, 4] are not the normalized shape [4, 3]",
  },
  {
    code: "GC2009",
    source: "embedding(«x», 100, 16)",
    sentence: "embedding: expects indices (i32), got numbers of shape [32]",
  },
  {
    code: "GC2009",
    source: "oneHot(«seq», 10)",
    sentence: "oneHot: expects indices (i32), got numbers of shape [32, 64]",
  },
  {
    code: "GC2070",
    source: 'mse(linear(x, 10), «input("t", [10, 1])»)',
    sentence: "mse: target must have shape [10], got [10, 1]",
  },
  {
    code: "GC2074",
    source:
      'bce(sigmoid(x), x, { «weights»: constant([3, 1], [1, 2, 3]), reduction: "none" })',
    sentence: "bce: weights must broadcast to the entries [32], got [3, 1]",
  },
  {
    code: "GC2074",
    source: "bceWithLogits(x, x, { «weights»: w })",
    sentence:
      "bceWithLogits: weights must broadcast to the entries [32], got [64]",
  },
  {
    code: "GC2074",
    source: "bceWithLogits(x, x, { «posWeight»: seq })",
    sentence:
      "bceWithLogits: posWeight must broadcast to the entries [32], got [32, 64]",
  },
  {
    code: "GC2070",
    source: "mse(seq, «w»)",
    sentence: "mse: target must have shape [32, 64], got [64]",
  },
  {
    code: "GC2070",
    source: 'crossEntropy(linear(x, 10), «input("t", [12])»)',
    sentence: "crossEntropy: target must have shape [10], got [12]",
  },
  {
    code: "GC2071",
    source: "crossEntropy(img, «token», { classAxis: -1 })",
    sentence:
      "crossEntropy: class indices for [1, 28, 28] with classAxis 2 must have shape [1, 28], got [32]",
  },
  {
    code: "GC2071",
    source: "crossEntropy(seq, «token», { classAxis: 0 })",
    sentence:
      "crossEntropy: class indices for [32, 64] with classAxis 0 must have shape [64], got [32]",
  },
  {
    code: "GC2022",
    source: "crossEntropy(seq, token, { «classAxis»: 2 })",
    sentence:
      "crossEntropy: classAxis 2 is out of range for rank 2 (shape [32, 64])",
  },
  {
    code: "GC2003",
    source: "gradient(«seq», [x])",
    sentence: "gradient: expects a scalar of shape [], got [32, 64]",
  },
  {
    code: "GC2004",
    source:
      "model({ inputs: { x }, outputs: {}, «loss»: linear(x, 10), optimizer: sgd(0.1) })",
    sentence:
      "model: the loss has shape [10], expected a scalar: reduce it with mean or sum",
  },
  {
    code: "GC2010",
    source:
      'model({ inputs: { x }, outputs: {}, «loss»: indices("n", [], 3), optimizer: sgd(0.1) })',
    sentence: "model: expects numbers (f64), got indices of shape []",
  },
  {
    code: "GC2013",
    source:
      "model({ inputs: { x }, outputs: {}, «loss»: mse, optimizer: sgd(0.1) })",
    sentence:
      "model: the loss is not a tensor, expected a scalar such as mse(output, y)",
  },
  {
    code: "GC2014",
    source:
      "model({ inputs: { x }, outputs: {}, loss: scalar, «optimizer»: sgd })",
    sentence:
      "model: the optimizer is not a rule, expected one such as sgd(0.1)",
  },
  {
    code: "GC2025",
    source: 'glu(«input("y", [2, 3])»)',
    sentence:
      "glu: axis -1 of [2, 3] has 3 entries, which do not split into two halves",
  },
  {
    code: "GC2083",
    source: 'einsum("ij,jk->ik", seq, «param("k", [32, 10])»)',
    sentence: 'einsum: index "j" has 64 entries in one place and 32 in another',
  },
  {
    code: "GC2084",
    source: 'einsum(«"ij,jk->iz"», seq, param("k", [64, 10]))',
    sentence: 'einsum: output index "z" does not appear in any operand',
  },
  {
    code: "GC2082",
    source: 'einsum("ijk,kl->il", «seq», param("k", [64, 10]))',
    sentence: 'einsum: operand 0 is "ijk" (rank 3), got shape [32, 64]',
  },
  {
    code: "GC2081",
    source: 'einsum(«"ij,jk->ik"», seq)',
    sentence: 'einsum: "ij,jk->ik" names 2 operands, got 1',
  },
  {
    code: "GC2085",
    source: 'einsum(«"ij->ii"», seq)',
    sentence: 'einsum: output index "i" occurs twice',
  },
  {
    code: "GC2080",
    source: 'einsum(«"ij=>j"», seq)',
    sentence: 'einsum: expects an equation such as "ij,jk->ik", got "ij=>j"',
  },
  {
    code: "GC2035",
    source: "dense(10, 5)(«flatten(img)»)",
    sentence: "linear: expects 10 input features, got 784 (input shape [784])",
  },
  ...wrongWindows,
];

/** The program without its marks, and the column of the first one. */
export function unmarked(source: string): {
  readonly text: string;
  readonly offset: number;
} {
  return { text: source.replace(/[«»]/g, ""), offset: source.indexOf("«") };
}
