/** Random networks by two derivations that share no code, and in every emitted form. */
import { describe, expect, it } from "vitest";
import { importScript } from "../compiler/check.js";
import { compileModel } from "../compiler/compile.js";
import { sizeOf } from "../dsl/graph.js";
import type { Tensor } from "../dsl/index.js";
import { randomNetwork } from "./oracles/algebra.js";
import { Language } from "./oracles/language.js";
import { Tape } from "./oracles/tape.js";
import { Oracle } from "./replay/oracle.js";
import { drawn, worstError } from "./support/values.js";

const graphs = 50;
const steps = 12;

/** Numbers of one leaf: those of an input differ from example to example. */
const numbers = (
  seed: number,
  leaf: number,
  shape: readonly number[],
  example = 0,
): number[] => drawn(seed * 1009 + leaf * 31 + example * 7 + 1, sizeOf(shape));

/** Mean loss over n examples and its gradient by every parameter, by the tape. */
function byTape(
  seed: number,
  n: number,
): { readonly loss: number; readonly gradients: number[][] } {
  const gradients: number[][] = [];
  let loss = 0;
  for (let example = 0; example < n; example++) {
    let made = 0;
    const tape = new Tape((kind, shape) =>
      numbers(seed, made++, shape, kind === "input" ? example : 0),
    );
    const y = randomNetwork(seed, steps, tape);
    tape.derive(y);
    loss += (y.data[0] ?? NaN) / n;
    tape.leaves
      .filter((l) => l.kind === "param")
      .forEach(({ value }, i) => {
        const sum = gradients[i] ?? value.grad.map(() => 0);
        gradients[i] = sum.map((g, k) => g + (value.grad[k] ?? 0) / n);
      });
  }
  return { loss, gradients };
}

function inTheLanguage(seed: number): {
  readonly language: Language;
  readonly loss: Tensor;
  readonly inputLeaves: readonly number[];
} {
  let made = 0;
  const inputLeaves: number[] = [];
  class Counted extends Language {
    override leaf(kind: "param" | "input", shape: readonly number[]): Tensor {
      if (kind === "input") inputLeaves.push(made);
      const leaf = super.leaf(kind, shape);
      made += 1;
      return leaf;
    }
  }
  const language = new Counted((shape) => numbers(seed, made, shape));
  return {
    language,
    loss: randomNetwork(seed, steps, language),
    inputLeaves,
  };
}

describe("random networks", { timeout: 60_000 }, () => {
  const seeds = Array.from({ length: graphs }, (_, i) => i + 1);
  it.each(seeds)("%i: tape, rules and emitted code agree", async (seed) => {
    const { language, loss, inputLeaves } = inTheLanguage(seed);
    const model = language.model(loss);
    for (const unroll of ["full", "never"] as const) {
      const { plan, script } = await compileModel(model, {
        sourceName: "random.ts",
        command: "test",
        unroll,
        math: "exact",
        verify: false,
      });
      const { create } = await importScript(script);
      for (const n of [1, 3]) {
        const net = create({ maxBatch: 3 });
        Object.values(net.inputs).forEach((into, i) => {
          const size = into.length / 3;
          for (let example = 0; example < n; example++)
            into.set(
              numbers(seed, inputLeaves[i] ?? 0, [size], example),
              example * size,
            );
        });
        const twin = create({ maxBatch: 3 });
        Object.entries(net.inputs).forEach(([name, data]) => {
          twin.inputs[name]?.set(data);
        });
        const oracle = new Oracle(plan, net.params, net.lr);
        oracle.backward(net.inputs, n);
        net.backward(n);
        const want = byTape(seed, n);
        expect(worstError(Array.from(net.loss), [want.loss])).toBeLessThan(
          1e-12,
        );
        for (const p of plan.model.params) {
          const { offset, name } = p.op;
          const got = net.grads.slice(offset, offset + sizeOf(p.shape));
          const wanted = want.gradients[language.params.indexOf(name)] ?? [];
          expect(worstError(Array.from(got), wanted), name).toBeLessThan(1e-12);
        }
        expect(Array.from(net.loss)).toEqual(Array.from(oracle.loss));
        expect(Array.from(net.grads)).toEqual(Array.from(oracle.grads));
        net.update();
        oracle.update();
        twin.trainStep(n);
        expect(Array.from(net.params)).toEqual(Array.from(oracle.params));
        expect(Array.from(net.params)).toEqual(Array.from(twin.params));
      }
    }
  });
});
