/** Batch norms as part of the weights before them: which there are, and how far outputs move. */
import { describe, expect, it } from "vitest";
import { importScript } from "../compiler/check/emitted.js";
import { numbersFrom } from "../compiler/check/given.js";
import {
  batchNorm,
  conv1d,
  conv2d,
  convTranspose2d,
  input,
  linear,
  model,
  mul,
  relu,
  sgd,
  sum,
  type Model,
  type Tensor,
} from "../dsl/index.js";
import { frozen, trainable, type Start } from "./support/frozen.js";

const network = (x: Tensor, y: Tensor): Model =>
  model({
    inputs: { x },
    outputs: { y },
    loss: sum(mul(y, y)),
    optimizer: sgd(0.1),
  });

/** A batch norm after what has weights, and what is left of its own numbers. */
const folding: Readonly<Record<string, () => Model>> = {
  linear: () => {
    const x = input("x", [7]);
    return network(x, batchNorm(linear(x, 5, { name: "f" }), { name: "n" }));
  },
  "a linear layer without bias, a norm without parameters": () => {
    const x = input("x", [7]);
    const f = linear(x, 5, { name: "f", bias: false });
    return network(x, batchNorm(f, { name: "n", affine: false }));
  },
  conv1d: () => {
    const x = input("x", [3, 9]);
    return network(x, batchNorm(conv1d(x, 4, 3, { name: "f" }), { name: "n" }));
  },
  "conv2d of groups": () => {
    const x = input("x", [4, 6, 6]);
    const f = conv2d(x, 6, 3, { name: "f", groups: 2, padding: 1 });
    return network(x, batchNorm(f, { name: "n" }));
  },
  "conv2d of one channel": () => {
    const x = input("x", [2, 6, 6]);
    return network(x, batchNorm(conv2d(x, 1, 3, { name: "f" }), { name: "n" }));
  },
  convTranspose2d: () => {
    const x = input("x", [3, 4, 4]);
    const f = convTranspose2d(x, 2, 3, { name: "f", stride: 2 });
    return network(x, batchNorm(f, { name: "n" }));
  },
  "two in a row": () => {
    const x = input("x", [5]);
    const a = batchNorm(linear(x, 6, { name: "f" }), { name: "n" });
    return network(
      x,
      batchNorm(linear(relu(a), 3, { name: "f2" }), { name: "n2" }),
    );
  },
};

/** What has to stay as it is. */
const staying: Readonly<Record<string, () => Model>> = {
  "a norm of what others read too": () => {
    const x = input("x", [5]);
    const f = linear(x, 5, { name: "f" });
    return network(x, mul(f, batchNorm(f, { name: "n" })));
  },
  "a norm of an input": () => {
    const x = input("x", [5]);
    return network(x, batchNorm(x, { name: "n" }));
  },
  "a norm of activations": () => {
    const x = input("x", [5]);
    const h = relu(linear(x, 5, { name: "f" }));
    return network(x, batchNorm(h, { name: "n" }));
  },
};

/** Parameters with variances that are positive, and means on both sides of 0. */
function someParams({ params, layout }: Start): Float64Array {
  const all = params.slice();
  const next = numbersFrom(3);
  for (const { name, shape, offset } of layout) {
    const size = shape.reduce((n, d) => n * d, 1);
    for (let i = offset; i < offset + size; i++)
      all[i] = name.endsWith("running_var") ? 0.2 + (next() + 1) : next();
  }
  return all;
}

const start = async (build: () => Model): Promise<Float64Array> => {
  const { module } = await trainable(build());
  const { layout } = module as unknown as Pick<Start, "layout">;
  return someParams({ params: module.create().params, layout });
};

describe("batch norms", { timeout: 60_000 }, () => {
  it.each(Object.entries(folding))("are part of %s", async (_, build) => {
    const params = await start(build);
    for (const unroll of ["auto", "never"] as const) {
      const folded = await frozen(build(), params, { norms: "fold", unroll });
      expect(folded.text).not.toMatch(/running|normalized/i);
      expect(folded.summary.outputError).toBeLessThan(4e-15);
      expect(folded.text.replace(/\n \* /g, " ")).toMatch(
        / bit for bit; outputs within 1e-1[4-8] of the trained network's on 2 examples\./,
      );
      const kept = await frozen(build(), params, { norms: "keep", unroll });
      expect(kept.summary.outputError).toBe(0);
    }
  });

  it.each(Object.entries(staying))("stay as they are: %s", async (_, build) => {
    const params = await start(build);
    const [folded, kept] = await Promise.all(
      (["fold", "keep"] as const).map((norms) =>
        frozen(build(), params, { norms }),
      ),
    );
    expect(folded?.text).toBe(kept?.text);
  });

  it("stay where their factors are not finite", async () => {
    const build = folding["linear"] as () => Model;
    const params = await start(build);
    const { module } = await trainable(build());
    const { layout } = module as unknown as Pick<Start, "layout">;
    const at = layout.find(({ name }) => name === "n.weight")?.offset ?? 0;
    params[at] = Infinity;
    const folded = await frozen(build(), params, { norms: "fold" });
    expect(folded.summary.outputError).toBe(0);
  });

  it("move outputs by no more than the bound says", async () => {
    const inFeatures = 7;
    const out = 5;
    const build = folding["linear"] as () => Model;
    const params = await start(build);
    const { module } = await trainable(build());
    const { layout } = module as unknown as Pick<Start, "layout">;
    const of = (name: string): Float64Array => {
      const entry = layout.find((l) => l.name === name);
      const { offset = 0, shape = [] } = entry ?? {};
      const size = shape.reduce((n, d) => n * d, 1);
      return params.subarray(offset, offset + size);
    };
    const at = (list: Float64Array, i: number): number => list[i] as number;
    const folded = await frozen(build(), params, { norms: "fold" });
    const kept = await frozen(build(), params, { norms: "keep" });
    const [a, b] = await Promise.all(
      [folded, kept].map(async ({ script }) =>
        (await importScript(script)).create(),
      ),
    );
    const next = numbersFrom(11);
    // Five operations follow the sum: bias, mean, deviation, weight, bias of the norm.
    const k = inFeatures + 5 + 2;
    const u = 2 ** -53;
    const g = (k * u) / (1 - k * u);
    let [moved, worst] = [0, 0];
    for (let t = 0; t < 2000; t++) {
      const x = Array.from(
        { length: inFeatures },
        () => next() * 10 ** (t % 7),
      );
      const [y, z] = [a?.predict(x), b?.predict(x)].map((v) => v?.slice());
      for (let i = 0; i < out; i++) {
        const terms = x.map((v, j) =>
          Math.abs(v * at(of("f.weight"), i * inFeatures + j)),
        );
        const whole =
          (terms.reduce((s, v) => s + v, 0) +
            Math.abs(at(of("f.bias"), i)) +
            Math.abs(at(of("n.running_mean"), i))) *
            Math.abs(
              at(of("n.weight"), i) /
                Math.sqrt(at(of("n.running_var"), i) + 1e-5),
            ) +
          Math.abs(at(of("n.bias"), i));
        const error = Math.abs((y?.[i] ?? NaN) - (z?.[i] ?? NaN));
        if (error > 0) moved++;
        worst = Math.max(worst, error / (2 * g * whole));
      }
    }
    expect(moved).toBeGreaterThan(1000);
    expect(worst).toBeLessThan(1);
  });
});
