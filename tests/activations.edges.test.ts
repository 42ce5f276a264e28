import { describe, expect, it } from "vitest";
import * as g from "../dsl/index.js";
import type { Tensor } from "../dsl/index.js";
import {
  alpha,
  rows,
  scale,
  sigmoid,
  softplus,
  type Row,
} from "./activationRows.js";
import { difference, relativeDifference, valueAndSlope } from "./opsHarness.js";

/** Signed zeros, subnormals, kinks, limits of e^x, the largest numbers, infinities, NaN. */
const edges = [
  0,
  5e-324,
  1e-300,
  1e-40,
  1e-8,
  2 ** -52,
  0.5,
  1,
  3,
  6,
  17,
  20,
  30,
  88,
  89,
  100,
  709,
  710,
  1000,
  1e200,
  1.7976931348623157e308,
  Infinity,
].flatMap((x) => [x, -x]);
edges.push(NaN);

describe("values and slopes at the edges are PyTorch's", () => {
  it.each(Object.entries(rows))("%s", (_, { f, value, slope, except }) => {
    const xs = edges.filter((x) => except?.(x) !== true);
    const got = valueAndSlope(f, xs);
    const off = xs.flatMap((x, i) => {
      const why = [
        difference(got.y[i], value(x), 4e-15),
        difference(got.slope[i], slope(x), 1e-14),
      ];
      return why.flatMap((w, k) =>
        w === undefined
          ? []
          : [`${k === 0 ? "y" : "dy/dx"}(${String(x)}) ${w}`],
      );
    });
    expect(off).toEqual([]);
  });
});

describe("small slopes keep their digits", () => {
  const tails: Readonly<Record<string, Row>> = {
    elu: rows["elu"] as Row,
    selu: rows["selu"] as Row,
    celu: rows["celu"] as Row,
    expm1: rows["expm1"] as Row,
    softplus: rows["softplus"] as Row,
    sigmoid: rows["sigmoid"] as Row,
    logSigmoid: {
      f: (x) => g.logSigmoid(g.neg(x)),
      value: (x) => -softplus(x),
      slope: (x) => -sigmoid(x),
    },
  };
  it.each(Object.entries(tails))("%s", (_, { f, slope }) => {
    const xs = [-17, -37, -100, -300];
    const got = valueAndSlope(f, xs).slope;
    xs.forEach((x, i) => {
      expect(relativeDifference(got[i], slope(x), 1e-14)).toBe(undefined);
    });
  });
});

describe("conventions at kinks", () => {
  it.each([
    ["elu'(0) = alpha", (x: Tensor) => g.elu(x, { alpha: 0.3 }), 0, 0.3],
    ["selu'(0) = scale alpha", g.selu, 0, scale * alpha],
    ["celu'(0) = 1", (x: Tensor) => g.celu(x, { alpha: 0.3 }), 0, 1],
    ["hardswish'(-3) = -1/2", g.hardswish, -3, -0.5],
    ["hardswish'(3) = 1", g.hardswish, 3, 1],
    ["hardsigmoid'(3) = 0", g.hardsigmoid, 3, 0],
    ["hardsigmoid'(-3) = 0", g.hardsigmoid, -3, 0],
    ["maximum(x, 0) gives half at 0", (x: Tensor) => g.maximum(x, 0), 0, 0.5],
    ["minimum(0, x) gives half at 0", (x: Tensor) => g.minimum(0, x), 0, 0.5],
    ["sqrt'(0) = Infinity", g.sqrt, 0, Infinity],
  ] as const)("%s", (_, f, at, slope) => {
    expect(valueAndSlope(f, [at]).slope[0]).toBeCloseTo(slope, 14);
  });
});
