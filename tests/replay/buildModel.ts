import * as gradc from "../../dsl/index.js";
import type { Group, IndexTensor, Model, Tensor } from "../../dsl/index.js";
import { sgd } from "../../dsl/index.js";
import type { AnyTensor } from "../../dsl/tensor.js";
import { BatchAxis, isBatched } from "./batchAxis.js";
import type { Call, Op, OwnParams } from "./call.js";
import {
  Options,
  Unsupported,
  type ArrayData,
  type Attributes,
  type GoldenCase,
  type GraphNode,
  type LossTerm,
  type TrainingRun,
} from "./caseFile.js";
import { normalizationOps } from "./normalizationOps.js";
import { convolutionOps } from "./convolutionOps.js";
import { elementwiseOps } from "./elementwiseOps.js";
import { lossOf, modelLoss, overExamples } from "./losses.js";
import { optimizerOf } from "./optimizers.js";
import { attentionOps } from "./attentionOps.js";
import { recurrentOps } from "./recurrentOps.js";
import { lookupOps } from "./lookupOps.js";
import { productOps } from "./productOps.js";
import { shapeOps } from "./shapeOps.js";
import { structureOps } from "./structureOps.js";

const ops: Readonly<Record<string, Op>> = {
  ...elementwiseOps,
  ...structureOps,
  ...productOps,
  ...shapeOps,
  ...lookupOps,
  ...normalizationOps,
  ...recurrentOps,
  ...attentionOps,
  ...convolutionOps,
};

/** Operations whose layers are functions, which may be used many times. */
const callable: ReadonlySet<string> = new Set([
  "linear",
  "embedding",
  "conv1d",
  "conv2d",
  "conv_transpose1d",
  "conv_transpose2d",
  "rnn_cell",
  "gru_cell",
  "lstm_cell",
  "rnn",
  "gru",
  "lstm",
  "multi_head_attention",
]);

/** Which statistics batch normalisation predicts with: those of its batch, or those that training has kept. */
export type Statistics = "of the batch" | "kept";

/** A case as a model of the language. */
export interface Built {
  readonly model: Model;
  /** What each parameter of the case has become, by value or by name. */
  readonly params: ReadonlyMap<string, Tensor | string>;
  /** Name of the output that holds the gradient of an input. */
  readonly inputGradients: ReadonlyMap<string, string>;
  /** True where the model's loss is that of one example, so that gradients by inputs are those of the sum. */
  readonly perExample: boolean;
  readonly outputs: readonly string[];
}

/**
 * Writes a case in the language.
 *
 * @param run whose optimizer trains it
 * @param n number of examples, where the leading axis becomes gradc's batch
 * @throws Unsupported for an operation that the language lacks
 * @throws CrossesExamples where the leading axis is more than a list of examples
 */
export function buildModel(
  c: GoldenCase,
  run: TrainingRun | undefined,
  n: number | undefined,
  statistics: Statistics,
): Built {
  return new Builder(c, n, statistics).build(run);
}

/** The number of examples that every input and target shares, but for weights of classes, which have none. */
export function sharedExamples(c: GoldenCase): number | undefined {
  const arrays = Object.entries({ ...c.inputs, ...c.targets }).filter(
    ([name]) => !isClassWeights(c, name),
  );
  const lengths = new Set(arrays.map(([, a]) => a.shape[0]));
  const [n] = lengths;
  return lengths.size === 1 ? n : undefined;
}

const termsOf = (loss: LossTerm): readonly LossTerm[] =>
  loss.terms === undefined ? [loss] : loss.terms.flatMap(termsOf);

/** Class weights and positive weights belong to classes, not to examples. */
function isClassWeights(c: GoldenCase, name: string): boolean {
  const uses = termsOf(c.loss).flatMap((term) =>
    (term.inputs ?? []).flatMap((input, place) =>
      input === name ? [{ kind: term.kind, place }] : [],
    ),
  );
  const classKinds = [
    "cross_entropy",
    "nll",
    "multi_margin",
    "bce_with_logits",
  ];
  return (
    uses.length > 0 &&
    uses.every((u) => u.place === 2 && classKinds.includes(u.kind)) &&
    !c.graph.some((node) => node.inputs.includes(name))
  );
}

class Builder {
  readonly #axes: BatchAxis;
  readonly #values = new Map<string, AnyTensor>();
  readonly #params = new Map<string, Tensor | string>();
  readonly #inputs: Record<string, AnyTensor> = {};
  readonly #shared = new Map<string, unknown>();

  constructor(
    readonly c: GoldenCase,
    n: number | undefined,
    readonly statistics: Statistics,
  ) {
    this.#axes = new BatchAxis(n);
  }

  build(run: TrainingRun | undefined): Built {
    const { c } = this;
    for (const node of c.graph) this.#run(node);
    const loss = modelLoss(c.loss, (term) =>
      this.#loss(term.kind, term.inputs ?? [], term.attrs, term.reduction),
    );
    const outputs: Record<string, AnyTensor> = Object.fromEntries(
      c.outputs.map((name) => [name, this.#value(name)]),
    );
    const wanted = Object.keys(c.expect.inputGrads);
    for (const name of Object.keys({ ...c.inputs, ...c.targets }))
      this.#declared(name);
    for (const name of Object.keys(c.params))
      if (!this.#params.has(name)) this.#value(name);
    const inputGradients = new Map(
      wanted.map((name) => [name, this.#fresh(`d_${name}`)]),
    );
    const gradients = gradc.gradient(
      loss,
      wanted.map((name) => this.#value(name) as Tensor),
    );
    wanted.forEach((name, i) => {
      outputs[inputGradients.get(name) ?? name] = gradients[i] as Tensor;
    });
    const groupsOf = (): Group[] =>
      (run?.optimizer.groups ?? []).map((g) => ({
        params: g.params.map((name) => this.#params.get(name) ?? name),
        ...(g.lr !== undefined && { lr: g.lr }),
        ...(g.weightDecay !== undefined && { weightDecay: g.weightDecay }),
      }));
    const model = gradc.model({
      inputs: this.#inputs,
      outputs,
      loss,
      optimizer: run === undefined ? sgd(0.1) : optimizerOf(run, groupsOf),
    });
    return {
      model,
      params: this.#params,
      inputGradients,
      perExample: isBatched(loss),
      outputs: c.outputs,
    };
  }

  /** A name that nothing in the case has. */
  #fresh(wish: string): string {
    const { c } = this;
    const taken = new Set([
      ...Object.keys({ ...c.params, ...c.inputs, ...c.targets, ...c.buffers }),
      ...c.graph.flatMap((node) => [node.id, ...(node.outputs ?? [])]),
    ]);
    return taken.has(wish) ? this.#fresh(`${wish}_`) : wish;
  }

  #run(node: GraphNode): void {
    if (node.op === "loss") {
      const { kind, reduction, ...attrs } = node.attrs ?? {};
      const how = { kind: String(kind), reduction: String(reduction) };
      const y = this.#loss(how.kind, node.inputs, attrs, how.reduction);
      const done = how.reduction === "none" ? y : overExamples(how, y);
      this.#values.set(node.id, done);
      return;
    }
    const op = ops[node.op];
    if (op === undefined) throw new Unsupported(node.op);
    const call: Call = {
      node,
      attrs: new Options(node.attrs),
      axes: this.#axes,
      as: { name: node.id },
      count: node.inputs.length,
      x: (i) => this.#value(node.inputs[i] ?? "") as Tensor,
      index: (i, classes) => this.#index(node.inputs[i] ?? "", classes),
      own: (...places) => this.#own(node, places),
      bind: (place, as) => {
        this.#params.set(node.inputs[place] ?? "", as);
      },
      statistics: this.statistics,
      shared: (places, make) => this.#once(node, places, make),
    };
    const result = op(call);
    if (!Array.isArray(result)) this.#values.set(node.id, result as AnyTensor);
    else
      (result as AnyTensor[]).forEach((value, i) => {
        this.#values.set(node.outputs?.[i] ?? `${node.id}.${String(i)}`, value);
      });
  }

  #loss(
    kind: string,
    inputs: readonly string[],
    attrs: Attributes | undefined,
    reduction = "mean",
  ): Tensor {
    return lossOf(
      {
        kind,
        attrs: new Options(attrs),
        axes: this.#axes,
        count: inputs.length,
        x: (i) => this.#value(inputs[i] ?? "") as Tensor,
        index: (i, classes) => this.#index(inputs[i] ?? "", classes),
        has: (i, index) => this.#has(inputs[i] ?? "", index),
      },
      reduction,
    );
  }

  /** The value of a name of the case; inputs and parameters are declared when they are first read. */
  #value(name: string): AnyTensor {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const { c } = this;
    const param = c.params[name] ?? c.buffers?.[name];
    if (param !== undefined) {
      const made = gradc.param(name, param.shape, {
        init: param.data ?? [],
        frozen: param.trainable === false || c.params[name] === undefined,
      });
      if (c.params[name] !== undefined) this.#params.set(name, made);
      this.#values.set(name, made);
      return made;
    }
    const array = c.inputs[name] ?? c.targets[name];
    if (array === undefined) throw new Error(`no value is called ${name}`);
    return this.#declare(
      name,
      gradc.input(name, this.#exampleShape(name, array), this.#batched(name)),
    );
  }

  #declare<T extends AnyTensor>(name: string, x: T): T {
    this.#values.set(name, x);
    this.#inputs[name] = x;
    return x;
  }

  #batched(name: string): { readonly batched: boolean } {
    return {
      batched: this.#axes.n !== undefined && !isClassWeights(this.c, name),
    };
  }

  #exampleShape(name: string, array: ArrayData): readonly number[] {
    return this.#batched(name).batched ? array.shape.slice(1) : array.shape;
  }

  #index(name: string, classes: number): IndexTensor {
    const known = this.#values.get(name);
    if (known?.dtype === "i32") return known;
    const { c } = this;
    const array = c.inputs[name] ?? c.targets[name];
    if (known !== undefined || array === undefined)
      throw new Unsupported(`indices computed as ${name}`);
    return this.#declare(
      name,
      gradc.indices(
        name,
        this.#exampleShape(name, array),
        classes,
        this.#batched(name),
      ),
    );
  }

  /** True where an array has this entry, in the case itself or in a batch. */
  #has(name: string, entry: number): boolean {
    const { inputs, targets, training = [] } = this.c;
    const batches = training.flatMap((run) => run.batches ?? []);
    return [{ inputs, targets }, ...batches].some((b) =>
      ({ ...b.inputs, ...b.targets })[name]?.data?.includes(entry),
    );
  }

  /** Inputs that nothing has read yet are inputs all the same. */
  #declared(name: string): void {
    if (this.#inputs[name] === undefined) this.#value(name);
  }

  #own(node: GraphNode, places: readonly number[]): OwnParams | undefined {
    const { c } = this;
    const names = places.map((i) => node.inputs[i] ?? "");
    const params = names.map((name) => c.params[name]);
    const alike = (other: GraphNode): boolean =>
      other.op === node.op &&
      other.inputs.length === node.inputs.length &&
      JSON.stringify(other.attrs ?? {}) === JSON.stringify(node.attrs ?? {}) &&
      places.every((i) => other.inputs[i] === node.inputs[i]);
    const readers = c.graph.filter((other) =>
      other.inputs.some((name) => names.includes(name)),
    );
    const frozen = params.map((p) => p?.trainable === false);
    const lossReads = termsOf(c.loss).some((term) =>
      term.inputs?.some((name) => names.includes(name)),
    );
    const bare = c.outputs.some((name) => names.includes(name));
    if (
      params.includes(undefined) ||
      new Set(frozen).size > 1 ||
      new Set(names).size < names.length ||
      lossReads ||
      bare ||
      !readers.every(
        (other) =>
          alike(other) &&
          other.inputs.every(
            (name, i) => !names.includes(name) || places.includes(i),
          ),
      ) ||
      (!callable.has(node.op) && readers.length > 1)
    )
      return undefined;
    return {
      name: names[0] ?? "",
      data: params.map((p) => p?.data ?? []),
      shapes: params.map((p) => p?.shape ?? []),
      frozen: frozen[0] ?? false,
    };
  }

  #once<T>(node: GraphNode, places: readonly number[], make: () => T): T {
    const key = [node.op, ...places.map((i) => node.inputs[i])].join();
    if (!this.#shared.has(key)) this.#shared.set(key, make());
    return this.#shared.get(key) as T;
  }
}
