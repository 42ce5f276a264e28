import { describe, expect, it } from "vitest";
import * as g from "../dsl/index.js";
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
