import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { indices, input } from "../dsl/declare.js";
import type { Node } from "../dsl/graph.js";
import { crossEntropy } from "../dsl/losses/crossEntropy.js";
import { mse } from "../dsl/losses/regression.js";
import { adadelta, adagrad } from "../dsl/optimizers/adagrad.js";
import {
  adam,
  adamax,
  adamw,
  type AdamOptions,
} from "../dsl/optimizers/adam.js";
import { clipNorm, clipValue } from "../dsl/optimizers/clipping.js";
import { lion } from "../dsl/optimizers/lion.js";
import { nadam } from "../dsl/optimizers/nadam.js";
import type { Clip, Optimizer, Schedule } from "../dsl/optimizers/optimizer.js";
import { radam } from "../dsl/optimizers/radam.js";
import { rmsprop } from "../dsl/optimizers/rmsprop.js";
import type { RuleOptions } from "../dsl/optimizers/rule.js";
import {
  cosineAnnealingLr,
  exponentialLr,
  linearLr,
  multiStepLr,
  oneCycleLr,
  polynomialLr,
  stepLr,
  warmupCosine,
} from "../dsl/optimizers/schedules.js";
import { sgd } from "../dsl/optimizers/sgd.js";
import { contract } from "../dsl/primitives/contract.js";
import { alongAxis } from "../dsl/primitives/expand.js";
import { reduceNode } from "../dsl/primitives/reduce.js";
import {
  add,
  applyScalar,
  constant,
  div,
  mul,
  sub,
} from "../dsl/primitives/scalar.js";
import {
  asNode,
  asTensor,
  type IndexTensor,
  type Tensor,
} from "../dsl/tensor.js";
import { trainer } from "./support/trainer.js";
import { lossAndGradients, worstError } from "./support/values.js";

type Stored = Readonly<{ shape: readonly number[]; data: readonly number[] }>;
type Tensors = Readonly<Record<string, Stored>>;
type Settings = Readonly<Record<string, number>> & { readonly kind: string };

interface Case {
  readonly name: string;
  readonly graph: readonly {
    readonly id: string;
    readonly op: string;
    readonly inputs: readonly string[];
  }[];
  readonly params: Tensors;
  readonly inputs: Tensors;
  readonly targets: Tensors;
  readonly loss: {
    readonly kind: string;
    readonly inputs: readonly [string, string];
  };
  readonly tolerance: { readonly training: number };
  readonly training: readonly {
    readonly optimizer: Settings & RuleOptions;
    readonly schedule?: Settings & {
      readonly anneal: "cos" | "linear";
      readonly milestones: readonly number[];
    };
    readonly gradClip?: Settings;
    readonly steps: number;
    readonly batches: readonly {
      readonly inputs: Tensors;
      readonly targets: Tensors;
    }[];
    readonly lossPerStep: readonly number[];
    readonly lrPerStep: number | readonly number[];
    readonly finalParams: Tensors;
  }[];
}
type Run = Case["training"][number];

const folder = new URL("golden/optimizer/", import.meta.url);
const cases = readdirSync(folder).map(
  (file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Case,
);

function scheduleOf(s: NonNullable<Run["schedule"]>): Schedule {
  const n = (name: string): number => s[name] ?? NaN;
  switch (s.kind) {
    case "step":
      return stepLr(n("stepSize"), s.gamma);
    case "multistep":
      return multiStepLr(s.milestones, s.gamma);
    case "exponential":
      return exponentialLr(n("gamma"));
    case "cosine":
      return cosineAnnealingLr(n("tMax"), s.etaMin);
    case "linear":
      return linearLr(s as object);
    case "polynomial":
      return polynomialLr(s as object);
    case "warmup_cosine":
      return warmupCosine(n("warmup"), n("totalSteps"));
    default:
      return oneCycleLr(n("maxLr"), n("totalSteps"), s);
  }
}

function clipOf(c: Settings): Clip {
  if (c.kind === "value") return clipValue(c.clipValue ?? NaN);
  return clipNorm(c.maxNorm ?? NaN, { normType: c.normType ?? 2 });
}

const rules: Readonly<
  Record<string, (lr: number, o: AdamOptions) => Optimizer>
> = {
  sgd,
  adam,
  adamw,
  adamax,
  nadam,
  radam,
  rmsprop,
  adagrad,
  adadelta,
  lion,
};

function optimizerOf(run: Run): Optimizer {
  const { kind, lr = NaN, ...settings } = run.optimizer;
  return (rules[kind] as (typeof rules)[string])(lr, {
    ...settings,
    ...(run.schedule !== undefined && { schedule: scheduleOf(run.schedule) }),
    ...(run.gradClip !== undefined && { clip: clipOf(run.gradClip) }),
  });
}

/** The few operations that these networks are made of. */
const operations: Readonly<
  Record<string, (x: Node, a?: Node, b?: Node) => Node>
> = {
  linear: (x, w, b) => add(contract("ni", "oi", "no", x, w as Node), b as Node),
  tanh: (x) => applyScalar("tanh", x),
  silu: (x) => mul(x, applyScalar("sigmoid", x)),
  layer_norm: (x, g, c) => {
    const mean = (v: Node): Node =>
      alongAxis(
        div(reduceNode("sum", v, [1]), constant(x.shape[1] ?? NaN)),
        1,
        x.shape,
      );
    const centered = sub(x, mean(x));
    const variance = mean(applyScalar("square", centered));
    const deviation = applyScalar("sqrt", add(variance, constant(1e-5)));
    return add(mul(div(centered, deviation), g as Node), c as Node);
  },
};

/** The loss of a case and its parameters, as inputs, so that they can be given anew at every step. */
function networkOf(c: Case): {
  readonly loss: Tensor;
  readonly params: readonly Tensor[];
} {
  const whole = { batched: false };
  const nodes = new Map<string, Node>();
  for (const [name, { shape }] of Object.entries({ ...c.params, ...c.inputs }))
    nodes.set(name, asNode(input(name, shape, whole)));
  for (const { id, op, inputs } of c.graph)
    nodes.set(
      id,
      (operations[op] as (typeof operations)[string])(
        ...(inputs.map((i) => nodes.get(i)) as [Node]),
      ),
    );
  const [output, target] = c.loss.inputs;
  const y = asTensor<Tensor>(nodes.get(output) as Node);
  const { shape = [] } = c.targets[target] ?? {};
  return {
    loss:
      c.loss.kind === "mse"
        ? mse(y, input(target, shape, whole) as Tensor)
        : crossEntropy(
            y,
            indices(target, shape, y.shape[1] ?? NaN, whole) as IndexTensor,
          ),
    params: Object.keys(c.params).map((name) =>
      asTensor<Tensor>(nodes.get(name) as Node),
    ),
  };
}

const dataOf = (tensors: Tensors): Record<string, readonly number[]> =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, t]) => [name, t.data]),
  );

describe("training matches PyTorch", () => {
  for (const c of cases)
    for (const run of c.training)
      it(c.name, () => {
        const { loss, params } = networkOf(c);
        const names = Object.keys(c.params);
        const train = trainer(optimizerOf(run), dataOf(c.params));
        const rates = run.lrPerStep;
        for (let k = 0; k < run.steps; k++) {
          const batch = run.batches[k % run.batches.length] ?? c;
          const found = lossAndGradients(loss, params, {
            ...train.params,
            ...dataOf(batch.inputs),
            ...dataOf(batch.targets),
          });
          expect(
            worstError([found.loss], [run.lossPerStep[k] ?? NaN]),
          ).toBeLessThan(c.tolerance.training);
          const gradients = Object.fromEntries(
            names.map((n, i) => [n, found.gradients[i] ?? []]),
          );
          const rate = typeof rates === "number" ? rates : (rates[k] ?? NaN);
          expect(worstError([train.step(gradients)], [rate])).toBeLessThan(
            1e-15,
          );
        }
        for (const [name, want] of Object.entries(run.finalParams))
          expect(worstError(train.params[name] ?? [], want.data)).toBeLessThan(
            c.tolerance.training,
          );
      });
});
