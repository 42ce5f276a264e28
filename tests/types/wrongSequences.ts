/** Wrong programs of recurrent layers and attention; the values are those of wrong.ts. */
import type { WrongProgram } from "./wrong.js";

export const wrongSequences: readonly WrongProgram[] = [
  {
    code: "GC2090",
    source: "gruCell(8, 16)(«x»)",
    sentence: "gruCell: expects 8 input features, got 32 (input shape [32])",
  },
  {
    code: "GC2005",
    source: "rnnCell(8, 16)(«scalar»)",
    sentence: "rnnCell: expects 1 or more axes, got 0 (shape [])",
  },
  {
    code: "GC2091",
    source: "rnnCell(32, 16)(x, «w»)",
    sentence: "rnnCell: h must have shape [16], got [64]",
  },
  {
    code: "GC2091",
    source: "gruCell(64, 16)(seq, «x»)",
    sentence: "gruCell: h must have shape [32, 16], got [32]",
  },
  {
    code: "GC2091",
    source: "lstmCell(32, 64)(x, { h: w, «c»: x })",
    sentence: "lstmCell: c must have shape [64], got [32]",
  },
  {
    code: "GC2005",
    source: "scaledDotProductAttention(«x», seq, seq)",
    sentence:
      "scaledDotProductAttention: expects 2 or more axes, got 1 (shape [32])",
  },
  {
    code: "GC2093",
    source: 'scaledDotProductAttention(seq, «input("k", [5, 8])», seq)',
    sentence:
      "scaledDotProductAttention: q [32, 64] has 64 features, k [5, 8] has 8",
  },
  {
    code: "GC2094",
    source: 'scaledDotProductAttention(deep, «input("k", [3, 3, 4])», deep)',
    sentence:
      "scaledDotProductAttention: q [2, 3, 4] and k [3, 3, 4] differ before their last two axes",
  },
  {
    code: "GC2095",
    source: 'scaledDotProductAttention(seq, seq, «input("v", [31, 64])»)',
    sentence:
      "scaledDotProductAttention: k [32, 64] and v [31, 64] differ before their last axis",
  },
  {
    code: "GC2096",
    source: "scaledDotProductAttention(deep, deep, deep, { «mask»: seq })",
    sentence:
      "scaledDotProductAttention: mask [32, 64] does not broadcast to the scores [2, 3, 3]",
  },
  {
    code: "GC2011",
    source: "causalMask(«0»)",
    sentence: "causalMask: length 0 is not a positive integer",
  },
  {
    code: "GC2098",
    source: "gru(32, 16)(«x»)",
    sentence: "gru: expects a sequence of 2 or 3 axes, got 1 (shape [32])",
  },
  {
    code: "GC2090",
    source: "rnn(32, 16)(«seq»)",
    sentence: "rnn: expects 32 input features, got 64 (input shape [32, 64])",
  },
  {
    code: "GC2091",
    source: "gru(64, 16, { numLayers: 2 })(seq, «w»)",
    sentence: "gru: h0 must have shape [2, 16], got [64]",
  },
  {
    code: "GC2091",
    source: "lstm(4, 4, { bidirectional: true })(deep, { h: deep, «c»: seq })",
    sentence: "lstm: c must have shape [2, 3, 4], got [32, 64]",
  },
  {
    code: "GC2092",
    source:
      "unroll(seq, w, (h, v) => ({ «carry»: concat([h, v]), output: v }))",
    sentence: "unroll: carry starts with shape [64], a step returns [128]",
  },
  {
    code: "GC2092",
    source:
      "unroll(seq, { h: w, c: x }, ({ c }, v) => ({ «carry»: { h: c, c }, output: v }))",
    sentence: "unroll: carry.h starts with shape [64], a step returns [32]",
  },
  {
    code: "GC2097",
    source:
      "unroll(seq, { h: w, c: x }, ({ h }, v) => ({ «carry»: { h }, output: v }))",
    sentence: "unroll: a step returns no tensor for carry.c",
  },
  {
    code: "GC2005",
    source: "unroll(«scalar», w, (h, v) => ({ carry: h, output: v }))",
    sentence: "unroll: expects 1 or more axes, got 0 (shape [])",
  },
  {
    code: "GC2061",
    source: "multiHeadAttention(64, «5»)",
    sentence: "multiHeadAttention: 64 features do not split into 5 heads",
  },
  {
    code: "GC2011",
    source: "multiHeadAttention(64, «0»)",
    sentence: "multiHeadAttention: heads 0 is not a positive integer",
  },
  {
    code: "GC2090",
    source: "multiHeadAttention(32, 4)(«seq»)",
    sentence:
      "multiHeadAttention: expects 32 input features, got 64 (input shape [32, 64])",
  },
  {
    code: "GC2005",
    source: "multiHeadAttention(32, 4)(«x»)",
    sentence: "multiHeadAttention: expects 2 or more axes, got 1 (shape [32])",
  },
  {
    code: "GC2091",
    source:
      'multiHeadAttention(64, 4)(seq, { «key»: input("memory", [8, 32]) })',
    sentence: "multiHeadAttention: key must have shape [8, 64], got [8, 32]",
  },
  {
    code: "GC2091",
    source:
      'multiHeadAttention(64, 4)(seq, { key: seq, «value»: input("v", [8, 64]) })',
    sentence: "multiHeadAttention: value must have shape [32, 64], got [8, 64]",
  },
  {
    code: "GC2096",
    source:
      'multiHeadAttention(64, 4)(seq, { «mask»: input("m", [2, 32, 32]) })',
    sentence:
      "multiHeadAttention: mask [2, 32, 32] does not broadcast to the scores [4, 32, 32]",
  },
  {
    code: "GC2091",
    source: "multiHeadAttention(64, 4)(seq, { «keyPaddingMask»: w })",
    sentence:
      "multiHeadAttention: keyPaddingMask must have shape [32], got [64]",
  },
  {
    code: "GC2061",
    source: "transformerEncoderLayer(64, «6»)",
    sentence: "transformerEncoderLayer: 64 features do not split into 6 heads",
  },
  {
    code: "GC2090",
    source: "transformerEncoderLayer(4, 2, { feedForward: 8 })(«seq»)",
    sentence:
      "transformerEncoderLayer: expects 4 input features, got 64 (input shape [32, 64])",
  },
  {
    code: "GC2099",
    source: 'rotaryEmbedding(«input("q", [8, 5])»)',
    sentence:
      "rotaryEmbedding: 5 features of [8, 5] are no pairs, expected an even number",
  },
  {
    code: "GC2092",
    source: "scan(seq, w, (h, v) => ({ «carry»: concat([h, v]), output: v }))",
    sentence: "scan: carry starts with shape [64], a step returns [128]",
  },
  {
    code: "GC2005",
    source: "scan(«scalar», w, (h, v) => ({ carry: h, output: v }))",
    sentence: "scan: expects 1 or more axes, got 0 (shape [])",
  },
];
