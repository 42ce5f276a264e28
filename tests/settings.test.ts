/** What a number or a word given to the language may be: one wrong value for each option of each function. */
import { expect, test } from "vitest";
import { compileModel } from "../compiler/compile.js";
import { numberText } from "../compiler/emit/oneLine.js";
import { found } from "../dsl/found.js";
import * as g from "../dsl/index.js";
import { flags } from "./settings/flags.js";
import { any, k, logits, same, x, y } from "./settings/given.js";
import { ofLayers } from "./settings/layers.js";
import { ofTraining } from "./settings/training.js";

test.each([...ofLayers, ...ofTraining])("refuses %s", (sentence, build) => {
  expect(build).toThrow(sentence);
});

test.each(flags)("%s() knows %s as true or false", (owner, option, build) => {
  for (const [given, found] of [
    ["false", '"false" (a string)'],
    [0, "0"],
    [null, "null"],
  ] as const)
    expect(() => build({ [option]: given })).toThrow(
      `${owner}: ${option} is ${found}, expected true or false`,
    );
  for (const given of [true, false, undefined])
    expect(() => build({ [option]: given })).not.toThrow();
});

test.each([
  ...[g.leakyRelu, g.elu, g.celu, g.gelu, g.softplus, g.hardtanh, g.clamp],
])("%o takes its options by name", (f) => {
  for (const given of [0.2, "tanh", false, [1]])
    expect(() => any(f)(x, given)).toThrow(
      `${f.name}: options is ${found(given)}, expected an object`,
    );
});

test("a layer takes its options by name", () => {
  expect(() => any(g.linear)(x, 4, false)).toThrow(
    "linear: options is false, expected an object",
  );
  expect(() => any(g.dense)(3, 4, false)).toThrow(
    "dense: options is false, expected an object",
  );
});

const classified = [g.crossEntropy, g.nll, g.multiMargin];
const compared = [
  ...[g.mse, g.l1, g.smoothL1, g.huber, g.logCosh, g.poissonNll],
  ...[g.bce, g.bceWithLogits, g.softMargin, g.hinge, g.squaredHinge],
  g.hingeEmbedding,
];
test.each([
  ...classified.map((loss) => [loss.name, [logits, k], loss] as const),
  ...compared.map((loss) => [loss.name, [x, y], loss] as const),
  ["gaussianNll", [x, y, x], g.gaussianNll] as const,
  ["marginRanking", [x, x, y], g.marginRanking] as const,
  ["tripletMargin", [x, x, x], g.tripletMargin] as const,
  ["cosineEmbedding", [x, x, same], g.cosineEmbedding] as const,
])("%s() knows the reductions mean, sum and none", (name, given, loss) => {
  for (const reduction of ["avg", "batchmean", "toString", 1])
    expect(() => any(loss)(...given, { reduction })).toThrow(
      `${name}: reduction is ${JSON.stringify(reduction)}, expected "mean", "sum" or "none"`,
    );
  for (const reduction of ["mean", "sum", "none"])
    expect(any(loss)(...given, { reduction })).toHaveProperty("shape");
});

test("symbols of indices name their entries in the module", async () => {
  const ids = g.indices("ids", [2], 3, { symbols: "first second" });
  const h = g.linear(g.reshape(g.oneHot(ids, 3), [6]), 2, { name: "h" });
  const network = g.model({
    inputs: { ids },
    outputs: { h },
    loss: g.sum(h),
    optimizer: g.sgd(0.1),
  });
  const { text } = await compileModel(network, {
    sourceName: "model.ts",
    command: "gradc compile model.ts",
    unroll: "full",
    math: "exact",
    verify: false,
  });
  expect(text).toContain("const second = ids[1];");
});

test("what is no number is never printed as one", () => {
  expect(() => numberText("alert(1)")).toThrow(
    'internal: "alert(1)" stands where a number should',
  );
});
