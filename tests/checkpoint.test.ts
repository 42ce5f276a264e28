import { describe, expect, it } from "vitest";
import { importScript } from "../compiler/check/emitted.js";
import { compileModel } from "../compiler/compile.js";
import * as g from "../dsl/index.js";
import type { Tensor } from "../dsl/index.js";
import { evaluate, type Feeds } from "./opsHarness.js";

type Block = (a: Tensor<[2]>, b: Tensor<[2]>) => Tensor<[2]>;

const noise = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => Math.sin(7 * i + 3 * seed + 1));

describe("customGradient()", () => {
  const x = g.input("x", [3]);
  const feeds: Feeds = [[x, [1, -2, 3, 4, 5, -6]]];

  it("has the values of the function and the derivative of the rule", () => {
    const doubled = g.customGradient(
      (v: Tensor<[3]>) => g.square(v),
      (dy, y, v) => [g.add(g.mul(dy, v), y)],
    );
    const y = doubled(x);
    const [dx] = g.gradient(g.sum(y), [x]);
    const [values, slopes] = evaluate([y, dx], feeds, 2);
    expect(values).toEqual([1, 4, 9, 16, 25, 36]);
    expect(slopes).toEqual([2, 2, 12, 20, 30, 30]);
  });

  it("is differentiated again by its rule", () => {
    const cubed = g.customGradient(
      (v: Tensor<[3]>) => g.mul(v, g.square(v)),
      (dy, _y, v) => [g.mul(dy, g.mul(3, g.square(v)))],
    );
    const [dx] = g.gradient(g.sum(cubed(x)), [x]);
    const [ddx] = g.gradient(g.sum(dx), [x]);
    const [second] = evaluate([ddx], feeds, 2);
    expect(second).toEqual([6, -12, 18, 24, 30, -36]);
  });

  it("sums over the examples what belongs to an argument without examples", () => {
    const w = g.input("w", [3], { batched: false });
    const scaled = g.customGradient(
      (v: Tensor<[3]>, u: Tensor<[3]>) => g.mul(v, u),
      (dy, _y, v, u) => [g.mul(dy, u), g.mul(dy, v)],
    );
    const [dw] = g.gradient(g.sum(scaled(x, w)), [w]);
    const [sum] = evaluate([dw], [...feeds, [w, [1, 1, 1]]], 2);
    expect(sum).toEqual([5, 3, -3]);
  });

  it.each(["outside", "in a loop"])(
    "compiles where the rule is not the slope of the function (%s)",
    async (where) => {
      const passed = (v: Tensor<[2]>): Tensor<[2]> =>
        g.customGradient(
          (u: Tensor<[2]>) => g.sign(u),
          (dy) => [dy],
        )(v);
      const w = g.param("w", [2], { init: [0.5, -0.25] });
      const rows = g.constant([2, 2], [1, 2, 3, 4]);
      const y =
        where === "outside"
          ? passed(g.mul(w, 3))
          : g.scan(rows, w, (carry, row) => {
              const next = g.mul(passed(carry), row);
              return { carry: next, output: g.stopGradient(carry) };
            }).carry;
      const model = g.model({
        inputs: {},
        outputs: { y },
        loss: g.sum(g.square(y)),
        optimizer: g.sgd(0.1),
      });
      const { script, summary } = await compileModel(model, {
        sourceName: "passed.ts",
        command: "test",
        unroll: "auto",
        math: "exact",
        verify: true,
      });
      expect(summary.worstGradientError).toBeLessThan(1e-8);
      const net = (await importScript(script)).create();
      net.backward();
      expect(Array.from(net.grads)).toEqual(
        where === "outside" ? [6, -6] : [18, -64],
      );
    },
  );

  it("compiles where a step of a loop stops gradients", async () => {
    const w = g.param("w", [], { init: [0.5] });
    const rows = g.constant([3], [1, 2, 3]);
    const { carry } = g.scan(rows, w, (before, row) => {
      const next = g.mul(before, g.add(row, g.stopGradient(before)));
      return { carry: next, output: next };
    });
    const model = g.model({
      inputs: {},
      outputs: { carry },
      loss: carry,
      optimizer: g.sgd(0.1),
    });
    const { summary } = await compileModel(model, {
      sourceName: "stopped.ts",
      command: "test",
      unroll: "never",
      math: "exact",
      verify: true,
    });
    expect(summary.worstGradientError).toBeLessThan(1e-8);
  });

  it("refuses cotangents that do not fit, and values that are no arguments", () => {
    const z = g.input("z", [3]);
    const given = (vjp: (dy: Tensor<[3]>) => readonly unknown[]): unknown => {
      const f = g.customGradient(
        (v: Tensor<[3]>) => v,
        vjp as (dy: Tensor<[3]>) => readonly [Tensor<[3]>],
      );
      return g.gradient(g.sum(f(x)), [x]);
    };
    expect(() => given((dy) => [g.sum(dy)])).toThrow(
      "customGradient: the cotangent of argument 0 must have shape [3], got []",
    );
    expect(() => given(() => [])).toThrow(
      "customGradient: vjp returned 0 cotangents, expected 1, one for each argument",
    );
    expect(() => given((dy) => [g.mul(dy, z)])).toThrow(
      'customGradient: vjp reads "z", expected only dy, y and the arguments',
    );
  });
});

describe("checkpoint()", () => {
  const x = g.input("x", [3]);
  const w = g.param("w", [3, 3]);
  const data: Feeds = [
    [x, noise(6, 1)],
    [w, noise(9, 2)],
  ];
  const block = (v: Tensor<[3]>): Tensor<[3]> =>
    g.tanh(g.matmul(w, g.sigmoid(g.matmul(w, v))));

  it("has the bits of the function, values and gradients", () => {
    const plain = g.sum(g.square(block(x)));
    const kept = g.sum(g.square(g.checkpoint(block)(x)));
    const [dx, dw] = g.gradient(plain, [x, w]);
    const [cx, cw] = g.gradient(kept, [x, w]);
    const [y, a, b, z, c, d] = evaluate([plain, dx, dw, kept, cx, cw], data, 2);
    expect([z, c, d]).toEqual([y, a, b]);
  });

  it("reads a value that is made of its argument", () => {
    const v = g.param("v", [3]);
    const double = g.mul(v, 2);
    const f = (u: Tensor<[3]>): Tensor<[3]> => g.mul(g.tanh(u), double);
    const [plain, again] = [f, g.checkpoint(f)].map((h) => {
      const [dv] = g.gradient(g.sum(h(v)), [v]);
      return evaluate([dv], [[v, noise(3, 4)]], 1)[0];
    });
    expect(again).toEqual(plain);
  });

  it("is differentiated twice", () => {
    const twice = (f: (v: Tensor<[3]>) => Tensor<[3]>): Tensor => {
      const [dx] = g.gradient(g.sum(f(x)), [x]);
      const [ddx] = g.gradient(g.sum(g.square(dx)), [x]);
      return ddx;
    };
    const [a, b] = evaluate(
      [twice(block), twice(g.checkpoint(block))],
      data,
      2,
    );
    b?.forEach((v, i) => {
      expect(v).toBeCloseTo(a?.[i] as number, 14);
    });
  });

  it("reads parameters that it declares once", () => {
    const f = g.checkpoint((v: Tensor<[3]>) => g.relu(g.linear(v, 3)));
    const y = f(x);
    const [dx] = g.gradient(g.sum(y), [x]);
    expect(dx.shape).toEqual([3]);
  });
});

describe("checkpoint() in a step of scan()", () => {
  it.each(["never", "full"] as const)(
    "has the gradients of the function (unroll %s)",
    async (unroll) => {
      const gradients = [g.checkpoint, (f: Block): Block => f].map(
        async (wrap) => {
          const x = g.input("x", [5, 2]);
          const y = g.input("y", [2]);
          const w = g.param("w", [2], { init: [0.5, -0.25] });
          const u = g.param("u", [2, 2], { init: [0.1, 0.2, -0.3, 0.4] });
          // square(w) is the same at every step: it is computed before the loop.
          const block = wrap((a, b) =>
            g.tanh(g.add(g.mul(a, g.square(w)), g.matmul(u, b))),
          );
          const { carry } = g.scan(x, g.mul(y, w), (before, entry) => {
            const next = block(before, entry);
            return { carry: next, output: next };
          });
          const model = g.model({
            inputs: { x, y },
            outputs: { carry },
            loss: g.mse(carry, y),
            optimizer: g.sgd(0.1),
          });
          const { script, summary } = await compileModel(model, {
            sourceName: "steps.ts",
            command: "test",
            unroll,
            math: "exact",
            verify: true,
          });
          expect(summary.worstGradientError).toBeLessThan(1e-8);
          const net = (await importScript(script)).create({ maxBatch: 2 });
          net.inputs["x"]?.set(noise(20, 1));
          net.inputs["y"]?.set(noise(4, 2));
          net.backward(2);
          return Array.from(net.grads);
        },
      );
      const [got, want] = await Promise.all(gradients);
      expect(got?.length).toBe(6);
      for (const [i, d] of (want ?? []).entries())
        expect(got?.[i]).toBeCloseTo(d, 14);
    },
  );
});

describe("checkpoint() around dropout()", () => {
  it.each(["outside", "in a loop"])(
    "predicts without random numbers (%s)",
    async (where) => {
      const x = g.input("x", [2]);
      const y = g.input("y", [2]);
      const w = g.param("w", [2], { init: [0.5, -0.25] });
      const block = g.checkpoint((v: Tensor<[2]>) =>
        g.mul(w, g.dropout(v, 0.5)),
      );
      const rows = g.constant([3, 2], [1, 1, 1, 1, 1, 1]);
      const out =
        where === "outside"
          ? block(x)
          : g.scan(rows, x, (before, row) => {
              const next = g.mul(block(before), row);
              return { carry: next, output: next };
            }).carry;
      const model = g.model({
        inputs: { x, y },
        outputs: { out },
        loss: g.mse(out, y),
        optimizer: g.sgd(0.1),
      });
      const { script, summary } = await compileModel(model, {
        sourceName: "dropped.ts",
        command: "test",
        unroll: "never",
        math: "exact",
        verify: true,
      });
      expect(summary.worstGradientError).toBeLessThan(1e-8);
      const net = (await importScript(script)).create();
      const power = where === "outside" ? 1 : 3;
      expect(Array.from(net.predict([8, 8]))).toEqual([
        8 * 0.5 ** power,
        8 * (-0.25) ** power,
      ]);
    },
  );
});
