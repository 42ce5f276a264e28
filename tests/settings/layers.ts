import * as g from "../../dsl/index.js";
import { any, image, k, x, type Refused } from "./given.js";

/** Declarations, initializers, layers and operations. */
export const ofLayers: readonly Refused[] = [
  // Entries of arrays: text would be code in the module.
  [
    'constant: values[1] is "(alert(1),2)" (a string), expected a number',
    () => any(g.constant)([2], [1, "(alert(1),2)"]),
  ],
  [
    "constant: values[1] is undefined, expected a number",
    () => any(g.constant)([2], [1, undefined]),
  ],
  [
    'constant: values is "12" (a string), expected an array of numbers',
    () => any(g.constant)([2], "12"),
  ],
  [
    'constant: value is "2" (a string), expected a number',
    () => any(g.constant)("2"),
  ],
  [
    'constantIndices: values[1] is "1" (a string), expected an integer >= 0',
    () => any(g.constantIndices)([2], [0, "1"]),
  ],
  [
    'param "q": init[0] is "a" (a string), expected a finite number',
    () => any(g.param)("q", [2], { init: ["a", "b"] }),
  ],
  [
    'param "q": init is 0.5, expected an array of numbers',
    () => any(g.param)("q", [2], { init: 0.5 }),
  ],
  [
    'param "q": init[1] is NaN, expected a finite number',
    () => g.param("q", [2], { init: [1, NaN] }),
  ],

  // Declarations and initializers.
  [
    'indices "k": classes is 0, expected a positive integer',
    () => g.indices("k", [], 0),
  ],
  [
    'indices "k": classes is 1.5, expected a positive integer',
    () => g.indices("k", [], 1.5),
  ],
  ["fill: value is Infinity, expected a finite number", () => g.fill(Infinity)],
  [
    "uniformBetween: low is 2 and high is 1, expected low <= high",
    () => g.uniformBetween(2, 1),
  ],
  [
    "uniformBetween: low is NaN, expected a finite number",
    () => g.uniformBetween(NaN, 1),
  ],
  [
    "uniformBetween: high is Infinity, expected a finite number",
    () => g.uniformBetween(0, Infinity),
  ],
  [
    "normal: mean is an object, expected a finite number",
    () => any(g.normal)({ std: -1 }),
  ],
  ["normal: deviation is -1, expected a number >= 0", () => g.normal(0, -1)],
  [
    "xavierUniform: gain is -1, expected a number >= 0",
    () => g.xavierUniform(-1),
  ],
  [
    "xavierNormal: gain is NaN, expected a number >= 0",
    () => g.xavierNormal(NaN),
  ],
  [
    'calculateGain: of is "gelu", expected "linear", "conv", "sigmoid", "tanh", "relu", "leakyRelu" or "selu"',
    () => any(g.calculateGain)("gelu"),
  ],
  [
    "calculateGain: slope is NaN, expected a finite number",
    () => g.calculateGain("leakyRelu", NaN),
  ],
  [
    "kaimingUniform: a is NaN, expected a finite number",
    () => g.kaimingUniform({ a: NaN }),
  ],
  [
    'kaimingNormal: mode is "foo", expected "fanIn" or "fanOut"',
    () => any(g.kaimingNormal)({ mode: "foo" }),
  ],
  [
    'kaimingUniform: nonlinearity is "gelu", expected "linear", "conv", "sigmoid", "tanh", "relu", "leakyRelu" or "selu"',
    () => any(g.kaimingUniform)({ nonlinearity: "gelu" }),
  ],
  [
    'linear: out "2" (a string) is not a positive integer',
    () => any(g.linear)(x, "2"),
  ],
  [
    "dense: outFeatures 2.5 is not a positive integer",
    () => any(g.dense)(2, 2.5),
  ],
  // Layers that are made of sizes and then applied, given the tensor at once.
  [
    "multiHeadAttention: features is a tensor, expected a positive integer",
    () => any(g.multiHeadAttention)(x, 2),
  ],
  [
    "dense: inFeatures is a tensor, expected a positive integer",
    () => any(g.dense)(x, 2),
  ],
  [
    "gru: input size is a tensor, expected a positive integer",
    () => any(g.gru)(x, 2),
  ],
  [
    "lstmCell: input size is a tensor, expected a positive integer",
    () => any(g.lstmCell)(x, 2),
  ],
  [
    "embedding: count is a tensor, expected a positive integer",
    () => any(g.embeddingTable)(x, 2),
  ],
  ["mse: expects a tensor, got a function", () => any(g.mse)(g.dense(4, 4), x)],
  [
    "loraLinear: rank is 0, expected a positive integer",
    () => g.loraLinear(x, 2, { rank: 0 }),
  ],
  [
    "loraLinear: alpha is NaN, expected a finite number",
    () => g.loraLinear(x, 2, { alpha: NaN }),
  ],
  [
    'symbols: "a b c" names 3 entries, pair has 2',
    () => g.indices("pair", [2], 3, { symbols: "a b c" }),
  ],

  // Activations.
  [
    "softplus: beta is 0, expected a finite number other than 0",
    () => g.softplus(x, { beta: 0 }),
  ],
  [
    "softplus: threshold is NaN, expected a number, or Infinity or -Infinity",
    () => g.softplus(x, { threshold: NaN }),
  ],
  [
    'gelu: approximate is "foo", expected "none" or "tanh"',
    () => any(g.gelu)(x, { approximate: "foo" }),
  ],
  [
    "elu: alpha is NaN, expected a finite number",
    () => g.elu(x, { alpha: NaN }),
  ],
  [
    "celu: alpha is 0, expected a finite number other than 0",
    () => g.celu(x, { alpha: 0 }),
  ],
  [
    "leakyRelu: negativeSlope is NaN, expected a finite number",
    () => g.leakyRelu(x, { negativeSlope: NaN }),
  ],
  [
    "hardtanh: min is 1 and max is -1, expected min < max",
    () => g.hardtanh(x, { min: 1, max: -1 }),
  ],
  [
    "hardtanh: min is 1 and max is 1, expected min < max",
    () => g.hardtanh(x, { min: 1 }),
  ],
  [
    "hardtanh: max is NaN, expected a number, or Infinity or -Infinity",
    () => g.hardtanh(x, { max: NaN }),
  ],
  [
    "clamp: min is NaN, expected a number, or Infinity or -Infinity",
    () => g.clamp(x, { min: NaN }),
  ],
  [
    'clamp: max is "1" (a string), expected a number, or Infinity or -Infinity',
    () => any(g.clamp)(x, { max: "1" }),
  ],
  [
    "softshrink: lambda is -1, expected a number >= 0",
    () => g.softshrink(x, { lambda: -1 }),
  ],
  [
    "hardshrink: lambda is NaN, expected a finite number",
    () => g.hardshrink(x, { lambda: NaN }),
  ],
  [
    "threshold: limit is NaN, expected a number, or Infinity or -Infinity",
    () => g.threshold(x, NaN, 0),
  ],
  [
    "threshold: otherwise is NaN, expected a number, or Infinity or -Infinity",
    () => g.threshold(x, 0, NaN),
  ],
  [
    "prelu: channelAxis 3 is out of range for rank 2 (shape [4, 4])",
    () => g.prelu(x, g.param("slopes", [4]), { channelAxis: 3 }),
  ],

  // Layers.
  [
    "layerNorm: eps is -1, expected a number >= 0",
    () => g.layerNorm(x, { eps: -1 }),
  ],
  [
    "rmsNorm: eps is NaN, expected a number >= 0",
    () => g.rmsNorm(x, { eps: NaN }),
  ],
  [
    "groupNorm: eps is -1, expected a number >= 0",
    () => g.groupNorm(x, 1, { eps: -1 }),
  ],
  [
    "groupNorm: groups 0 is not a positive integer",
    () => any(g.groupNorm)(x, 0),
  ],
  [
    "instanceNorm: eps is -1, expected a number >= 0",
    () => g.instanceNorm(x, { eps: -1 }),
  ],
  [
    "batchNorm: eps is -1, expected a number >= 0",
    () => g.batchNorm(x, { eps: -1 }),
  ],
  [
    "batchNorm: momentum is 7, expected a number in [0, 1]",
    () => g.batchNorm(x, { momentum: 7 }),
  ],
  [
    'dropout: p "0.5" (a string) is not a number in [0, 1]',
    () => any(g.dropout)(x, "0.5"),
  ],
  [
    "embedding: count 0 is not a positive integer",
    () => any(g.embedding)(k, 0, 2),
  ],
  [
    "embedding: paddingIndex is 3, expected one of 3 rows",
    () => g.embedding(k, 3, 2, { paddingIndex: 3 }),
  ],
  [
    "lookup: paddingIndex is 0.5, expected one of 3 rows",
    () => g.lookup(g.param("table", [3, 2]), k, { paddingIndex: 0.5 }),
  ],
  [
    'conv2d: stride "2" (a string) is neither one number nor a list of 2, one for each axis',
    () => any(g.conv2d)(image, 2, 3, { stride: "2" }),
  ],
  [
    "conv2d: padding 0.5 is not an integer >= 0",
    () => any(g.conv2d)(image, 2, 3, { padding: 0.5 }),
  ],
  [
    'conv2d: padding "wide" is neither "same" nor "valid"',
    () => any(g.conv2d)(image, 2, 3, { padding: "wide" }),
  ],
  [
    "conv2d: dilation 0 is not a positive integer",
    () => any(g.conv2d)(image, 2, 3, { dilation: 0 }),
  ],
  [
    "conv2d: groups 0 is not a positive integer",
    () => any(g.conv2d)(image, 2, 3, { groups: 0 }),
  ],
  [
    "convTranspose2d: outputPadding -1 is not an integer >= 0",
    () => any(g.convTranspose2d)(image, 2, 3, { outputPadding: -1 }),
  ],
  [
    "maxPool2d: stride 0 is not a positive integer",
    () => any(g.maxPool2d)(image, 2, { stride: 0 }),
  ],
  [
    "maxPool2d: dilation 0 is not a positive integer",
    () => any(g.maxPool2d)(image, 2, { dilation: 0 }),
  ],
  [
    "avgPool2d: padding -1 is not an integer >= 0",
    () => any(g.avgPool2d)(image, 2, { padding: -1 }),
  ],
  [
    "adaptiveAvgPool2d: outputSize 0 is not a positive integer",
    () => any(g.adaptiveAvgPool2d)(image, 0),
  ],
  [
    "upsample2d: scale -1 is not a number > 0",
    () => any(g.upsample2d)(image, -1),
  ],
  [
    'upsample2d: mode is "cubic", expected "nearest" or "bilinear"',
    () => any(g.upsample2d)(image, 2, { mode: "cubic" }),
  ],
  [
    "scaledDotProductAttention: scale is NaN, expected a finite number",
    () => g.scaledDotProductAttention(x, x, x, { scale: NaN }),
  ],
  [
    "scaledDotProductAttention: dropout is 2, expected a number in [0, 1]",
    () => g.scaledDotProductAttention(x, x, x, { dropout: 2 }),
  ],
  [
    "multiHeadAttention: dropout is -1, expected a number in [0, 1]",
    () => g.multiHeadAttention(4, 2, { dropout: -1 }),
  ],
  [
    "transformerEncoderLayer: feedForward 0 is not a positive integer",
    () => g.transformerEncoderLayer(4, 2, { feedForward: 0 }),
  ],
  [
    'transformerEncoderLayer: activation is "silu", expected "relu" or "gelu"',
    () => any(g.transformerEncoderLayer)(4, 2, { activation: "silu" }),
  ],
  [
    "transformerEncoderLayer: dropout is 2, expected a number in [0, 1]",
    () => g.transformerEncoderLayer(4, 2, { dropout: 2 }),
  ],
  [
    "transformerEncoderLayer: eps is -1, expected a number >= 0",
    () => g.transformerEncoderLayer(4, 2, { eps: -1 }),
  ],
  [
    "rotaryEmbedding: base is 0, expected a number > 0",
    () => g.rotaryEmbedding(x, { base: 0 }),
  ],
  [
    "rotaryEmbedding: start is NaN, expected a finite number",
    () => g.rotaryEmbedding(x, { start: NaN }),
  ],
  [
    "gru: numLayers is 0, expected a positive integer",
    () => g.gru(4, 4, { numLayers: 0 }),
  ],
  [
    "lstm: dropout is 2, expected a number in [0, 1]",
    () => g.lstm(4, 4, { dropout: 2 }),
  ],
  [
    'lstm: form is "loop", expected "unroll" or "scan"',
    () => any(g.lstm)(4, 4, { form: "loop" }),
  ],
  [
    'rnn: nonlinearity is "gelu", expected "tanh" or "relu"',
    () => any(g.rnn)(4, 4, { nonlinearity: "gelu" }),
  ],
  [
    'rnnCell: nonlinearity is "gelu", expected "tanh" or "relu"',
    () => any(g.rnnCell)(4, 4, { nonlinearity: "gelu" }),
  ],

  // Operations.
  [
    "pow: exponent is NaN, expected a number, or Infinity or -Infinity",
    () => g.pow(x, NaN),
  ],
  [
    "norm: p is 0.5, expected a number >= 1, or Infinity",
    () => g.norm(x, 0, { p: 0.5 }),
  ],
  [
    'norm: p is "2" (a string), expected a number >= 1, or Infinity',
    () => any(g.norm)(x, 0, { p: "2" }),
  ],
  [
    "normalize: p is NaN, expected a number >= 1, or Infinity",
    () => g.normalize(x, -1, { p: NaN }),
  ],
  [
    "normalize: eps is -1, expected a number >= 0",
    () => g.normalize(x, -1, { eps: -1 }),
  ],
  [
    "cosineSimilarity: eps is NaN, expected a number >= 0",
    () => g.cosineSimilarity(x, x, -1, { eps: NaN }),
  ],
  [
    "variance: correction is NaN, expected a finite number",
    () => g.variance(x, 0, { correction: NaN }),
  ],
  [
    "std: correction is Infinity, expected a finite number",
    () => g.std(x, 0, { correction: Infinity }),
  ],
  [
    'maskedFill: fill is "0" (a string), expected a number',
    () => any(g.maskedFill)(x, x, "0"),
  ],
  [
    'pad: value is "0" (a string), expected a number',
    () => any(g.pad)(x, [1, 1], { value: "0" }),
  ],
  [
    'pad: mode is "mirror", expected "constant", "reflect", "replicate" or "circular"',
    () => any(g.pad)(x, [1, 1], { mode: "mirror" }),
  ],
  ["roll: shift is 0.5, expected an integer", () => g.roll(x, 0.5, 0)],
  ["tril: diagonal is 0.5, expected an integer", () => g.tril(x, 0.5)],
  [
    'sum: axis "0" (a string) is out of range for rank 2 (shape [4, 4])',
    () => any(g.sum)(x, "0"),
  ],
  ["oneHot: count 0 is not a positive integer", () => any(g.oneHot)(k, 0)],
];
