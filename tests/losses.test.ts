import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { indices, input } from "../dsl/declare.js";
import {
  bce,
  bceWithLogits,
  hinge,
  softMargin,
  squaredHinge,
} from "../dsl/losses/binary.js";
import { crossEntropy, nll } from "../dsl/losses/crossEntropy.js";
import {
  cosineEmbedding,
  hingeEmbedding,
  marginRanking,
  tripletMargin,
} from "../dsl/losses/distance.js";
import {
  gaussianNll,
  klDiv,
  klStandardNormal,
  poissonNll,
} from "../dsl/losses/likelihood.js";
import {
  halfSse,
  huber,
  l1,
  logCosh,
  mse,
  smoothL1,
} from "../dsl/losses/regression.js";
import type { IndexTensor, Tensor } from "../dsl/tensor.js";
import { lossAndGradients, worstError } from "./support/values.js";

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly dtype?: string;
}
interface Case {
  readonly name: string;
  readonly graph: readonly {
    readonly id: string;
    readonly inputs: readonly string[];
  }[];
  readonly inputs: Readonly<Record<string, Stored>>;
  readonly targets: Readonly<Record<string, Stored>>;
  readonly loss: {
    readonly kind: string;
    readonly reduction: "mean" | "sum" | "batchmean";
    readonly inputs: readonly string[];
    readonly attrs?: Readonly<Record<string, number | boolean | string>>;
  };
  readonly expect: {
    readonly loss: number;
    readonly inputGrads: Readonly<Record<string, Stored>>;
  };
  readonly tolerance: { readonly forward: number; readonly grad: number };
}

const folder = new URL("golden/loss/", import.meta.url);
const cases = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map(
    (file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Case,
  );

type Build = (
  x: readonly Tensor[],
  label: IndexTensor | undefined,
  a: Readonly<Record<string, number>>,
  reduction: "mean" | "sum",
  raw: Case["loss"],
) => Tensor<[]>;

const at = (x: readonly Tensor[], i: number): Tensor => x[i] as Tensor;
const pair = (x: readonly Tensor[]): [Tensor, Tensor] => [at(x, 0), at(x, 1)];
const given = (name: string, value: unknown): object =>
  value === undefined ? {} : { [name]: value };

const builders: Readonly<Record<string, Build>> = {
  mse: (x, _l, _a, reduction) => mse(...pair(x), { reduction }),
  l1: (x, _l, _a, reduction) => l1(...pair(x), { reduction }),
  half_sse: (x) => halfSse(...pair(x)),
  smooth_l1: (x, _l, a, reduction) =>
    smoothL1(...pair(x), { reduction, beta: a.beta ?? 1 }),
  huber: (x, _l, a, reduction) =>
    huber(...pair(x), { reduction, delta: a.delta ?? 1 }),
  log_cosh: (x, _l, _a, reduction) => logCosh(...pair(x), { reduction }),
  cross_entropy: (x, label, a, reduction, raw) => {
    const options = {
      reduction,
      labelSmoothing: a.label_smoothing ?? 0,
      ...given("ignoreIndex", a.ignore_index),
    };
    const probabilities = raw.attrs?.target === "probabilities";
    const weights = at(x, probabilities ? 2 : 1);
    const target = probabilities ? at(x, 1) : (label as IndexTensor);
    return crossEntropy(at(x, 0), target, {
      ...options,
      ...given("weights", weights),
    });
  },
  nll: (x, label, a, reduction) =>
    nll(at(x, 0), label as IndexTensor, {
      reduction,
      ...given("ignoreIndex", a.ignore_index),
      ...given("weights", x[1]),
    }),
  bce: (x, _l, _a, reduction) =>
    bce(...pair(x), { reduction, ...given("weights", x[2]) }),
  bce_with_logits: (x, _l, _a, reduction) =>
    bceWithLogits(...pair(x), { reduction, ...given("posWeight", x[2]) }),
  kl_div: (x, _l, _a, _r, raw) =>
    klDiv(...pair(x), {
      reduction: raw.reduction,
      logTarget: raw.attrs?.log_target === true,
    }),
  hinge: (x, _l, _a, reduction) => hinge(...pair(x), { reduction }),
  squared_hinge: (x, _l, _a, reduction) =>
    squaredHinge(...pair(x), { reduction }),
  hinge_embedding: (x, _l, a, reduction) =>
    hingeEmbedding(...pair(x), { reduction, margin: a.margin ?? 1 }),
  soft_margin: (x, _l, _a, reduction) => softMargin(...pair(x), { reduction }),
  margin_ranking: (x, _l, a, reduction) =>
    marginRanking(...pair(x), at(x, 2), { reduction, margin: a.margin ?? 0 }),
  triplet_margin: (x, _l, a, reduction, raw) =>
    tripletMargin(...pair(x), at(x, 2), {
      reduction,
      margin: a.margin ?? 1,
      p: a.p ?? 2,
      swap: raw.attrs?.swap === true,
    }),
  cosine_embedding: (x, _l, a, reduction) =>
    cosineEmbedding(...pair(x), at(x, 2), { reduction, margin: a.margin ?? 0 }),
  poisson_nll: (x, _l, a, reduction, raw) =>
    poissonNll(...pair(x), {
      reduction,
      logInput: raw.attrs?.log_input !== false,
      full: raw.attrs?.full === true,
      eps: a.eps ?? 1e-8,
    }),
  gaussian_nll: (x, _l, a, reduction, raw) =>
    gaussianNll(...pair(x), at(x, 2), {
      reduction,
      full: raw.attrs?.full === true,
      eps: a.eps ?? 1e-6,
    }),
  kl_standard_normal: (x, _l, _a, _r, raw) =>
    klStandardNormal(...pair(x), {
      reduction: raw.reduction === "batchmean" ? "batchmean" : "sum",
    }),
};

/** The loss of a case on fresh inputs; with `batched` the first axis of what has one is gradc's batch. */
function replay(
  c: Case,
  batched: boolean,
): { readonly loss: number; readonly worst: number } {
  const input_ = new Map(
    c.graph.map((node) => [node.id, node.inputs[0] as string]),
  );
  const stored = { ...c.inputs, ...c.targets };
  const examples = Object.values(c.inputs)[0]?.shape[0] as number;
  const leaves = c.loss.inputs.map((id) => {
    const name = input_.get(id) ?? id;
    const { shape, dtype } = stored[name] as Stored;
    const split = batched && shape[0] === examples && name !== "w";
    const own = split ? shape.slice(1) : shape;
    const options = { batched: split };
    return dtype === "int64"
      ? { name, label: indices(name, own, classesOf(c), options) }
      : { name, x: input(name, own, options) };
  });
  const xs = leaves.flatMap((l) => (l.x === undefined ? [] : [l.x as Tensor]));
  const label = leaves.find((l) => l.label !== undefined)?.label as
    IndexTensor | undefined;
  const attrs = (c.loss.attrs ?? {}) as Readonly<Record<string, number>>;
  const reduction = c.loss.reduction === "sum" ? "sum" : "mean";
  const loss = (builders[c.loss.kind] as Build)(
    xs,
    label,
    attrs,
    reduction,
    c.loss,
  );
  const contents = Object.fromEntries(
    Object.entries(stored).map(([name, t]) => [name, t.data]),
  );
  const wanted = Object.entries(c.expect.inputGrads);
  const by = wanted.map(
    ([name]) => leaves.find((l) => l.name === name)?.x as Tensor,
  );
  const found = lossAndGradients(loss, by, contents, batched ? examples : 1);
  const factor = batched && reduction === "sum" ? examples : 1;
  return {
    loss: found.loss * factor,
    worst: Math.max(
      ...wanted.map(([, want], i) =>
        worstError(
          (found.gradients[i] ?? []).map((g) => g * factor),
          want.data,
        ),
      ),
    ),
  };
}

const classesOf = (c: Case): number => {
  const y = Object.values(c.inputs)[0] as Stored;
  return y.shape[1] as number;
};

describe("losses match PyTorch", () => {
  for (const c of cases)
    for (const batched of [false, true])
      it(`${c.name}${batched ? ", batched" : ""}`, () => {
        const { loss, worst } = replay(c, batched);
        expect(worstError([loss], [c.expect.loss])).toBeLessThan(
          c.tolerance.forward,
        );
        expect(worst).toBeLessThan(c.tolerance.grad);
      });
});
