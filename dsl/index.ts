/** The language: everything a model file imports. */
export { scope } from "./context.js";
export {
  constant,
  constantIndices,
  indices,
  input,
  param,
  type InputOptions,
  type ParamOptions,
} from "./declare.js";
export { CompileTimeError } from "./errors.js";
export { model, type Model } from "./model.js";
export { bilinear, type BilinearOptions } from "./layers/bilinear.js";
export {
  embedding,
  embeddingTable,
  type EmbeddingOptions,
  type EmbeddingTable,
} from "./layers/embedding.js";
export {
  dense,
  linear,
  type Dense,
  type LinearOptions,
} from "./layers/linear.js";
export { loraLinear, type LoraOptions } from "./layers/lora.js";
export {
  celu,
  elu,
  gelu,
  logSigmoid,
  mish,
  relu,
  selu,
  sigmoid,
  silu,
  softplus,
  softsign,
  tanh,
  tanhshrink,
  type Activation,
  type AlphaOptions,
  type GeluOptions,
  type SoftplusOptions,
} from "./layers/activations.js";
export {
  causalMask,
  scaledDotProductAttention,
  type AttentionOptions,
} from "./layers/attention.js";
export {
  gruCell,
  lstmCell,
  rnnCell,
  type Cell,
  type CellOptions,
  type CellParameters,
  type LstmCell,
  type LstmState,
  type RnnCellOptions,
} from "./layers/cell.js";
export {
  multiHeadAttention,
  type AttendOptions,
  type MultiHeadAttention,
  type MultiHeadAttentionOptions,
} from "./layers/multiHeadAttention.js";
export {
  gru,
  lstm,
  rnn,
  type Lstm,
  type Recurrent,
  type RnnOptions,
  type SequenceOptions,
} from "./layers/recurrent.js";
export { rotaryEmbedding, type RotaryOptions } from "./layers/rotary.js";
export {
  transformerEncoderLayer,
  type TransformerEncoderLayer,
  type TransformerEncoderLayerOptions,
} from "./layers/transformer.js";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  globalAvgPool1d,
  globalAvgPool2d,
} from "./layers/adaptivePooling.js";
export {
  pixelShuffle,
  resize1d,
  resize2d,
  upsample1d,
  upsample2d,
  type UpsampleOptions,
} from "./layers/upsample.js";
export {
  batchNorm,
  sharedBatchNorm,
  type BatchNormOptions,
  type SharedBatchNorm,
} from "./layers/batchNorm.js";
export type { ChannelNormOptions } from "./layers/channelNorm.js";
export {
  convTranspose1d,
  convTranspose2d,
  sharedConvTranspose1d,
  sharedConvTranspose2d,
  type ConvTransposeOptions,
  type SharedConvTranspose,
} from "./layers/convTranspose.js";
export {
  convolve1d,
  convolve2d,
  convolveTranspose1d,
  convolveTranspose2d,
  type ConvolveOptions,
  type ConvolveTransposeOptions,
} from "./layers/convWithWeight.js";
export {
  conv1d,
  conv2d,
  sharedConv1d,
  sharedConv2d,
  type ConvOptions,
  type SharedConv,
} from "./layers/convolution.js";
export { dropout, type DropoutOptions } from "./layers/dropout.js";
export {
  groupNorm,
  instanceNorm,
  type GroupNormOptions,
  type InstanceNormOptions,
} from "./layers/groupNorm.js";
export {
  layerNorm,
  rmsNorm,
  type LayerNormOptions,
  type NormalizationOptions,
} from "./layers/layerNorm.js";
export {
  clamp,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  prelu,
  relu6,
  softshrink,
  threshold,
  type ClampOptions,
  type HardtanhOptions,
  type LeakyReluOptions,
  type PreluOptions,
  type ShrinkOptions,
} from "./layers/piecewise.js";
export {
  avgPool1d,
  avgPool2d,
  maxPool1d,
  maxPool2d,
  type AvgPoolOptions,
  type MaxPoolOptions,
} from "./layers/pooling.js";
export {
  calculateGain,
  eye,
  fill,
  kaimingNormal,
  kaimingUniform,
  normal,
  ones,
  uniformBetween,
  xavierNormal,
  xavierUniform,
  zeros,
  type KaimingOptions,
  type Nonlinearity,
} from "./initializers.js";
export {
  bce,
  bceWithLogits,
  hinge,
  softMargin,
  squaredHinge,
} from "./losses/binary.js";
export {
  crossEntropy,
  nll,
  type CrossEntropyOptions,
} from "./losses/crossEntropy.js";
export {
  cosineEmbedding,
  hingeEmbedding,
  marginRanking,
  tripletMargin,
  type MarginOptions,
  type TripletMarginOptions,
} from "./losses/distance.js";
export { multiMargin, type MultiMarginOptions } from "./losses/multiMargin.js";
export type { NllOptions } from "./losses/labels.js";
export {
  gaussianNll,
  klDiv,
  klStandardNormal,
  poissonNll,
  type GaussianNllOptions,
  type KlDivOptions,
  type PoissonNllOptions,
} from "./losses/likelihood.js";
export type { LossOptions, LossTensor, Reduction } from "./losses/reduction.js";
export {
  halfSse,
  huber,
  l1,
  logCosh,
  mse,
  smoothL1,
  type HuberOptions,
  type SmoothL1Options,
} from "./losses/regression.js";
export {
  abs,
  add,
  div,
  floor,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  reciprocal,
  rsqrt,
  sign,
  sqrt,
  square,
  sub,
} from "./ops/arithmetic.js";
export { expand, flatten, reshape, squeeze, unsqueeze } from "./ops/arrange.js";
export {
  batchMax,
  batchMean,
  batchSum,
  type BatchReduction,
} from "./ops/batch.js";
export {
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  maskedFill,
  notEqual,
  where,
  type Comparison,
} from "./ops/compare.js";
export {
  atan,
  atan2,
  cos,
  cosh,
  erf,
  exp,
  expm1,
  log,
  log1p,
  log2,
  sin,
  sinh,
  tan,
} from "./ops/elementary.js";
export type { Binary, Unary } from "./ops/elementwise.js";
export { einsum } from "./ops/einsum.js";
export {
  argmax,
  argmin,
  maxDim,
  minDim,
  type DimReduction,
  type PlaceOptions,
  type PlaceReduction,
  type Places,
} from "./ops/extremes.js";
export { checkpoint, customGradient } from "./ops/customGradient.js";
export { gradient, stopGradient } from "./ops/gradient.js";
export { concat, select, slice, split, stack, type Parts } from "./ops/join.js";
export {
  gather,
  indexSelect,
  lookup,
  oneHot,
  type LookupOptions,
} from "./ops/lookup.js";
export { matmul, permute, transpose } from "./ops/matrix.js";
export {
  cosineSimilarity,
  normalize,
  type CosineSimilarityOptions,
  type NormalizeOptions,
} from "./ops/normalize.js";
export {
  diagonal,
  flip,
  pad,
  roll,
  tile,
  tril,
  triu,
  type PadOptions,
} from "./ops/rearrange.js";
export {
  randomNormal,
  randomUniform,
  type RandomOptions,
} from "./ops/random.js";
export {
  cumsum,
  logsumexp,
  max,
  mean,
  min,
  norm,
  prod,
  std,
  sum,
  variance,
  type AxisReduction,
  type NormOptions,
  type ReduceOptions,
  type VarianceOptions,
} from "./ops/reduce.js";
export {
  logSoftmax,
  softmax,
  softmin,
  type Normalisation,
} from "./ops/softmax.js";
export { scan } from "./ops/scan.js";
export { unroll, type Carry, type Looped, type Stepped } from "./ops/unroll.js";
export {
  adadelta,
  adagrad,
  type AdadeltaOptions,
  type AdagradOptions,
} from "./optimizers/adagrad.js";
export {
  adam,
  adamax,
  adamw,
  type AdamaxOptions,
  type AdamOptions,
} from "./optimizers/adam.js";
export {
  clipNorm,
  clipValue,
  type ClipNormOptions,
} from "./optimizers/clipping.js";
export { lion, type LionOptions } from "./optimizers/lion.js";
export { nadam, type NadamOptions } from "./optimizers/nadam.js";
export type {
  Clip,
  Group,
  Optimizer,
  OptimizerOptions,
  Schedule,
} from "./optimizers/optimizer.js";
export { radam, type RadamOptions } from "./optimizers/radam.js";
export { rmsprop, type RmspropOptions } from "./optimizers/rmsprop.js";
export type { Betas, RuleOptions } from "./optimizers/rule.js";
export {
  constantLr,
  cosineAnnealingLr,
  exponentialLr,
  linearLr,
  multiStepLr,
  oneCycleLr,
  polynomialLr,
  stepLr,
  warmupCosine,
  type OneCycleOptions,
} from "./optimizers/schedules.js";
export { sgd, type SgdOptions } from "./optimizers/sgd.js";
export type { NameOptions } from "./naming.js";
export { ShapeError } from "./shape/rules.js";
export type { Shape } from "./shape/rules.js";
export type { AnyTensor, IndexTensor, Tensor } from "./tensor.js";
