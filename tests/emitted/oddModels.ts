import {
  add,
  concat,
  constant,
  constantIndices,
  greater,
  indices,
  input,
  crossEntropy,
  linear,
  lookup,
  model,
  mse,
  mul,
  norm,
  param,
  scan,
  sgd,
  slice,
  sum,
  tanh,
  where,
  type Model,
} from "../../dsl/index.js";

/** Inputs whose names differ in what a module adds to them, or in the case of a letter. */
const alike = (): Model => {
  const p = input("p", [2]);
  const pInput = input("pInput", [2]);
  const x = input("x", [2]);
  const X = input("X", [2]);
  const output = mul(mul(linear(p, 2, { name: "output" }), pInput), mul(x, X));
  return model({
    inputs: { p, pInput, x, X },
    outputs: { output },
    loss: mse(output, p),
    optimizer: sgd(0.1),
  });
};

/** Entries that nobody reads. */
const sliced = (): Model => {
  const x = input("x", [3]);
  const y = input("y", [2]);
  const both = concat([tanh(linear(x, 2, { name: "a" })), x], 0, {
    name: "both",
  });
  const output = tanh(slice(both, 0, 1, 3), { name: "output" });
  return model({
    inputs: { x, y },
    outputs: { output },
    loss: mse(output, y),
    optimizer: sgd(0.1),
  });
};

/** Nothing to train, and an input that no formula needs. */
export const untrained = (): Model => {
  const x = input("x", [2]);
  const y = input("y", [2]);
  const z = input("z", [2]);
  const w = param("w", [2], { init: [1, 2], frozen: true });
  const output = add(mul(w, x), where(constant(1), constant(0), z), {
    name: "output",
  });
  return model({
    inputs: { x, y, z },
    outputs: { output },
    loss: mse(output, y),
    optimizer: sgd(0.1),
  });
};

const single = (): Model => {
  const x = input("x", []);
  const y = input("y", []);
  const w = param("w", [], { init: [2] });
  const output = mul(x, w, { name: "output" });
  return model({
    inputs: { x, y },
    outputs: { output },
    loss: mse(output, y),
    optimizer: sgd(0.1, { momentum: 0.9 }),
  });
};

/** Choices inside of choices, with long names. */
const choosing = (): Model => {
  const measuredTemperature = input("measuredTemperature", [2]);
  const y = input("y", [2]);
  const level = (limit: number) =>
    greater(measuredTemperature, constant(limit));
  const slope = param("slopeOfTheCurve", [2], { init: [1, 2] });
  const output = where(
    level(3),
    mul(slope, constant(3)),
    where(
      level(2),
      mul(slope, measuredTemperature),
      where(
        level(1),
        mul(mul(measuredTemperature, measuredTemperature), slope),
        where(level(0), slope, mul(slope, slope)),
      ),
    ),
  );
  return model({
    inputs: { measuredTemperature, y },
    outputs: { output },
    loss: mse(output, y),
    optimizer: sgd(0.1),
  });
};

/** Whole arrays of class indices, one of which counts for nothing. */
const labelled = (): Model => {
  const x = input("x", [4, 3], { batched: false });
  const label = indices("label", [4], 3, { batched: false });
  const logits = linear(x, 3, { name: "logits" });
  return model({
    inputs: { x, label },
    outputs: { logits },
    loss: crossEntropy(logits, label, { classAxis: 1, ignoreIndex: 255 }),
    optimizer: sgd(0.1),
  });
};

/** Entries that constant indices choose, which are an output too; the slope of a norm is a choice inside of a choice. */
const chosen = (): Model => {
  const y = input("y", [2]);
  const w = param("w", [2], { init: [2, -1] });
  const places = constantIndices([3], [1, 0, 1]);
  const v = tanh(mul(w, y), { name: "v" });
  const output = norm(lookup(v, places), [0], { name: "output" });
  return model({
    inputs: { y },
    outputs: { output, places },
    loss: output,
    optimizer: sgd(0.1),
  });
};

/** A start that every step hands on as it is: its gradient is that of the end, step after step. */
const carried = (): Model => {
  const x = input("x", [3, 2]);
  const w = param("w", [2], { init: [1, 2] });
  const run = scan(x, mul(w, constant(2)), (h, e) => ({
    carry: h,
    output: e,
  }));
  return model({
    inputs: { x },
    outputs: { all: mul(w, run.outputs), last: run.carry },
    loss: add(mse(mul(w, run.outputs), x), sum(run.carry)),
    optimizer: sgd(0.1),
  });
};

/** Networks that are seldom written. */
export const oddModels: Readonly<Record<string, () => Model>> = {
  untrained,
  alike,
  sliced,
  single,
  choosing,
  labelled,
  chosen,
  carried,
};
