/** Every case of PyTorch's numbers through WebAssembly in float32: what rounding explains, and 1e-5 where that is more. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importFloat32 } from "../compiler/check/emitted.js";
import { leavesOf, numbersFrom } from "../compiler/check/given.js";
import { checkRounded } from "../compiler/check/rounded.js";
import { compileModel } from "../compiler/compile.js";
import { asNode } from "../dsl/tensor.js";
import { isLeaf } from "../dsl/graph.js";
import { buildModel } from "./replay/buildModel.js";
import {
  caseFiles,
  readCase,
  Unsupported,
  type GoldenCase,
} from "./replay/caseFile.js";
import { mostUnrolled, withFirstBatch } from "./replay/replay.js";
import { engines } from "./support/tiers.js";

const folder = fileURLToPath(new URL("golden/", import.meta.url));
const cases = caseFiles(folder).map(readCase);

const ran = new Set<string>();

/** The case's network with its numbers in float32; undefined where the language lacks an operation of it. */
async function networkOf(c: GoldenCase, unroll: "never" | "full") {
  const [run] = c.training ?? [];
  const built = (() => {
    try {
      return buildModel(c, run, undefined, "kept");
    } catch (error) {
      if (error instanceof Unsupported) return undefined;
      throw error;
    }
  })();
  if (built === undefined) return undefined;
  const { script, plan } = await compileModel(built.model, {
    sourceName: c.name,
    command: "npm run golden",
    unroll,
    math: "exact",
    target: "wasm",
    dtype: "f32",
    verify: false,
  });
  const net = (await importFloat32(script, engines.wasm)).create({ seed: 1 });
  for (const [name, { data }] of Object.entries({
    ...c.params,
    ...c.buffers,
  })) {
    const bound = built.params.get(name);
    if (bound === undefined) continue;
    const leaf =
      typeof bound === "string"
        ? plan.model.params.find((p) => p.op.name === bound)
        : plan.model.originals.get(asNode(bound));
    if (leaf !== undefined && isLeaf(leaf))
      net.params.set(data ?? [], leaf.op.offset);
  }
  const arrays = { ...c.inputs, ...c.targets };
  for (const [name, into] of Object.entries(net.inputs))
    into.set(arrays[name]?.data ?? expect.fail(`no numbers for ${name}`));
  return { net, plan };
}

describe("PyTorch's cases in float32", { timeout: 120_000 }, () => {
  for (const given of cases)
    it(`${given.family}: ${given.name}`, async () => {
      const c = withFirstBatch(given);
      for (const unroll of ["never", "full"] as const) {
        const made = await networkOf(c, unroll);
        if (made === undefined) return;
        const { net, plan } = made;
        expect(net.tier).toBe("wasm");
        checkRounded(plan, net, leavesOf(plan, net), 1, numbersFrom(11));
        ran.add(c.name);
        if (plan.handle.backward.facts.multiplyAdds > mostUnrolled) return;
      }
    });

  it("run, but for a few whose operations are missing", () => {
    expect(ran.size).toBeGreaterThanOrEqual(168);
  });
});
