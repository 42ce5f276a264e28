/** Networks of which a part is trained, and what tests do with them. */
import type { Handle, Module } from "../../compiler/check/emitted.js";
import { importScript } from "../../compiler/check/emitted.js";
import { numbersFrom } from "../../compiler/check/given.js";
import {
  compileModel,
  type Compiled,
  type CompileOptions,
} from "../../compiler/compile.js";
import { sizeOf } from "../../dsl/graph.js";
import * as g from "../../dsl/index.js";

/** A network, all of it trained or a part. */
export type Build = (trainable?: readonly string[]) => g.Model;

/** The option of `model`, where there is one. */
const only = (
  trainable: readonly string[] | undefined,
): { readonly trainable?: readonly string[] } =>
  trainable === undefined ? {} : { trainable };

/** Two hidden layers: straight lines. */
export const mlp: Build = (trainable) => {
  const x = g.input("x", [3]);
  const y = g.input("y", [2]);
  const first = g.tanh(g.linear(x, 4, { name: "first" }));
  const second = g.tanh(g.linear(first, 4, { name: "second" }));
  const head = g.linear(second, 2, { name: "head" });
  return g.model({
    inputs: { x, y },
    outputs: { head },
    loss: g.mse(head, y),
    optimizer: g.adam(0.01, { groups: [{ params: ["*.bias"], lr: 0.1 }] }),
    ...only(trainable),
  });
};

/** Convolutions with batch norms, whose running statistics move whatever is trained. */
const cnn: Build = (trainable) => {
  const x = g.input("x", [1, 8, 8]);
  const label = g.indices("label", [], 3);
  const block = (from: g.Tensor<[number, 8, 8]>, name: string) =>
    g.scope(name, () =>
      g.relu(
        g.batchNorm(g.conv2d(from, 4, 3, { padding: 1, name: "conv" }), {
          name: "norm",
        }),
      ),
    );
  const deep = block(block(x, "blocks.0"), "blocks.1");
  const logits = g.linear(g.globalAvgPool2d(deep), 3, { name: "head" });
  return g.model({
    inputs: { x, label },
    outputs: { logits },
    loss: g.crossEntropy(logits, label),
    optimizer: g.sgd(0.05, { momentum: 0.9, clip: g.clipNorm(1) }),
    ...only(trainable),
  });
};

/** A loop over steps. */
const recurrent: Build = (trainable) => {
  const x = g.input("x", [12, 3]);
  const y = g.input("y", [2]);
  const layer = g.gru(3, 5, { name: "memory" });
  const { h } = layer(x);
  const head = g.linear(g.reshape(h, [5]), 2, { name: "head" });
  return g.model({
    inputs: { x, y },
    outputs: { head },
    loss: g.mse(head, y),
    optimizer: g.adamw(0.01),
    ...only(trainable),
  });
};

/** Networks, and lists of what is trained of each. */
export const cases: readonly (readonly [
  name: string,
  build: Build,
  lists: readonly (readonly string[])[],
])[] = [
  ["mlp", mlp, [["head"], ["*.bias"], ["first.weight", "head.bias"]]],
  ["cnn", cnn, [["head"], ["blocks.1", "head"], ["*.norm"]]],
  ["recurrent", recurrent, [["head"], ["*bias*"], ["memory.weight_hh_l0"]]],
];

export interface Made {
  readonly compiled: Compiled;
  readonly module: Module;
  /** What `layout` of the module says. */
  readonly layout: Layout;
}

export type Layout = readonly {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly trainable: boolean;
}[];

export async function made(
  model: g.Model,
  options: Partial<CompileOptions> = {},
): Promise<Made> {
  const compiled = await compileModel(model, {
    sourceName: "net.ts",
    command: "npm run compile net.ts",
    unroll: "auto",
    math: "exact",
    verify: true,
    ...options,
  });
  const layout = compiled.plan.model.params.map(({ op, shape }) => ({
    name: op.name,
    offset: op.offset,
    size: sizeOf(shape),
    trainable: op.trainable !== false,
  }));
  return { compiled, module: await importScript(compiled.script), layout };
}

/** The stretch of a flat vector that each parameter has, by name. */
export const byName = (
  flat: Float64Array,
  layout: Layout,
): ReadonlyMap<string, Float64Array> =>
  new Map(
    layout.map(({ name, offset, size }) => [
      name,
      flat.slice(offset, offset + size),
    ]),
  );

/** Fills all inputs with numbers that are the same for every network. */
export function fill(net: Handle, seed: number): void {
  const next = numbersFrom(seed);
  for (const array of Object.values(net.inputs))
    for (let i = 0; i < array.length; i++)
      array[i] =
        array instanceof Int32Array ? Math.floor(1.5 * next() + 1.5) : next();
}
