/** Wrong programs of the functions whose windows move over the last axes; the values are those of wrong.ts. */
import type { WrongProgram } from "./wrong.js";

export const wrongWindows: readonly WrongProgram[] = [
  {
    code: "GC2005",
    source: "conv2d(«seq», 6, 5)",
    sentence: "conv2d: expects 3 or more axes, got 2 (shape [32, 64])",
  },
  {
    code: "GC2005",
    source: "maxPool1d(«x», 2)",
    sentence: "maxPool1d: expects 2 or more axes, got 1 (shape [32])",
  },
  {
    code: "GC2011",
    source: "conv2d(img, «0», 5)",
    sentence: "conv2d: outChannels 0 is not a positive integer",
  },
  {
    code: "GC2011",
    source: "conv2d(img, 6, «[5, 0]»)",
    sentence: "conv2d: kernel 0 is not a positive integer",
  },
  {
    code: "GC2100",
    source: "conv2d(img, 6, «[5, 5, 5]»)",
    sentence:
      "conv2d: kernel [5, 5, 5] is neither one number nor a list of 2, one for each axis",
  },
  {
    code: "GC2102",
    source: "conv2d(img, 6, «16», { dilation: 2, padding: 1 })",
    sentence:
      "conv2d: a kernel that spans [31, 31] does not fit the padded input [30, 30] (input shape [1, 28, 28])",
  },
  {
    code: "GC2102",
    source: "conv1d(seq, 6, «65»)",
    sentence:
      "conv1d: a kernel that spans [65] does not fit the padded input [64] (input shape [32, 64])",
  },
  {
    code: "GC2102",
    source: "maxPool2d(img, «[2, 29]»)",
    sentence:
      "maxPool2d: a kernel that spans [2, 29] does not fit the padded input [28, 28] (input shape [1, 28, 28])",
  },
  {
    code: "GC2011",
    source: "conv2d(img, 6, 5, { «stride»: 0 })",
    sentence: "conv2d: stride 0 is not a positive integer",
  },
  {
    code: "GC2101",
    source: "conv2d(img, 6, 5, { «padding»: [0, -1] })",
    sentence: "conv2d: padding -1 is not an integer >= 0",
  },
  {
    code: "GC2105",
    source: 'conv2d(img, 6, 5, { stride: 2, «padding»: "same" })',
    sentence: 'conv2d: padding "same" needs stride 1, got 2',
  },
  {
    code: "GC2011",
    source: "conv1d(seq, 6, 5, { «dilation»: 1.5 })",
    sentence: "conv1d: dilation 1.5 is not a positive integer",
  },
  {
    code: "GC2104",
    source: "conv1d(seq, 6, 5, { «groups»: 4 })",
    sentence:
      "conv1d: 4 groups do not divide 32 input channels and 6 output channels",
  },
  {
    code: "GC2104",
    source: "sharedConv2d(3, 6, 5, { «groups»: 2 })",
    sentence:
      "conv2d: 2 groups do not divide 3 input channels and 6 output channels",
  },
  {
    code: "GC2103",
    source: "sharedConv2d(3, 16, 5)(«img»)",
    sentence:
      "conv2d: expects 3 input channels, got 1 (input shape [1, 28, 28])",
  },
  {
    code: "GC2102",
    source: "sharedConv1d(3, 16, 5)(«deep»)",
    sentence:
      "conv1d: a kernel that spans [5] does not fit the padded input [4] (input shape [2, 3, 4])",
  },
  {
    code: "GC2107",
    source: "avgPool2d(img, 3, { «padding»: 2 })",
    sentence: "avgPool2d: padding 2 is more than half of a kernel that spans 3",
  },
  {
    code: "GC2022",
    source: "batchNorm(x, { «channelAxis»: 1 })",
    sentence:
      "batchNorm: channelAxis 1 is out of range for rank 1 (shape [32])",
  },
  {
    code: "GC2103",
    source: "sharedBatchNorm(3, { channelAxis: 0 })(«deep»)",
    sentence:
      "batchNorm: expects 3 input channels, got 2 (input shape [2, 3, 4])",
  },
  {
    code: "GC2011",
    source: "sharedBatchNorm(«0»)",
    sentence: "batchNorm: channels 0 is not a positive integer",
  },
  {
    code: "GC2112",
    source: "groupNorm(deep, «2», { channelAxis: 1 })",
    sentence: "groupNorm: 2 groups do not divide 3 channels (shape [2, 3, 4])",
  },
  {
    code: "GC2011",
    source: "groupNorm(deep, «0»)",
    sentence: "groupNorm: groups 0 is not a positive integer",
  },
  {
    code: "GC2111",
    source: "dropout(x, «1.5»)",
    sentence: "dropout: p 1.5 is not a number in [0, 1]",
  },
  {
    code: "GC2111",
    source: "dropout(x, «-0.1»)",
    sentence: "dropout: p -0.1 is not a number in [0, 1]",
  },
  {
    code: "GC2091",
    source: "dropout(x, 0.5, { «mask»: w })",
    sentence: "dropout: mask must have shape [32], got [64]",
  },
  {
    code: "GC2113",
    source: "instanceNorm(deep, { «channelAxis»: -1 })",
    sentence:
      "instanceNorm: channelAxis -1 is the last one of [2, 3, 4], no axis is left to normalize over",
  },
  {
    code: "GC2108",
    source: "convTranspose2d(img, 4, 3, { «outputPadding»: 1 })",
    sentence:
      "convTranspose2d: outputPadding 1 is smaller than neither stride 1 nor dilation 1",
  },
  {
    code: "GC2109",
    source: "convTranspose1d(x2, 4, 1, { «padding»: 3 })",
    sentence:
      "convTranspose1d: the padding takes away all of the output (input shape [2, 5])",
  },
  {
    code: "GC2103",
    source: "sharedConvTranspose2d(3, 4, 2)(«img»)",
    sentence:
      "convTranspose2d: expects 3 input channels, got 1 (input shape [1, 28, 28])",
  },
  {
    code: "GC2110",
    source: 'convolve2d(img, «param("k", [6, 1, 5])»)',
    sentence: "convolve2d: the weight has 4 axes, got 3 (shape [6, 1, 5])",
  },
  {
    code: "GC2103",
    source: 'convolve1d(seq, «param("k", [4, 16, 3])»)',
    sentence:
      "convolve1d: expects 16 input channels, got 32 (input shape [32, 64])",
  },
  {
    code: "GC2102",
    source: 'convolve1d(x2, «param("k", [4, 2, 6])»)',
    sentence:
      "convolve1d: a kernel that spans [6] does not fit the padded input [5] (input shape [2, 5])",
  },
  {
    code: "GC2091",
    source: 'convolve1d(x2, param("k", [4, 2, 5]), { «bias»: x })',
    sentence: "convolve1d: bias must have shape [4], got [32]",
  },
  {
    code: "GC2103",
    source: 'convolveTranspose1d(x2, «param("k", [4, 2, 5])»)',
    sentence:
      "convolveTranspose1d: expects 4 input channels, got 2 (input shape [2, 5])",
  },
  {
    code: "GC2011",
    source: "adaptiveAvgPool2d(img, «[2, 0]»)",
    sentence: "adaptiveAvgPool2d: outputSize 0 is not a positive integer",
  },
  {
    code: "GC2005",
    source: "globalAvgPool2d(«seq»)",
    sentence: "globalAvgPool2d: expects 3 or more axes, got 2 (shape [32, 64])",
  },
  {
    code: "GC2115",
    source: "upsample2d(img, «-2»)",
    sentence: "upsample2d: scale -2 is not a number > 0",
  },
  {
    code: "GC2011",
    source: "resize1d(seq, «2.5»)",
    sentence: "resize1d: size 2.5 is not a positive integer",
  },
  {
    code: "GC2114",
    source: "pixelShuffle(img, «2»)",
    sentence:
      "pixelShuffle: 1 channels do not split into squares of 2 by 2 (shape [1, 28, 28])",
  },
];
