import * as gradc from "../../dsl/index.js";
import type { IndexTensor, Tensor } from "../../dsl/index.js";
import { CrossesExamples, isBatched, type BatchAxis } from "./batchAxis.js";
import { Options, Unsupported, type LossTerm } from "./caseFile.js";

type Reduction = "mean" | "sum" | "none";

/** What a loss of the case format asks for. */
export interface LossCall {
  readonly kind: string;
  readonly attrs: Options;
  readonly axes: BatchAxis;
  readonly count: number;
  readonly x: (i: number) => Tensor;
  readonly index: (i: number, classes: number) => IndexTensor;
  /** True where some label of operand `i` is `index`. */
  readonly has: (i: number, index: number) => boolean;
}

interface Reduced extends LossCall {
  readonly options: { readonly reduction: Reduction };
  readonly batchmean: { readonly reduction: Reduction | "batchmean" };
}

type Loss = (call: Reduced) => Tensor;

/** A loss of a prediction and its target. */
const pair =
  (f: (y: Tensor, t: Tensor, call: Reduced) => Tensor): Loss =>
  (call) =>
    f(call.x(0), call.x(1), call);

const classAxis = ({ axes, x }: LossCall): number =>
  axes.axis(x(0), axes.rankOf(x(0)) < 2 ? 0 : 1);

/** Options of cross-entropy and nll. */
function classOptions(call: Reduced): {
  readonly reduction: Reduction;
  readonly ignoreIndex?: number;
  readonly weights?: Tensor;
} {
  const { attrs, count, x, axes } = call;
  if (count > 2) axes.unbatched(x(2));
  // PyTorch's default is no index; it ignores nothing where no label is -100.
  const ignored = attrs.number("ignore_index", -100);
  const ignores = attrs.has("ignore_index") || call.has(1, ignored);
  return {
    ...call.options,
    ...(ignores && { ignoreIndex: ignored }),
    ...(count > 2 && { weights: x(2) }),
  };
}

const labelsOf = (call: Reduced): IndexTensor =>
  call.index(1, call.x(0).shape[classAxis(call)] as number);

const losses: Readonly<Record<string, Loss>> = {
  sum: ({ x }) => gradc.sum(x(0)),
  mean: ({ x }) => gradc.mean(x(0)),
  identity: ({ x }) => x(0),
  dot: ({ x }) => gradc.sum(gradc.mul(x(0), x(1))),
  mse: pair((y, t, { options }) => gradc.mse(y, t, options)),
  l1: pair((y, t, { options }) => gradc.l1(y, t, options)),
  half_sse: pair((y, t) => gradc.halfSse(y, t)),
  smooth_l1: pair((y, t, { options, attrs }) =>
    gradc.smoothL1(y, t, { ...options, beta: attrs.number("beta", 1) }),
  ),
  huber: pair((y, t, { options, attrs }) =>
    gradc.huber(y, t, { ...options, delta: attrs.number("delta", 1) }),
  ),
  log_cosh: pair((y, t, { options }) => gradc.logCosh(y, t, options)),
  cross_entropy: (call) => {
    const labelSmoothing = call.attrs.number("label_smoothing", 0);
    const options = { ...classOptions(call), labelSmoothing };
    return call.attrs.text("target", "indices") === "probabilities"
      ? gradc.crossEntropy(call.x(0), call.x(1), options)
      : gradc.crossEntropy(call.x(0), labelsOf(call), options);
  },
  nll: (call) => gradc.nll(call.x(0), labelsOf(call), classOptions(call)),
  multi_margin: (call) => {
    const { options, attrs, count, x, axes } = call;
    if (count > 2) axes.unbatched(x(2));
    return gradc.multiMargin(x(0), labelsOf(call), {
      ...options,
      margin: attrs.number("margin", 1),
      p: attrs.number("p", 1) === 2 ? 2 : 1,
      ...(count > 2 && { weights: x(2) }),
    });
  },
  bce: pair((y, t, { options, count, x }) =>
    gradc.bce(y, t, { ...options, ...(count > 2 && { weights: x(2) }) }),
  ),
  bce_with_logits: pair((y, t, { options, count, x, axes }) => {
    if (count > 2) axes.aligned(y, x(2));
    return gradc.bceWithLogits(y, t, {
      ...options,
      ...(count > 2 && { posWeight: x(2) }),
    });
  }),
  kl_div: pair((y, t, { batchmean, attrs }) =>
    gradc.klDiv(y, t, { ...batchmean, logTarget: attrs.flag("log_target") }),
  ),
  hinge: pair((y, t, { options }) => gradc.hinge(y, t, options)),
  squared_hinge: pair((y, t, { options }) => gradc.squaredHinge(y, t, options)),
  hinge_embedding: pair((y, t, { options, attrs }) =>
    gradc.hingeEmbedding(y, t, {
      ...options,
      margin: attrs.number("margin", 1),
    }),
  ),
  soft_margin: pair((y, t, { options }) => gradc.softMargin(y, t, options)),
  margin_ranking: ({ x, options, attrs }) =>
    gradc.marginRanking(x(0), x(1), x(2), {
      ...options,
      margin: attrs.number("margin", 0),
    }),
  triplet_margin: ({ x, options, attrs }) =>
    gradc.tripletMargin(x(0), x(1), x(2), {
      ...options,
      margin: attrs.number("margin", 1),
      p: attrs.number("p", 2),
      swap: attrs.flag("swap"),
    }),
  cosine_embedding: ({ x, options, attrs }) =>
    gradc.cosineEmbedding(x(0), x(1), x(2), {
      ...options,
      margin: attrs.number("margin", 0),
    }),
  poisson_nll: pair((y, t, { options, attrs }) =>
    gradc.poissonNll(y, t, {
      ...options,
      logInput: !attrs.has("log_input") || attrs.flag("log_input"),
      full: attrs.flag("full"),
      eps: attrs.number("eps", 1e-8),
    }),
  ),
  gaussian_nll: ({ x, options, attrs }) =>
    gradc.gaussianNll(x(0), x(1), x(2), {
      ...options,
      full: attrs.flag("full"),
      eps: attrs.number("eps", 1e-6),
    }),
  kl_standard_normal: ({ x, batchmean }) =>
    gradc.klStandardNormal(x(0), x(1), {
      reduction: batchmean.reduction === "batchmean" ? "batchmean" : "sum",
    }),
};

/** Losses whose operands need not be alike. */
const withParameters = new Set([
  "cross_entropy",
  "nll",
  "multi_margin",
  "bce",
  "bce_with_logits",
]);

/** One loss; where its operands have examples, so has the result: one number for each, reduced as `reduction` says. */
export function lossOf(call: LossCall, reduction: string): Tensor {
  const f = losses[call.kind];
  if (f === undefined) throw new Unsupported(`loss ${call.kind}`);
  const needed = withParameters.has(call.kind) ? 1 : call.count;
  if (call.axes.n !== undefined)
    call.axes.together(...Array.from({ length: needed }, (_, i) => call.x(i)));
  const plain = (
    ["mean", "sum", "none"].includes(reduction) ? reduction : "sum"
  ) as Reduction;
  return f({
    ...call,
    options: { reduction: plain },
    batchmean: { reduction: reduction === "batchmean" ? reduction : plain },
  });
}

/** True where the loss of a batch is the mean of the losses of its examples; otherwise it is their sum. */
const isMean = (term: LossTerm): boolean =>
  term.kind === "mean" ||
  ((term.reduction === "mean" || term.reduction === "batchmean") &&
    !["sum", "dot", "half_sse", "identity"].includes(term.kind));

/** Over the examples, where there are any. */
export function overExamples(term: LossTerm, x: Tensor): Tensor {
  if (!isBatched(x)) return x;
  if (term.reduction === "none" && x.shape.length > 0)
    throw new CrossesExamples("a loss that is not reduced");
  return isMean(term) ? gradc.batchMean(x) : gradc.batchSum(x);
}

/** The loss of a model: that of one example where the batch's is their mean, else that of the whole. */
export function modelLoss(
  loss: LossTerm,
  build: (term: LossTerm) => Tensor,
): Tensor {
  if (loss.kind !== "weighted_sum") {
    const y = build(loss);
    return isBatched(y) && isMean(loss) ? y : overExamples(loss, y);
  }
  const terms = (loss.terms ?? []).map((term) => {
    const y = overExamples(term, modelLossTerm(term, build));
    return term.weight === undefined || term.weight === 1
      ? y
      : gradc.mul(term.weight, y);
  });
  return terms.reduce((s, term) => gradc.add(s, term));
}

const modelLossTerm = (
  term: LossTerm,
  build: (term: LossTerm) => Tensor,
): Tensor =>
  term.kind === "weighted_sum" ? modelLoss(term, build) : build(term);
