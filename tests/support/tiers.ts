import { importScript, type Module } from "../../compiler/check/emitted.js";

/** The part of the engine's WebAssembly that tests use. */
interface Engine {
  readonly Module: {
    new (bytes: Uint8Array): object;
    exports(module: object): readonly { readonly name: string }[];
    imports(
      module: object,
    ): readonly { readonly module: string; readonly name: string }[];
  };
  readonly Memory: unknown;
  readonly Instance: unknown;
}

export const { WebAssembly: engine } = globalThis as unknown as {
  readonly WebAssembly: Engine;
};

/**
 * What `globalThis` has in engines that run WebAssembly, in such that have no relaxed instructions, in such that lack it, and
 * in such that refuse the bytes.
 */
export const engines: Readonly<
  Record<"wasm" | "apart" | "none" | "refusing", object>
> = {
  wasm: globalThis,
  apart: {
    WebAssembly: {
      Module: engine.Module,
      Memory: engine.Memory,
      Instance: engine.Instance,
      validate: () => false,
    },
  },
  none: {},
  refusing: {
    WebAssembly: {
      Module: function refused() {
        throw new TypeError("refused by the policy of the page");
      },
      Memory: engine.Memory,
      Instance: engine.Instance,
    },
  },
};

/** A module that was compiled for WebAssembly in both of its tiers. */
export async function tiersOf(
  script: string,
): Promise<readonly (readonly [tier: "js" | "wasm", module: Module])[]> {
  const js = await importScript(script, engines.none);
  const wasm = await importScript(script, engines.wasm);
  const tiers = [
    ["js", js],
    ["wasm", wasm],
  ] as const;
  for (const [tier, { create }] of tiers)
    if (create().tier !== tier)
      throw new Error(`the handle does not run in ${tier}`);
  return tiers;
}
