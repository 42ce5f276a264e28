// A neural ordinary differential equation: a network is the velocity d(angle, speed)/dt of a pendulum, and two steps
// of the midpoint method carry a state along it. The loss compares where it gets to with where it was seen.
import { adam, add, dense, input, model, mse, mul, tanh } from "gradc";
import type { Tensor } from "gradc";

/** Seconds between two observations. */
const h = 0.1;

const start = input("start", [2]);
const seen1 = input("seen1", [2]);
const seen2 = input("seen2", [2]);
const inner = dense(2, 16);
const outer = dense(16, 2);

/** What the network thinks of the law of motion: the derivative of a state. */
function velocity(state: Tensor<[2]>): Tensor<[2]> {
  const z = inner(state);
  const a = tanh(z);
  return outer(a);
}

/** The state a time h later, along the velocity half way. */
function midpoint(state: Tensor<[2]>): Tensor<[2]> {
  const k1 = velocity(state);
  const half = add(state, mul(k1, h / 2));
  const k2 = velocity(half);
  return add(state, mul(k2, h));
}

const state1 = midpoint(start);
const state2 = midpoint(state1);

export default model({
  inputs: { start, seen1, seen2 },
  outputs: { state1, state2 },
  loss: add(mse(state1, seen1), mse(state2, seen2)),
  optimizer: adam(0.01),
});
