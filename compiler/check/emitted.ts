/** An emitted module in this process: what checks see of it, and how its script is run. */
import { compileFunction } from "node:vm";
import { InternalError } from "../diagnostics.js";
import type { Values } from "../interpret.js";

/** The arrays of a module. */
export type Floats = Float64Array | Float32Array;

/** The handle of a compiled module, as far as checks use it. */
export interface HandleOf<A extends Floats> {
  readonly params: A;
  readonly grads: A;
  readonly inputs: Readonly<Record<string, A | Int32Array>>;
  readonly outputs: Readonly<Record<string, A>>;
  readonly loss: A;
  lr: number;
  steps: number;
  forward(n?: number): void;
  backward(n?: number): void;
  update(): void;
  trainStep(n?: number): void;
  predict(...inputs: ArrayLike<number>[]): A;
  save(): Uint8Array;
  load(bytes: Uint8Array): void;
}
export type Handle = HandleOf<Float64Array>;

/** The same, of a module that has its functions in WebAssembly too. */
export type TieredHandle<A extends Floats> = HandleOf<A> & {
  readonly tier?: "wasm" | "js";
  readonly fused?: boolean;
};

/** What makes the handles of a module. */
export interface Creates<A extends Floats> {
  readonly create: (options?: {
    seed?: number;
    maxBatch?: number;
  }) => TieredHandle<A>;
}

/** A module as far as checks use it; the plain functions are absent where a value crosses examples. */
export interface Module extends Creates<Float64Array> {
  readonly zeros: () => Float64Array;
  readonly workspace?: () => Float64Array;
  readonly forward?: (p: Float64Array, ...rest: (Values | number)[]) => void;
  readonly backward?: (p: Float64Array, ...rest: (Values | number)[]) => number;
  readonly step?: (...args: (Values | number)[]) => void;
}

/**
 * Runs the script of a module. An imported module is never forgotten: here it is a function's only block, where names are
 * declared once as in a module, and what it exports is returned.
 *
 * @param surroundings what it finds in `globalThis`: nothing for an engine without WebAssembly
 */
export const importScript = (
  script: string,
  surroundings: object = globalThis,
): Promise<Module> => run<Module>(script, { globalThis: surroundings });

/** The same of a module in float32. */
export const importFloat32 = (
  script: string,
  surroundings: object = globalThis,
): Promise<Creates<Float32Array>> =>
  run<Creates<Float32Array>>(script, { globalThis: surroundings });

/** The same as if it were in float64: its code is what it was, and rounds nothing. */
export const importWidened = (script: string): Promise<Module> =>
  run<Module>(script, {
    globalThis: {},
    Float32Array: Float64Array,
    Math: unrounded,
  });

/** Functions of the host, of which none rounds to float32. */
const unrounded = Object.create(Math, {
  fround: { value: (x: number) => x },
}) as Math;

/** Runs a script in which some names of the host mean something else. */
function run<M>(script: string, host: Readonly<Record<string, object>>) {
  return new Promise<M>((resolve) => {
    try {
      const module = compileFunction(
        `"use strict"; {\n${script}\n}`,
        Object.keys(host),
      ) as (...meanings: readonly object[]) => M;
      resolve(module(...Object.values(host)));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new InternalError(`the emitted module does not load: ${why}`);
    }
  });
}
