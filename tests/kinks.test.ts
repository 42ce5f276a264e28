/** docs/kinks.md is a contract: every row of its table is evaluated. */
import { describe, expect, it } from "vitest";
import * as g from "../dsl/index.js";
import type { Tensor } from "../dsl/index.js";
import { valueAndSlope } from "./opsHarness.js";
import { read } from "./support/documents.js";

type Vector = Tensor<[number]>;

const number = (x: number): Tensor<[1]> => g.constant([1], [x]);
const one = (x: Vector): Tensor<[1]> => g.reshape(x, [1]);
const withOne = (x: Vector): Tensor<[2]> => g.concat([one(x), number(1)], 0);

/** What each row's text means. */
const functions: Readonly<Record<string, (x: Vector) => Tensor>> = {
  "relu(x)": (x) => g.relu(x),
  "relu6(x)": (x) => g.relu6(x),
  "leakyRelu(x)": (x) => g.leakyRelu(x),
  "elu(x)": (x) => g.elu(x),
  "selu(x)": (x) => g.selu(x),
  "celu(x)": (x) => g.celu(x),
  "hardtanh(x)": (x) => g.hardtanh(x),
  "hardsigmoid(x)": (x) => g.hardsigmoid(x),
  "hardswish(x)": (x) => g.hardswish(x),
  "clamp(x, { min: -1, max: 1 })": (x) => g.clamp(x, { min: -1, max: 1 }),
  "softshrink(x)": (x) => g.softshrink(x),
  "hardshrink(x)": (x) => g.hardshrink(x),
  "threshold(x, 1, 0)": (x) => g.threshold(x, 1, 0),
  "abs(x)": (x) => g.abs(x),
  "sign(x)": (x) => g.add(g.sign(x), g.mul(x, 0)),
  "floor(x)": (x) => g.add(g.floor(x), g.mul(x, 0)),
  "sqrt(x)": (x) => g.sqrt(x),
  "norm(x)": (x) => g.norm(x),
  "maximum(x, 1)": (x) => g.maximum(x, 1),
  "minimum(x, 1)": (x) => g.minimum(x, 1),
  "max([x, 1])": (x) => g.max(withOne(x)),
  "min([x, 1])": (x) => g.min(withOne(x)),
  "l1(x, 1)": (x) => g.l1(one(x), number(1)),
  "huber(x, 0)": (x) => g.huber(one(x), number(0)),
  "smoothL1(x, 0)": (x) => g.smoothL1(one(x), number(0)),
  "hinge(x, 1)": (x) => g.hinge(one(x), number(1)),
};

const rows = read("docs/kinks.md")
  .split("\n")
  .flatMap((line) => {
    const cells = /^\| `(.+)` \| x = (.+) \| (.+) \|$/.exec(line);
    return cells === null ? [] : [cells.slice(1) as [string, string, string]];
  });

describe("docs/kinks.md", () => {
  it("has a row for every function of this test, and no other", () => {
    expect([...new Set(rows.map(([f]) => f))]).toEqual(Object.keys(functions));
  });

  it.each(rows)("d %s at x = %s is %s", (f, at, slope) => {
    const evaluated = valueAndSlope(functions[f] as (x: Vector) => Tensor, [
      Number(at),
    ]);
    expect(evaluated.slope[0]).toBeCloseTo(Number(slope), 14);
  });
});
