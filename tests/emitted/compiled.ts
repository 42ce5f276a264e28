import { compileModel, type Compiled } from "../../compiler/compile.js";
import type { Unrolling } from "../../compiler/emit/body.js";
import type { Dtype } from "../../compiler/emit/dtype.js";
import type { Target } from "../../compiler/emit/targets.js";
import type { MathMode } from "../../compiler/interpret.js";
import type { Model } from "../../dsl/index.js";
import { models } from "./models.js";

export const compile = (
  model: Model,
  name: string,
  unroll: Unrolling,
  math: MathMode = "exact",
  target: Target = "ts",
  dtype: Dtype = "f64",
): Promise<Compiled> =>
  compileModel(model, {
    sourceName: `${name}.ts`,
    command: `npm run compile ${name}.ts`,
    unroll,
    math,
    target,
    dtype,
    verify: true,
  });

export interface Emitted {
  /** `iris.looped` */
  readonly name: string;
  readonly text: string;
}

/** Straight lines for a network of this size are a megabyte of text. */
const tooLarge = new Set(["digits", "deep", "convolved", "segmented"]);

/** The host's mathematics changes calls only: some networks show it. */
const onHost = new Set(["seed", "tanh231", "xor", "normed", "whole"]);

/** The target wasm adds the same functions to each: some networks show them. */
const inWasm = new Set(["seed", "ignoring", "whole", "manyToOne"]);

/** Every network in every form. */
export async function everyModule(): Promise<Emitted[]> {
  const all: Emitted[] = [];
  for (const [name, build] of Object.entries(models)) {
    const forms: readonly (readonly [string, Unrolling, MathMode, Target])[] = [
      ["unrolled", tooLarge.has(name) ? "auto" : "full", "exact", "ts"],
      ["looped", "never", "exact", "ts"],
      ...(onHost.has(name) ? [["host", "auto", "host", "ts"] as const] : []),
      ...(inWasm.has(name) ? [["wasm", "auto", "exact", "wasm"] as const] : []),
    ];
    for (const [form, unroll, math, target] of forms) {
      const { text } = await compile(build(), name, unroll, math, target);
      // A large network is looped in both.
      if (all.at(-1)?.text !== text)
        all.push({ name: `${name}.${form}`, text });
    }
  }
  return all;
}
