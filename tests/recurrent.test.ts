import { describe, expect, it } from "vitest";
import * as g from "../dsl/index.js";
import { topological } from "../dsl/graph.js";
import { asNode, asTensor } from "../dsl/tensor.js";
import { evaluate } from "./opsHarness.js";

const x = g.input("x", [3], { batched: false });
const h = g.input("h", [2], { batched: false });

describe("rnnCell(), gruCell(), lstmCell()", () => {
  const cells = {
    rnn: g.rnnCell(3, 2, { init: { weight_ih: g.ones(), bias_hh: g.zeros() } }),
    gru: g.gruCell(3, 2, { bias: false }),
    lstm: g.lstmCell(3, 2),
  };

  it("have PyTorch's parameters, rows of all gates together", () => {
    expect(cells.rnn.weightIh.shape).toEqual([2, 3]);
    expect(cells.gru.weightHh.shape).toEqual([6, 2]);
    expect(cells.gru.biasIh).toBeUndefined();
    expect(cells.lstm.biasHh?.shape).toEqual([8]);
  });

  it("start from zeros without a state", () => {
    const { rnn } = cells;
    const [w, u] = [rnn.weightIh, rnn.weightHh];
    const given = [
      [x, [1, 2, 3]],
      [h, [0, 0]],
      [w, [1, 0, 0, 0, 1, -1]],
      [u, [0.5, 1, -1, 2]],
      [rnn.biasIh as g.Tensor, [0.25, 0.5]],
      [rnn.biasHh as g.Tensor, [-1, 1]],
    ] as const;
    const [without, withZeros] = evaluate([rnn(x), rnn(x, h)], given);
    expect(without).toEqual(withZeros);
    expect(without?.[0]).toBeCloseTo(Math.tanh(0.25), 15);
    expect(without?.[1]).toBeCloseTo(Math.tanh(0.5), 15);
  });

  it("refuse an initializer of a parameter that they do not have", () => {
    const init = { weight: g.ones() } as object;
    expect(() => g.gruCell(3, 2, { init })).toThrow(
      'gruCell: init has "weight", expected one of weight_ih, weight_hh, bias_ih, bias_hh',
    );
  });

  it("refuse sizes that are no positive integers, and other nonlinearities", () => {
    expect(() => g.lstmCell(0, 2)).toThrow(
      "lstmCell: input size 0 is not a positive integer",
    );
    expect(() => g.lstmCell(2, 1.5)).toThrow(
      "lstmCell: hidden size 1.5 is not a positive integer",
    );
    const nonlinearity = "sigmoid" as "tanh";
    expect(() => g.rnnCell(3, 2, { nonlinearity })).toThrow(
      'rnnCell: nonlinearity is "sigmoid", expected "tanh" or "relu"',
    );
  });
});

describe("rnn(), gru(), lstm()", () => {
  const size = 3;
  const noise = (n: number): number[] =>
    Array.from({ length: n }, (_, i) => Math.sin(3 * i + 1));
  const sequence = g.input("sequence", [5, size]);

  const layers = {
    rnn: g.rnn(size, 2, { numLayers: 2, bidirectional: true }),
    gru: g.gru(size, 2),
    lstm: g.lstm(size, 2, { bidirectional: true }),
  };
  it.each([
    ["rnn", (v: g.Tensor) => layers.rnn(v)],
    ["gru", (v: g.Tensor) => layers.gru(v)],
    ["lstm", (v: g.Tensor) => layers.lstm(v)],
  ] as const)(
    "%s() of a batch is that of each example by itself",
    (_, layer) => {
      const { output, h } = layer(sequence);
      const params = paramsOf([output, h]).map(
        (p) => [p, noise(p.shape.reduce((n, d) => n * d, 1))] as const,
      );
      const data = noise(2 * 5 * size);
      const both = evaluate([output, h], [[sequence, data], ...params], 2);
      const half = 5 * size;
      const single = [data.slice(0, half), data.slice(half)].map((part) =>
        evaluate([output, h], [[sequence, part], ...params], 1),
      );
      expect(both).toEqual(
        [0, 1].map((k) => single.flatMap((one) => one[k] ?? [])),
      );
    },
  );

  it.each(["rnn", "gru", "lstm"] as const)(
    "%s() has the same bits as a loop and written out",
    (name) => {
      const make = (
        form: "unroll" | "scan",
      ): { readonly roots: g.Tensor[]; readonly params: g.Tensor[] } => {
        const options = { form, numLayers: 2, bidirectional: true } as const;
        const { output, h } = {
          rnn: () => g.rnn(size, 2, options)(sequence as g.Tensor),
          gru: () => g.gru(size, 2, options)(sequence as g.Tensor),
          lstm: () => g.lstm(size, 2, options)(sequence as g.Tensor),
        }[name]();
        const params = paramsOf([output, h]);
        const loss = g.add(g.sum(g.square(output)), g.sum(g.square(h)));
        return { roots: [output, h, ...g.gradient(loss, params)], params };
      };
      const run = (form: "unroll" | "scan"): number[][] => {
        const { roots, params } = make(form);
        const feeds = params.map(
          (p) => [p, noise(p.shape.reduce((n, d) => n * d, 1))] as const,
        );
        return evaluate(roots, [[sequence, noise(2 * 5 * size)], ...feeds], 2);
      };
      const [written, looped] = [run("unroll"), run("scan")];
      expect(looped.slice(0, 2)).toEqual(written.slice(0, 2));
      looped.flat().forEach((v, i) => {
        expect(v).toBeCloseTo(written.flat()[i] as number, 13);
      });
    },
  );

  it("are loops above 16 steps", () => {
    const kinds = (steps: number): string[] => {
      const xs = g.input("xs", [steps, size]);
      const { output } = g.gru(size, 2)(xs as g.Tensor);
      return topological([asNode(output)]).map((v) => v.op.kind);
    };
    expect(kinds(16)).not.toContain("scan");
    expect(kinds(17)).toContain("scan");
  });

  it("refuse another form, another number of layers, and a sequence without steps", () => {
    const form = "loop" as "scan";
    expect(() => g.gru(3, 2, { form })).toThrow(
      'gru: form is "loop", expected "unroll" or "scan"',
    );
    expect(() => g.lstm(3, 2, { numLayers: 0 })).toThrow(
      "lstm: numLayers is 0, expected a positive integer",
    );
    const unknownToTypes: readonly number[] = [0, 3];
    expect(() => g.rnn(3, 2)(g.input("none", unknownToTypes))).toThrow(
      "shape [0, 3]: dimension 0 is not a positive integer",
    );
  });
});

describe("unroll() and scan()", () => {
  const xs = g.input("xs", [3, 2], { batched: false });
  const h0 = g.input("h0", [2], { batched: false });
  const feeds = [
    [xs, [1, 2, 3, 4, 5, 6]],
    [h0, [10, 20]],
  ] as const;

  it.each([g.unroll, g.scan])(
    "carry records and lists, and stack the outputs",
    (loop) => {
      const record = loop(xs, { h: h0, n: g.constant(0) }, ({ h, n }, x) => ({
        carry: { h: g.add(h, x), n: g.add(n, 1) },
        output: g.mul(h, n),
      }));
      const list = loop(xs, [h0, h0], ([a, b], x) => ({
        carry: [b, g.add(a, x)],
        output: g.sum(a),
      }));
      const values = evaluate(
        [record.outputs, record.carry.h, record.carry.n, list.outputs],
        feeds,
      );
      expect(values).toEqual([
        [0, 0, 11, 22, 28, 52],
        [19, 32],
        [3],
        [30, 30, 33],
      ]);
    },
  );
});

describe("second derivatives", () => {
  it("a Hessian times a vector is the gradient of a gradient times it", () => {
    const w = g.input("w", [3], { batched: false });
    const v = g.input("v", [3], { batched: false });
    const f = g.sum(g.mul(g.exp(w), g.square(w)));
    const [dw] = g.gradient(f, [w]);
    const [hv] = g.gradient(g.sum(g.mul(dw, g.stopGradient(v))), [w]);
    const at = [0.5, -1, 2];
    const by = [1, 2, -3];
    const [got] = evaluate(
      [hv],
      [
        [w, at],
        [v, by],
      ],
    );
    // d2/dw2 of e^w w^2 is e^w (w^2 + 4 w + 2).
    at.forEach((x, i) => {
      const want = Math.exp(x) * (x * x + 4 * x + 2) * (by[i] as number);
      expect(got?.[i]).toBeCloseTo(want, 12);
    });
  });

  it.each([
    ["gru", (v: g.Tensor) => g.gru(2, 2)(v).output],
    [
      "lstm as a loop",
      (v: g.Tensor) => g.lstm(2, 2, { form: "scan" })(v).output,
    ],
    [
      "attention",
      (v: g.Tensor) => g.multiHeadAttention(2, 1, { causal: true })(v),
    ],
    ["rotaryEmbedding", (v: g.Tensor) => g.tanh(g.rotaryEmbedding(v))],
    [
      "transformerEncoderLayer",
      (v: g.Tensor) =>
        g.transformerEncoderLayer(2, 1, { feedForward: 3, activation: "gelu" })(
          v,
        ),
    ],
  ] as const)("of %s agree with differences of its gradient", (_, f) => {
    const v = g.input("v", [4, 2], { batched: false }) as g.Tensor;
    const y = g.sum(g.square(f(v)));
    const [dv] = g.gradient(y, [v]);
    const weights = g.constant(
      [4, 2],
      [1, -1, 2, 0.5, -2, 1, 1, 3],
    ) as g.Tensor;
    const along = g.sum(g.mul(dv, weights));
    const [second] = g.gradient(along, [v]);
    const params = paramsOf([y]).map(
      (p) => [p, wave(p.shape.reduce((n, d) => n * d, 1))] as const,
    );
    const at = [0.3, -0.6, 0.9, 0.2, -0.4, 0.7, 0.1, -0.8];
    const slope = (data: readonly number[]): number =>
      evaluate([along], [[v, data], ...params])[0]?.[0] as number;
    const [got] = evaluate([second], [[v, at], ...params]);
    at.forEach((_x, i) => {
      const moved = (by: number): number[] =>
        at.map((x, k) => (k === i ? x + by : x));
      const want = (slope(moved(1e-5)) - slope(moved(-1e-5))) / 2e-5;
      expect(got?.[i]).toBeCloseTo(want, 6);
    });
  });
});

const wave = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => Math.cos(2 * i + 0.5));

/** The parameters that values read, in the order of declaration. */
function paramsOf(values: readonly g.Tensor[]): g.Tensor[] {
  return topological(values.map(asNode))
    .filter((v) => v.op.kind === "leaf" && v.op.space === "param")
    .sort((a, b) => a.id - b.id)
    .map((v) => asTensor<g.Tensor>(v));
}
