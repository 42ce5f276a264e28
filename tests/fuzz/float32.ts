/** A program in float32: what WebAssembly and JavaScript make of it is within what rounding explains. */
import {
  importFloat32,
  type Floats,
  type HandleOf,
} from "../../compiler/check/emitted.js";
import { leavesOf, numbersFrom, seed } from "../../compiler/check/given.js";
import { checkRounded } from "../../compiler/check/rounded.js";
import { planModule } from "../../compiler/emit/module.js";
import { moduleCode, scriptText } from "../../compiler/emit/write.js";
import type { NamedModel } from "../../compiler/load/name.js";
import type { Programs } from "../../compiler/programs.js";
import { engines } from "../support/tiers.js";

/** Straight lines take four examples at a time: of three that are given, two turns of four and one more. */
const copies = 3;

/**
 * Compiles a model in float32 and holds both tiers against the interpreter.
 *
 * @param n examples
 * @param prepare writes the program's data into a network
 * @throws Error where rounding does not explain a difference
 */
export async function checkFloat32(
  named: NamedModel,
  programs: Programs,
  unrolling: "full" | "never",
  n: number,
  prepare: (net: HandleOf<Floats>) => void,
): Promise<void> {
  const plan = planModule(named, programs, {
    unrolling,
    math: "exact",
    tiers: true,
    dtype: "f32",
  });
  const script = scriptText(moduleCode(plan, 0));
  const count = unrolling === "full" && n > 1 ? copies * n : n;
  for (const tier of ["wasm", "none"] as const) {
    const { create } = await importFloat32(script, engines[tier]);
    const given = create({ maxBatch: n, seed });
    prepare(given);
    const net = create({ maxBatch: count, seed });
    net.load(given.save());
    for (const [id, list] of Object.entries(net.inputs)) {
      const own = given.inputs[id] ?? list;
      for (let at = 0; at < list.length; at += own.length) list.set(own, at);
    }
    try {
      checkRounded(plan, net, leavesOf(plan, net), count, numbersFrom(11));
    } catch (error) {
      const where = tier === "wasm" ? "WebAssembly" : "JavaScript";
      throw new Error(
        `float32, ${unrolling} in ${where} for ${String(count)}: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }
}
