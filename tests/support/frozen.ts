/** Networks with weights as constants, compiled without the command line. */
import { importScript, type Module } from "../../compiler/check/emitted.js";
import {
  compileModel,
  type Compiled,
  type CompileOptions,
  type FreezeRequest,
} from "../../compiler/compile.js";
import type { Model } from "../../dsl/index.js";

const settings: CompileOptions = {
  sourceName: "net.ts",
  command: "npm run compile net.ts",
  unroll: "auto",
  math: "exact",
  verify: true,
};

/** The module that trains a network. */
export async function trainable(
  model: Model,
  options: Partial<CompileOptions> = {},
): Promise<{ readonly compiled: Compiled; readonly module: Module }> {
  const compiled = await compileModel(model, {
    ...settings,
    verify: false,
    ...options,
  });
  return { compiled, module: await importScript(compiled.script) };
}

/** The module that only predicts, over given parameters. */
export const frozen = (
  model: Model,
  params: Float64Array,
  options: Partial<Omit<CompileOptions, "freeze"> & Freeze> = {},
): Promise<Compiled> => {
  const { norms = "keep", precision = "none", pack, ...rest } = options;
  return compileModel(model, {
    ...settings,
    freeze: {
      params: () => params,
      weightsName: "weights.bin",
      norms,
      precision,
      pack: pack ?? "literals",
    },
    ...rest,
  });
};

type Freeze = Omit<FreezeRequest, "params" | "weightsName">;

/** What a network starts with, and where. */
export interface Start {
  readonly params: Float64Array;
  readonly layout: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly offset: number;
  }[];
}
