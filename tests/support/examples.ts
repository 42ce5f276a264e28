/** Models of the repository whose modules are committed in generated/. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Handle, Module } from "../../compiler/check/emitted.js";
import { root } from "../cliHarness.js";

/** A model file of the repository, and the module made of it. */
export interface Example {
  readonly name: string;
  /** The model, relative to the repository. */
  readonly model: string;
  /** The module, absolute. */
  readonly output: string;
}

const isModel = (file: string): boolean =>
  /^export default model\(/m.test(readFileSync(join(root, file), "utf8"));

/** model.ts, and the models of examples/. */
export const examples: readonly Example[] = [
  "model.ts",
  ...readdirSync(join(root, "examples"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `examples/${file}`)
    .filter(isModel),
].map((model) => {
  const name = /([^/]+)\.ts$/.exec(model)?.[1] ?? model;
  return { name, model, output: join(root, "generated", `${name}.ts`) };
});

export const exampleNames = examples.map(({ name }) => name);

/** A network of a committed module, its inputs filled with numbers between -1 and 1. */
export async function filledNetwork(
  { output }: Example,
  maxBatch: number,
): Promise<Handle> {
  const { create } = (await import(pathToFileURL(output).href)) as Module;
  const network = create({ seed: 1, maxBatch });
  fill(network);
  return network;
}

/** Fills the inputs of a network with numbers between -1 and 1; indices stay 0. */
export function fill({ inputs }: Handle): void {
  for (const input of Object.values(inputs))
    if (input instanceof Float64Array)
      input.forEach((_, i) => {
        input[i] = Math.sin(i + 1);
      });
}
