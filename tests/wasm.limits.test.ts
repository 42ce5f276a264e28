/** Functions that no engine takes are refused before any is asked. */
import { expect, test } from "vitest";
import { declare, num, type FunctionCode } from "../compiler/emit/code.js";
import { mostLocals } from "../compiler/emit/wasm/encode.js";
import { entryPoints, wasmCode } from "../compiler/emit/wasm/module.js";
import { compile } from "./emitted/compiled.js";
import { models } from "./emitted/models.js";

test("a function in WebAssembly with more variables than engines take is refused", async () => {
  const build = models["seed"];
  if (build === undefined) expect.fail();
  const { plan } = await compile(build(), "seed", "auto", "exact", "wasm");
  const functions = (variables: number): FunctionCode[] =>
    entryPoints.map((name) => ({
      name,
      exported: false,
      doc: [],
      params: [],
      body: Array.from({ length: variables }, (_, i) =>
        declare(`v${String(i)}`, num(i)),
      ),
    }));
  expect(() => wasmCode(plan, functions(mostLocals))).not.toThrow();
  expect(() => wasmCode(plan, functions(mostLocals + 1))).toThrow(
    expect.objectContaining({
      code: "GC1320",
      message:
        "--target wasm: the function runUpdate has 50001 variables, engines take 50000",
      problem: expect.objectContaining({
        remedy: "leave --unroll at auto: large networks are loops then",
      }) as object,
    }) as Error,
  );
}, 60_000);
