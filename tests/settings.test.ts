/** What a number or a word given to the language may be: one wrong value for each option of each function. */
import { expect, test } from "vitest";
import { numberText } from "../compiler/emit/oneLine.js";
import * as g from "../dsl/index.js";

const x = g.input("x", [4, 4]);

/** What a JavaScript model, a cast or a file that was read may pass: the types have no say. */
type Anything = (...args: readonly unknown[]) => unknown;
const any = (f: unknown): Anything => f as Anything;

test.each([
  // Entries of arrays: text would be code in the module.
  [
    'constant: values[1] is "(alert(1),2)" (a string), expected a number',
    () => any(g.constant)([2], [1, "(alert(1),2)"]),
  ],
  [
    "constant: values[1] is undefined, expected a number",
    () => any(g.constant)([2], [1, undefined]),
  ],
  [
    'constant: values is "12" (a string), expected an array of numbers',
    () => any(g.constant)([2], "12"),
  ],
  [
    'constant: value is "2" (a string), expected a number',
    () => any(g.constant)("2"),
  ],
  [
    'constantIndices: values[1] is "1" (a string), expected an integer >= 0',
    () => any(g.constantIndices)([2], [0, "1"]),
  ],
  [
    'param "q": init[0] is "a" (a string), expected a finite number',
    () => any(g.param)("q", [2], { init: ["a", "b"] }),
  ],
  [
    'param "q": init is 0.5, expected an array of numbers',
    () => any(g.param)("q", [2], { init: 0.5 }),
  ],
  [
    'param "q": init[1] is NaN, expected a finite number',
    () => g.param("q", [2], { init: [1, NaN] }),
  ],

  // Declarations and initializers.
  [
    'indices "k": classes is 0, expected a positive integer',
    () => g.indices("k", [], 0),
  ],
  [
    'indices "k": classes is 1.5, expected a positive integer',
    () => g.indices("k", [], 1.5),
  ],
  ["fill: value is Infinity, expected a finite number", () => g.fill(Infinity)],
  [
    "uniformBetween: low is 2 and high is 1, expected low <= high",
    () => g.uniformBetween(2, 1),
  ],
  [
    "uniformBetween: low is NaN, expected a finite number",
    () => g.uniformBetween(NaN, 1),
  ],
  [
    "uniformBetween: high is Infinity, expected a finite number",
    () => g.uniformBetween(0, Infinity),
  ],
  [
    "normal: mean is an object, expected a finite number",
    () => any(g.normal)({ std: -1 }),
  ],
  ["normal: deviation is -1, expected a number >= 0", () => g.normal(0, -1)],
  [
    "xavierUniform: gain is -1, expected a number >= 0",
    () => g.xavierUniform(-1),
  ],
  [
    "xavierNormal: gain is NaN, expected a number >= 0",
    () => g.xavierNormal(NaN),
  ],
  [
    'calculateGain: of is "gelu", expected "linear", "conv", "sigmoid", "tanh", "relu", "leakyRelu" or "selu"',
    () => any(g.calculateGain)("gelu"),
  ],
  [
    "calculateGain: slope is NaN, expected a finite number",
    () => g.calculateGain("leakyRelu", NaN),
  ],
  [
    "kaimingUniform: a is NaN, expected a finite number",
    () => g.kaimingUniform({ a: NaN }),
  ],
  [
    'kaimingNormal: mode is "foo", expected "fanIn" or "fanOut"',
    () => any(g.kaimingNormal)({ mode: "foo" }),
  ],
  [
    'kaimingUniform: nonlinearity is "gelu", expected "linear", "conv", "sigmoid", "tanh", "relu", "leakyRelu" or "selu"',
    () => any(g.kaimingUniform)({ nonlinearity: "gelu" }),
  ],
  [
    'shape [2]: dimension "2" (a string) is not a positive integer',
    () => any(g.linear)(x, "2"),
  ],
] as const)("refuses %s", (sentence, build) => {
  expect(build).toThrow(sentence);
});

test("what is no number is never printed as one", () => {
  expect(() => numberText("alert(1)")).toThrow(
    'internal: "alert(1)" stands where a number should',
  );
});
