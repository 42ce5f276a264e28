import type { Handle } from "../../compiler/check/emitted.js";
import { compileModel } from "../../compiler/compile.js";
import type { ModulePlan } from "../../compiler/emit/module.js";
import type { Unrolling } from "../../compiler/emit/body.js";
import { isLeaf, sizeOf } from "../../dsl/graph.js";
import { asNode } from "../../dsl/tensor.js";
import { tiersOf } from "../support/tiers.js";
import type { Built } from "./buildModel.js";
import type { Arrays, Batch, GoldenCase } from "./caseFile.js";

/** One way in which a case runs: its arrays whole or with a batch, unrolled or looped, in JavaScript or WebAssembly. */
export interface Form {
  readonly tier: "js" | "wasm";
  readonly built: Built;
  readonly plan: ModulePlan;
  readonly macs: number;
  readonly create: () => Handle;
  /** Number of examples, 1 for whole arrays. */
  readonly n: number;
}

/** Compiles a case; its module has both tiers. */
export async function compileForms(
  built: Built,
  name: string,
  unroll: Unrolling,
  n: number | undefined,
): Promise<readonly Form[]> {
  const compiled = await compileModel(built.model, {
    sourceName: name,
    command: "npm run golden",
    unroll,
    math: "exact",
    target: "wasm",
    verify: false,
  });
  const tiers = await tiersOf(compiled.script);
  return tiers.map(([tier, module]) => ({
    tier,
    built,
    plan: compiled.plan,
    macs: compiled.summary.macs,
    create: () => module.create({ seed: 1, maxBatch: n ?? 1 }),
    n: n ?? 1,
  }));
}

/** Numbers of the inputs of one step: those of `batch`, and the case's own where it has none. */
export function fed(c: GoldenCase, batch: Batch | undefined): Arrays {
  return { ...c.inputs, ...c.targets, ...batch?.inputs, ...batch?.targets };
}

export function fill(net: Handle, arrays: Arrays): void {
  for (const [name, into] of Object.entries(net.inputs)) {
    const data = arrays[name]?.data ?? [];
    if (data.length !== into.length)
      throw new RangeError(
        `input ${name} has ${String(into.length)} places for ${String(data.length)} numbers`,
      );
    into.set(data);
  }
}

/** Place of a parameter of the case in the flat vectors. */
export function placeOf(
  form: Form,
  name: string,
): { readonly offset: number; readonly size: number } | undefined {
  const bound = form.built.params.get(name);
  if (bound === undefined) return undefined;
  const leaf =
    typeof bound === "string"
      ? form.plan.model.params.find((p) => p.op.name === bound)
      : form.plan.model.originals.get(asNode(bound));
  if (leaf === undefined || !isLeaf(leaf)) return undefined;
  return { offset: leaf.op.offset, size: sizeOf(leaf.shape) };
}

export function slice(
  form: Form,
  vector: Float64Array,
  name: string,
): Float64Array | undefined {
  const place = placeOf(form, name);
  return place && vector.slice(place.offset, place.offset + place.size);
}

/** A new network with the case's parameters and running statistics. */
export function start(form: Form, c: GoldenCase): Handle {
  const net = form.create();
  for (const [name, { data }] of Object.entries({
    ...c.params,
    ...c.buffers,
  })) {
    const place = placeOf(form, name);
    if (place !== undefined) net.params.set(data ?? [], place.offset);
  }
  return net;
}
