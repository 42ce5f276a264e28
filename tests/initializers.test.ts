import { describe, expect, it } from "vitest";
import { interpret } from "../compiler/interpret.js";
import type { Initializer, Node } from "../dsl/graph.js";
import {
  calculateGain,
  eye,
  fill,
  kaimingNormal,
  kaimingUniform,
  normal,
  xavierNormal,
  xavierUniform,
} from "../dsl/initializers.js";
import { leafNode } from "../dsl/primitives/leaf.js";
import { sizeOf } from "../dsl/graph.js";

/** What an initializer makes of uniform numbers that are all `u`, or, of stream 1, all `angle`. */
function started(
  init: Initializer,
  shape: readonly number[],
  u: number,
  angle = 0,
): number[] {
  const leaves = new Map<Node, readonly number[]>();
  const node = init({
    shape,
    uniform: (stream = 0) => {
      const leaf = leafNode("number", `uniform ${String(stream)}`, shape);
      const value = stream === 0 ? u : angle;
      leaves.set(
        leaf,
        Array.from({ length: sizeOf(shape) }, () => value),
      );
      return leaf;
    },
  });
  return Array.from(interpret([node], leaves).get(node) ?? []);
}

// Weight [out, in, kernel]: fan in 3 * 5, fan out 4 * 5.
const shape = [4, 3, 5];
/** Box and Muller's transform makes 1 of these two numbers. */
const one = 1 - Math.exp(-0.5);

describe("initializers follow PyTorch's formulas", () => {
  const uniform: readonly (readonly [string, Initializer, number])[] = [
    ["xavierUniform", xavierUniform(), Math.sqrt(6 / 35)],
    [
      "xavierUniform for tanh",
      xavierUniform(calculateGain("tanh")),
      (5 / 3) * Math.sqrt(6 / 35),
    ],
    ["kaimingUniform", kaimingUniform(), Math.SQRT2 * Math.sqrt(3 / 15)],
    [
      "kaimingUniform of PyTorch's Linear",
      kaimingUniform({ a: Math.sqrt(5) }),
      1 / Math.sqrt(15),
    ],
    [
      "kaimingUniform, fanOut",
      kaimingUniform({ mode: "fanOut", nonlinearity: "relu" }),
      Math.sqrt(6 / 20),
    ],
  ];
  for (const [name, init, bound] of uniform)
    it(name, () => {
      expect(started(init, shape, 0)[59]).toBeCloseTo(-bound, 14);
      expect(started(init, shape, 0.5)[0]).toBeCloseTo(0, 14);
      expect(started(init, shape, 0.75)[0]).toBeCloseTo(bound / 2, 14);
    });

  const normals: readonly (readonly [string, Initializer, number])[] = [
    ["normal", normal(), 1],
    ["xavierNormal", xavierNormal(2), 2 * Math.sqrt(2 / 35)],
    [
      "kaimingNormal",
      kaimingNormal({ nonlinearity: "selu" }),
      0.75 / Math.sqrt(15),
    ],
  ];
  for (const [name, init, deviation] of normals)
    it(name, () => {
      expect(started(init, shape, one)[0]).toBeCloseTo(deviation, 14);
      expect(started(init, shape, one, 0.5)[0]).toBeCloseTo(-deviation, 14);
    });

  it("eye is the identity, fill one number", () => {
    expect(started(eye(), [2, 3], 0)).toEqual([1, 0, 0, 0, 1, 0]);
    expect(started(fill(0.25), [2], 0)).toEqual([0.25, 0.25]);
  });

  it("gains are PyTorch's", () => {
    expect(calculateGain("relu")).toBe(Math.SQRT2);
    expect(calculateGain("leakyRelu", 1)).toBe(1);
    expect([
      calculateGain("linear"),
      calculateGain("conv"),
      calculateGain("sigmoid"),
    ]).toEqual([1, 1, 1]);
  });

  it("a vector has no fan in", () => {
    expect(() => started(xavierUniform(), [3], 0)).toThrow(
      "xavierUniform: expects 2 or more axes, got 1 (shape [3])",
    );
  });
});
